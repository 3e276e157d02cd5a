import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Random rows for benchmarks.
public struct RandomRowsInput: LabelledInput {
  /// See ``InputConfig``.
  public static let type = "random"
  /// See ``InputConfig``.
  public static let doc = "Random Gaussian features and uniform classes, for benchmarks."
  /// See ``InputConfig``.
  public static let pathKeys: [String] = []
  /// See ``InputConfig``.
  public static let targets: [TargetKind] = [.classes]

  private let (rows, inputs, classes): (Int, Int, Int)

  /// See ``InputConfig``.
  public init(_ c: FieldReader, _ task: TaskDefinition) {
    rows = c.integer("rows", default: 2048, in: 1...1_000_000, doc: "Number of rows to generate.")
    inputs = c.integer("inputs", in: 1...1_000_000, doc: "Number of features.")
    classes = c.integer("classes", in: 2...1_000_000, doc: "Number of classes.")
  }

  /// See ``InputConfig``.
  public var sampleKind: SampleKind? { .features }
  /// See ``InputConfig``.
  public var holdsOutValidation: Bool { false }

  /// See ``LabelledInput``.
  public func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows {
    try setup.file.demand(
      bytes: 4 * Double(rows) * Double(inputs), for: "random data of \(rows) rows and \(inputs) features",
      by: rows > inputs ? "data.rows" : "data.inputs")
    let preprocessor = Preprocessor(
      columns: (0..<inputs).map { .init("x\($0)", .numeric(mean: 0, deviation: 1)) }, label: "class",
      classes: (0..<classes).map(String.init))
    return LoadedRows(FeatureEncoder(preprocessor), train: made(UInt64(setup.file.config.seed)).dataset)
  }

  /// See ``LabelledInput``.
  public func sizeKey(inputs: Int, outputs: Int) -> String? { inputs > outputs ? "data.inputs" : "data.classes" }

  private func made(_ seed: UInt64) -> RandomRows {
    RandomRows(dataset: .random(rows: rows, inputs: inputs, classes: classes, seed: seed))
  }

  /// See ``LabelledInput``.
  public func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder { try FeatureEncoder(folder) }

  /// See ``LabelledInput``.
  public func splits(seed: UInt64) throws(Diagnostics) -> SplitRows { SplitRows([.train: RowSelection(made(seed), 0..<rows)]) }
}

/// Generated samples.
struct RandomRows: SampleStore {
  let dataset: Dataset

  var count: Int { dataset.count }
  func place(ofRow row: Int) -> Place { .option("data.type") }
  func samples(_ rows: [Int]) -> Dataset { dataset.subset(rows) }
}
