import TemperCore
import TemperFiles
import TemperImages
import TemperJSON
import TemperOptim
import TemperTables

/// Predicts the rows of a file of any size in chunks of some thousand rows, so that memory does not grow with the file.
public struct PredictionStream {
  /// Which input columns are repeated before a prediction.
  public enum Kept: Sendable, Equatable {
    /// These columns.
    case columns([String])
    /// All columns.
    case all
  }

  private let model: RowPredictor
  private let format: PredictionWriter.Format
  private let kept: Kept
  private let write: (String) -> Void
  /// Created with the first rows.
  private var writer: PredictionWriter?
  /// Approximate number of features in a chunk.
  private static let pieceSize = 1 << 22
  private static let pieceRows = 4096

  /// Creates a stream of predictions of `model`, whose lines are passed to `write`.
  public init(_ model: RowPredictor, _ format: PredictionWriter.Format, keeping kept: Kept, to write: @escaping (String) -> Void) {
    (self.model, self.format, self.kept, self.write) = (model, format, kept, write)
  }

  /// Predicts all rows of `input`: a table, a folder of tables, an array or whatever else the model reads; `-` is standard input.
  ///
  /// Throws if the input is invalid. If a row is invalid, the rows before it have been written.
  public mutating func run(_ input: String) throws(Diagnostics) {
    let names = if case .columns(let names) = kept { names } else { [String]() }
    var reader = try model.config.rowsInput.reader(
      input, RowDemand(needed: model.neededColumns, kept: names, needsAll: kept == .all, step: batchSize))
    while let rows = try reader.next() { try run(rows) }
  }

  /// Rows per batch, independent of how the rows are cut into chunks.
  private var batchSize: Int { model.config.train.evalBatchSize }

  /// Calls `body` with consecutive chunks of `count` rows, each made of whole batches.
  private func forEachPiece(_ count: Int, _ body: (Range<Int>) throws(Diagnostics) -> Void) throws(Diagnostics) {
    let rows = min(Self.pieceRows, Self.pieceSize / max(1, model.width))
    let step = max(1, rows / batchSize) * batchSize
    var start = 0
    while start < count {
      try body(start..<min(start + step, count))
      start += step
    }
  }

  private mutating func run(_ store: any RowStore) throws(Diagnostics) {
    let (first, table) = (writer == nil, store.columns)
    let writer =
      if let writer { writer } else {
        try PredictionWriter(
          format, table: table, passthrough: table.map { names(of: $0, naming: store.namingColumns) } ?? [], target: model.target,
          numbers: model.numberColumns)
      }
    self.writer = writer
    func write(_ rows: Range<Int>) throws(Diagnostics) {
      let outputs = try finite(try model.predictions(RowSelection(store, rows))) { row in
        Diagnostics(.nonFiniteOutput, at: store.place(ofRow: rows.lowerBound + row), Self.nonFinite)
      }
      let lines = writer.lines(of: table, rows: rows, outputs: outputs)
      try store.discard(rows)
      self.write((first && rows.lowerBound == 0 ? writer.header : "") + lines)
    }
    try forEachPiece(store.count) { (rows) throws(Diagnostics) in
      do throws(Diagnostics) {
        try write(rows)
      } catch {
        let good = rows.lowerBound..<max(rows.lowerBound, min(store.rows(before: error), rows.upperBound))
        if !good.isEmpty { try write(good) }
        throw error
      }
    }
  }

  private static let nonFinite =
    "the model's output for this row is not finite. Check whether its values are far from those of the training rows."

  /// Returns `outputs` if all are finite; otherwise throws `problem` for the first row that has a non-finite output.
  private func finite(_ outputs: [Double], _ problem: (_ row: Int) -> Diagnostics) throws(Diagnostics) -> [Double] {
    guard let index = outputs.firstIndex(where: { !$0.isFinite }) else { return outputs }
    throw problem(index / max(1, model.target.width))
  }

  private func names(of table: Table, naming: [String]) -> [String] {
    switch kept {
    case .columns(let names): naming.filter { !names.contains($0) } + names
    case .all: table.header
    }
  }
}

extension Diagnostic.Code {
  /// A row for which the model output is not finite.
  public static let nonFiniteOutput = Diagnostic.Code("E0249", "the model's output for a row is not finite")
}
