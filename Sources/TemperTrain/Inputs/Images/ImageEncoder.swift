import TemperCore
import TemperData
import TemperFiles
import TemperImages
import TemperJSON
import TemperNN
import TemperTables

/// Converts images to samples.
struct ImageEncoder: RowEncoder {
  private let images: ImagePreprocessor
  let preprocessor: Preprocessor

  init(_ images: ImagePreprocessor) { (self.images, preprocessor) = (images, images.ofTables) }

  var width: Int { images.shape.count }
  var shape: SampleShape? { images.shape }

  func samples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    if let store = rows.store as? LabelledImages { return try samples(of: RowSelection(store.rowStore, rows.rows)) }
    guard let store = rows.store as? any ImageStore else { return try pixels(rows).samples(of: rows) }
    return Dataset(try images.samples(of: store, rows: rows.rows), RowTargets(unknownFor: rows.rows))
  }

  func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Dataset {
    guard let store = rows.store as? LabelledImages else { return try pixels(rows).labelledSamples(of: rows) }
    return try images.dataset(of: store, rows: rows.rows)
  }

  /// The encoder of a table of pixels. Throws for images in colours, of which there are no tables.
  private func pixels(_ rows: RowSelection) throws(Diagnostics) -> FeatureEncoder {
    guard images.fit.isGrey else {
      throw Diagnostics(
        .notRows, at: rows.store.place(ofRow: 0), "the model takes images in colours, not a table. Name image files or a folder.")
    }
    return FeatureEncoder(preprocessor)
  }

  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<Tensor> {
    config.featureModel(scope, images.shape, columns: FeatureColumns(numbers: images.shape.count), outputs: outputs)
  }

  func augmentation(_ config: AugmentConfig, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? {
    try config.augmentation(of: FeatureLayout(images), file)
  }

  func picture(of rows: RowSelection, _ index: Int) -> [UInt8]? {
    let store = (rows.store as? LabelledImages)?.images ?? rows.store as? any ImageStore
    return store.flatMap { try? images.picture(of: $0, rows.rows[index]) }
  }

  func write(to folder: SealedFolder.Writer) throws(Diagnostics) { try folder.write(images.json, to: ModelFolder.preprocessingName) }
}

extension LoadedRows where Encoder == ImageEncoder {
  /// The rows of decoded images.
  init(_ data: LoadedData<ImagePreprocessor>) {
    self.init(
      ImageEncoder(data.preprocessor), train: data.train, validation: data.validation, test: data.test, notes: data.notes,
      warnings: data.warnings, files: data.files)
  }
}

extension SplitRows {
  /// The images of each split.
  init(_ images: ImageSplits) {
    var rows: [DataSplit: RowSelection] = [:]
    for split in DataSplit.allCases { rows[split] = images.rows(of: split).map { RowSelection($0.images, $0.rows) } }
    self.init(rows, files: images.files)
  }
}
