import TemperCore
import TemperData
import TemperImages
import TemperJSON
import TemperTables

/// The rows of a run, split and turned into features.
public struct PreparedData: Sendable {
  /// What turns other rows into features, and knows the classes.
  public let preprocessor: Preprocessor
  /// Rows to learn from.
  public internal(set) var train: Dataset
  /// Rows to choose by.
  public let validation: Dataset?
  /// Rows to report on.
  public let test: Dataset?
  /// What was decided without being asked for, a line each.
  public internal(set) var notes: [String]
  /// What is likely to be wrong with the data.
  public private(set) var warnings: [Warning] = []
  /// How many training rows have a class that was planted.
  public internal(set) var changedLabels = 0
  /// Rows and columns of pixels, where the features are those of images.
  let imageShape: [Int]?
  let sources: [DataSource]

  /// Loads what `config` describes, from `tables` if these have been read already.
  public init(_ config: DataConfig, seed: Int, tables: SourceTables? = nil) throws(Diagnostics) {
    switch config {
    case .table(let table): self.init(try LoadedData(table, seed: UInt64(seed), tables: tables))
    case .idx(let images): self.init(try LoadedData(images, seed: UInt64(seed)))
    case .random(let rows, let inputs, let classes):
      self.init(
        Preprocessor(
          columns: (0..<inputs).map { .init("x\($0)", .numeric(mean: 0, deviation: 1)) }, label: "class",
          classes: (0..<classes).map(String.init)),
        train: .random(rows: rows, inputs: inputs, classes: classes, seed: UInt64(seed)))
    case .texts, .text, .randomTokens: fail("text is no rows of features")
    }
  }

  private init(_ loaded: LoadedData) {
    self.init(
      loaded.preprocessor, train: loaded.train, validation: loaded.validation, test: loaded.test, notes: loaded.notes,
      imageShape: loaded.imageShape, sources: loaded.files.map(DataSource.init))
    warnings = loaded.warnings
  }

  private init(
    _ preprocessor: Preprocessor, train: Dataset, validation: Dataset? = nil, test: Dataset? = nil, notes: [String] = [],
    imageShape: [Int]? = nil, sources: [DataSource] = []
  ) {
    self.preprocessor = preprocessor
    (self.train, self.validation, self.test) = (train, validation, test)
    (self.notes, self.imageShape, self.sources) = (notes, imageShape, sources)
  }

  /// How many training rows each class or label has; empty where numbers are predicted.
  var targetRows: [Int] {
    switch preprocessor.target {
    case .classes(_, let names):
      var counts = Array(repeating: 0, count: names.count)
      for label in train.labels { counts[Int(label)] += 1 }
      return counts
    case .value: return []
    case .multilabel(let labels):
      var counts = Array(repeating: 0, count: labels.count)
      for (index, value) in train.values.enumerated() where value > 0 { counts[index % labels.count] += 1 }
      return counts
    }
  }

  /// One of the three parts; nil if it is not there.
  public func part(_ part: DataPart) -> Dataset? {
    switch part {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}
