import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables
import TemperTrain

/// Rows of random bits, labelled by whether an even or an odd number of them is 1. Other rows come from a file with a line of 0 and 1 each.
struct ParityInput: LabelledInput {
  static let type = "parity"
  static let doc = "Random bits, labelled by their parity."
  static let pathKeys: [String] = []
  static let targets: [TargetKind] = [.classes]

  private let (bits, rows, heldOut): (Int, Int, Int)

  init(_ c: FieldReader, _ task: TaskDefinition) {
    bits = c.integer("bits", in: 1...64, doc: "Bits of a row.")
    rows = c.integer("rows", default: 256, in: 1...1_000_000, doc: "Rows to train on.")
    heldOut = c.integer("held_out", default: 64, in: 0...1_000_000, doc: "Rows to validate on.")
  }

  var sampleKind: SampleKind? { .features }
  var holdsOutValidation: Bool { heldOut > 0 }
  func sizeKey(inputs: Int, outputs: Int) -> String? { "data.bits" }

  func load(_ setup: TaskSetup) throws(Diagnostics) -> any TrainableRows {
    let all = made(UInt64(setup.file.config.seed))
    return LoadedRows(
      encoder, train: all.samples(Array(0..<rows)), validation: heldOut > 0 ? all.samples(Array(rows..<all.count)) : nil)
  }

  func splits(seed: UInt64) throws(Diagnostics) -> SplitRows {
    let all = made(seed)
    var splits: [DataSplit: RowSelection] = [.train: RowSelection(all, 0..<rows)]
    if heldOut > 0 { splits[.validation] = RowSelection(all, rows..<all.count) }
    return SplitRows(splits)
  }

  func labelledRows(_ input: String, labels: String?) throws(Diagnostics) -> RowSelection {
    let read = try BitRows(reading: input, bits: bits)
    return RowSelection(read, 0..<read.count)
  }

  func reader(_ input: String, _ demand: RowDemand) throws(Diagnostics) -> any RowReader {
    WholeRows(try BitRows(reading: input, bits: bits))
  }

  func encoder(_ folder: ModelFolder, _ file: ConfigFile) throws(Diagnostics) -> any RowEncoder { try FeatureEncoder(folder) }

  private var encoder: FeatureEncoder {
    FeatureEncoder(
      Preprocessor(
        columns: (0..<bits).map { .init("bit\($0)", .numeric(mean: 0.5, deviation: 0.5)) }, label: "parity", classes: ["even", "odd"]))
  }

  /// All rows, the same for the same seed.
  private func made(_ seed: UInt64) -> BitRows {
    var sequence = RandomStreams(seed: seed).sequence("parity")
    return BitRows(path: "", bits: (0..<rows + heldOut).map { _ in (0..<bits).map { _ in sequence.below(2) == 1 } })
  }
}
