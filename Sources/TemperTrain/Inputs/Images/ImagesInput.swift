import TemperCore
import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperNN
import TemperTables

/// Images and labels in IDX files.
public struct ImagesInput: LabelledInput {
  /// See ``InputConfig``.
  public static let type = "idx"
  /// See ``InputConfig``.
  public static let doc = "Images and labels in IDX files, the format of MNIST, or in NPY arrays of bytes; .gz is decompressed."
  /// See ``InputConfig``.
  public static let pathKeys = ["train_images", "train_labels", "test_images", "test_labels"]
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = [.classes]

  private var images: ImagesConfig

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) { images = ImagesConfig(c) }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { .features }
  /// See ``InputConfig``.
  public var holdsOutValidation: Bool { images.validation != nil }
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
  public func splits(seed: UInt64) throws(Diagnostics) -> SplitRows {
    SplitRows(try ImageSplits(images, seed: seed))
  }

  /// See ``LabelledInput``. A table has a column per pixel; images have their labels in a separate file.
  public func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection {
    guard let labels, !Self.isTable(input) else {
      let table = try Table(input: input, labels: labels, options: TableOptions())
      return RowSelection(table, 0..<table.count)
    }
    let images = try LabelledImages(.init(images: input, labels: labels))
    return RowSelection(images, images.rows())
  }

  /// See ``LabelledInput``.
  public func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader {
    if Self.isTable(input) { return try tableReader(input, demand, TableOptions()) }
    if demand.needsAll || !demand.kept.isEmpty {
      throw Diagnostics(.columnConflict, at: .option("--keep"), "images have no columns to copy; leave --keep out")
    }
    return WholeRows(Table.isArray(input) ? try NPYImages(reading: input) : try IDXImages(FileBytes(reading: input)))
  }

  private static func isTable(_ input: String) -> Bool { input.hasSuffix(".csv") || input.hasSuffix(".tsv") }
}
