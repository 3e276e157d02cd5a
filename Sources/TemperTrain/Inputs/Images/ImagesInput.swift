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
  public static let doc = "Images and labels in IDX files, the format of MNIST; .gz is decompressed."
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
    let data: LoadedData<ImagePreprocessor> = try LoadedData(images, seed: UInt64(setup.file.config.seed))
    return LoadedRows(
      ImageEncoder(data.preprocessor), train: data.train, validation: data.validation, test: data.test, notes: data.notes,
      warnings: data.warnings, files: data.files)
  }

  /// See ``LabelledInput``.
  public func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder {
    ImageEncoder(try ImagePreprocessor(json: try folder.json(ModelFolder.preprocessingName)))
  }

  /// See ``LabelledInput``.
  public func splits(seed: UInt64) throws(Diagnostics) -> SplitRows {
    let files = try ImageFiles(images, seed: seed)
    var rows: [DataSplit: RowSelection] = [:]
    for split in DataSplit.allCases { rows[split] = files.rows(of: split).map { RowSelection($0.images, $0.rows) } }
    return SplitRows(rows, files: files.all)
  }

  /// See ``LabelledInput``. A table has a column per pixel; images have their labels in a separate file.
  public func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection {
    guard let labels, !Self.isTable(input) else {
      let table = try Table(input: input, labels: labels, options: TableOptions())
      return RowSelection(table, 0..<table.count)
    }
    let images = try LabelledImages(.init(images: input, labels: labels))
    return RowSelection(images, 0..<images.count)
  }

  /// See ``LabelledInput``.
  public func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader {
    if Self.isTable(input) { return try tableReader(input, demand, TableOptions()) }
    if demand.needsAll || !demand.kept.isEmpty {
      throw Diagnostics(.columnConflict, at: .option("--keep"), "images have no columns to copy; leave --keep out")
    }
    return WholeRows(try IDXImages(FileBytes(reading: input)))
  }

  private static func isTable(_ input: String) -> Bool { input.hasSuffix(".csv") || input.hasSuffix(".tsv") || Table.isArray(input) }
}

/// Converts images to samples.
struct ImageEncoder: RowEncoder {
  private let images: ImagePreprocessor
  let preprocessor: Preprocessor

  init(_ images: ImagePreprocessor) { (self.images, preprocessor) = (images, images.ofTables) }

  var width: Int { images.shape.count }
  var shape: SampleShape? { images.shape }

  func samples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    guard let store = rows.store as? IDXImages else { return try FeatureEncoder(preprocessor).samples(of: rows) }
    return Dataset(try images.samples(of: store, rows: rows.rows), RowTargets(unknownFor: rows.rows))
  }

  func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    guard let store = rows.store as? LabelledImages else { return try FeatureEncoder(preprocessor).labelledSamples(of: rows) }
    return try images.dataset(of: store, rows: rows.rows)
  }

  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<Tensor> {
    config.featureModel(scope, images.shape, columns: FeatureColumns(numbers: images.shape.count), outputs: outputs)
  }

  func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? {
    try config.augmentation(of: FeatureLayout(images), file)
  }

  func write(to folder: SealedFolder.Writer) throws(Diagnostics) { try folder.write(images.json, to: ModelFolder.preprocessingName) }
}

extension IDXImages: RowStore {
  /// See ``RowStore``.
  public func place(ofRow row: Int) -> Place { .wholeFile(path: file.name) }

  /// See ``RowStore``.
  public func discard(_ rows: Range<Int>) throws(Diagnostics) { try release(rows) }
}

extension LabelledImages: RowStore {
  /// See ``RowStore``.
  public func place(ofRow row: Int) -> Place { .wholeFile(path: images.file.name) }
}
