import TemperCore
import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperTables

/// Images in PNG and JPEG files.
public struct ImageFilesInput: LabelledInput {
  /// See ``InputConfig``.
  public static let type = "images"
  /// See ``InputConfig``.
  public static let doc = "Images in PNG and JPEG files: a folder with a folder for each class, or a list of paths and classes."
  /// See ``InputConfig``.
  public static let pathKeys = ["path", "train", "validation", "test"]
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = [.classes]

  private var images: ImageFilesConfig

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) { images = ImageFilesConfig(c) }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { .features }

  /// See ``InputConfig``.
  public var holdsOutValidation: Bool {
    switch images.source {
    case .single(_, let validation, _, _): validation != nil
    case .parts(_, let validation, _, let heldOut): validation != nil || heldOut != nil
    }
  }

  /// See ``InputConfig``.
  public mutating func fit(to config: InputSurroundings, _ c: FieldReader) { images.ignoredLabel = config.ignoredLabel }

  /// See ``LabelledInput``.
  public func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows {
    LoadedRows(try LoadedData<ImagePreprocessor>(images, seed: UInt64(setup.file.config.seed)))
  }

  /// See ``LabelledInput``.
  public func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder {
    ImageEncoder(try ImagePreprocessor(json: try folder.json(ModelFolder.preprocessingName)))
  }

  /// See ``LabelledInput``.
  public func splits(seed: UInt64) throws(Diagnostics) -> SplitRows { SplitRows(try ImageSplits(images, seed: seed)) }

  /// See ``LabelledInput``: a folder of folders, or a list; with `labels`, images in an IDX file.
  public func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection {
    let found =
      if let labels { try LabelledImages(.init(images: input, labels: labels)) } else { try ImageList.labelled(input, images) }
    return RowSelection(found, found.rows())
  }

  /// See ``LabelledInput``: an image, a folder of images, a list, an array or an IDX file.
  public func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader {
    if Table.isArray(input) { return WholeRows(try NPYImages(reading: input)) }
    if IDXImages.isNamedLike(input) { return WholeRows(try IDXImages(FileBytes(reading: input))) }
    return WholeRows(try ImageList(input, pathColumn: images.pathColumn, labelColumn: nil))
  }
}
