import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables
import TemperText

/// Converts the columns of a table to features, and its text columns to n-grams.
struct FeatureTextEncoder: RowEncoder {
  private let features: FeatureEncoder
  private let config: TextEmbeddingConfig
  private let hasher: NGramHasher

  init(_ features: FeatureEncoder, _ config: TextEmbeddingConfig) {
    (self.features, self.config) = (features, config)
    hasher = NGramHasher(config.ngrams)
  }

  var preprocessor: Preprocessor { features.preprocessor }
  /// Of the features and the embedding.
  var width: Int { features.width + config.width }

  func samples(of rows: RowSelection) throws(Diagnostics) -> FeatureTextRows {
    let known = try features.samples(of: rows)
    return FeatureTextRows(known.samples, try texts(try table(of: rows), rows.rows, known.targets))
  }

  func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> FeatureTextRows {
    let known = try features.labelledSamples(of: rows)
    return FeatureTextRows(known.samples, try texts(try table(of: rows), rows.rows, known.targets))
  }

  /// The n-grams of the texts of each row, of all columns together. In another column an n-gram has another id.
  func texts(_ table: Table, _ rows: [Int], _ targets: RowTargets) throws(Diagnostics) -> TextRows {
    let columns = try preprocessor.texts(of: table, rows: rows)
    let (hasher, buckets) = (hasher, config.ngrams.buckets)
    return TextRows(targets) { row in
      var ids: [Int32] = []
      for (number, texts) in columns.enumerated() {
        let shift = number &* 0x9E37_79B1 % buckets
        ids += texts[row].withUnsafeBufferPointer { hasher.ids($0) }.map { Int32((Int($0) + shift) % buckets) }
      }
      return ids
    }
  }

  func model(_ scope: ParameterScope, _ config: RunConfig, outputs: OutputLayer) -> any Model<FeaturesAndTexts> {
    let known = preprocessor.featureColumns
    let columns = FeatureColumns(count: width, numbers: known.numbers, categories: known.categories)
    func joined(_ model: some Model<Tensor>) -> any Model<FeaturesAndTexts> {
      let place = scope["texts"]
      let embedding = TextEmbedding(
        place, buckets: self.config.ngrams.buckets, width: self.config.width, pooling: self.config.pooling,
        dropout: self.config.dropout)
      return TextFeaturesModel(model, place, embedding)
    }
    return joined(config.featureModel(scope, .features(width), columns: columns, outputs: outputs))
  }

  func sizeKey(_ counted: ParameterStore, outputs: Int, _ config: RunConfig) -> String { "model.text_embedding.buckets" }

  func activations(hiddenUnits: Int) -> Double { features.activations(hiddenUnits: hiddenUnits) }

  func write(to folder: SealedFolder.Writer) throws(Diagnostics) { try features.write(to: folder) }
}

extension LoadedRows where Encoder == FeatureTextEncoder {
  /// Encodes the rows of `split`, whose fields have not been released, with texts as `embedding` says.
  init(_ data: LoadedData<Preprocessor>, _ split: SplitTables, _ embedding: TextEmbeddingConfig) throws(Diagnostics) {
    let encoder = FeatureTextEncoder(FeatureEncoder(data.preprocessor), embedding)
    func part(_ part: DataSplit, _ rows: Dataset?) throws(Diagnostics) -> FeatureTextRows? {
      guard let rows, let own = split.rows(of: part) else { return nil }
      return FeatureTextRows(rows.samples, try encoder.texts(own.table, own.rows, rows.targets))
    }
    guard let train = try part(.train, data.train) else { fail("a split leaves no training rows") }
    self.init(
      encoder, train: train, validation: try part(.validation, data.validation), test: try part(.test, data.test), notes: data.notes,
      warnings: data.warnings, files: data.files)
  }
}
