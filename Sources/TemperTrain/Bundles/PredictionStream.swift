import TemperFiles
import TemperImages
import TemperJSON
import TemperTables

/// Predicts the rows of a file of any size: reads, predicts and writes some thousand rows at a time, so that memory does not grow with the file.
public struct PredictionStream {
  /// Which columns of the input are repeated in front of a prediction.
  public enum Kept: Sendable, Equatable {
    /// These.
    case columns([String])
    /// All of them.
    case all
  }

  private let model: RowPredictor
  private let format: PredictionWriter.Format
  private let kept: Kept
  private let write: (String) -> Void
  /// Made with the first rows.
  private var writer: PredictionWriter?
  /// Features of a piece, about.
  private static let pieceSize = 1 << 22
  private static let pieceRows = 4096

  /// Predictions of `model`, whose lines go to `write`.
  public init(_ model: RowPredictor, _ format: PredictionWriter.Format, keeping kept: Kept, to write: @escaping (String) -> Void) {
    (self.model, self.format, self.kept, self.write) = (model, format, kept, write)
  }

  /// Predicts all rows of `input`: a table, a folder of tables, an array, or images for a model of images; `-` is standard input.
  ///
  /// Throws what is wrong with the input. Where that is a row, the rows before it have been written.
  public mutating func run(_ input: String) throws(Diagnostics) {
    if model.takesImages, !input.hasSuffix(".csv"), !input.hasSuffix(".tsv") {
      try run(IDXImages(FileBytes(reading: input)))
    } else if Table.isArray(input) {
      let table = try Table(features: input, labels: nil)
      try run(table, release: true)
    } else {
      try runTables(input)
    }
  }

  private mutating func runTables(_ input: String) throws(Diagnostics) {
    let options = model.config.data.tableOptions(for: input)
    // All keys of JSON lines are known when all lines are.
    if kept == .all, try TableStream.isJSONL(input, options) {
      let table = try Table(input: input, options: options)
      return try run(table, release: false)
    }
    let names = if case .columns(let names) = kept { names } else { [String]() }
    var stream = try TableStream(path: input, options: options, needed: model.neededColumns + names, step: batchSize)
    while let table = try stream.next() { try run(table, release: false) }
  }

  /// The rows of a batch, which are the same however the rows are cut into pieces.
  private var batchSize: Int { model.config.train.evalBatchSize }

  /// Calls `body` with one piece of `count` rows after the other, each of whole batches.
  private func forEachPiece(_ count: Int, _ body: (Range<Int>) throws(Diagnostics) -> Void) throws(Diagnostics) {
    let rows = min(Self.pieceRows, Self.pieceSize / max(1, model.width))
    let step = max(1, rows / batchSize) * batchSize
    var start = 0
    while start < count {
      try body(start..<min(start + step, count))
      start += step
    }
  }

  private mutating func run(_ images: IDXImages) throws(Diagnostics) {
    if kept != .columns([]) {
      throw Diagnostics(.columnConflict, at: .option("--keep"), "images have no columns to repeat; leave --keep out")
    }
    let writer = try PredictionWriter(format, table: nil, passthrough: [], target: model.target)
    try forEachPiece(images.count) { (rows) throws(Diagnostics) in
      let outputs = try finite(try model.predictions(images, rows: rows)) { row in
        Diagnostics(.nonFiniteOutput, at: .option("--input"), "image \(rows.lowerBound + row + 1): " + Self.nonFinite)
      }
      try images.release(rows)
      write((rows.lowerBound == 0 ? writer.header : "") + writer.lines(rows: rows, outputs: outputs))
    }
  }

  private mutating func run(_ table: Table, release: Bool) throws(Diagnostics) {
    let first = writer == nil
    let writer =
      if let writer { writer } else {
        try PredictionWriter(
          format, table: table, passthrough: names(of: table), target: model.target, numbers: model.numberColumns)
      }
    self.writer = writer
    func write(_ rows: Range<Int>) throws(Diagnostics) {
      let outputs = try finite(try model.predictions(table, rows: rows)) { row in
        Diagnostics(.nonFiniteOutput, at: table.place(row: rows.lowerBound + row, column: 0), Self.nonFinite)
      }
      let lines = writer.lines(of: table, rows: rows, outputs: outputs)
      if release { try table.releaseFiles() }
      self.write((first && rows.lowerBound == 0 ? writer.header : "") + lines)
    }
    try forEachPiece(table.count) { (rows) throws(Diagnostics) in
      do throws(Diagnostics) {
        try write(rows)
      } catch {
        let good = rows.lowerBound..<max(rows.lowerBound, min(table.rows(before: error), rows.upperBound))
        if !good.isEmpty { try write(good) }
        throw error
      }
    }
  }

  private static let nonFinite =
    "the model's output for this row is not a finite number. Are its values far from those of the training rows?"

  /// `outputs`, whose rows all have finite numbers. Throws what `problem` says of the first that has not.
  private func finite(_ outputs: [Double], _ problem: (_ row: Int) -> Diagnostics) throws(Diagnostics) -> [Double] {
    guard let index = outputs.firstIndex(where: { !$0.isFinite }) else { return outputs }
    throw problem(index / max(1, model.target.width))
  }

  private func names(of table: Table) -> [String] {
    switch kept {
    case .columns(let names): names
    case .all: table.header
    }
  }
}

extension Diagnostic.Code {
  /// A row for which a model gives no finite number.
  public static let nonFiniteOutput = Diagnostic.Code("E0249", "the model's output for a row is not a finite number")
}
