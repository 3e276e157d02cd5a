import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables
import TemperText

/// Converts the texts of a column to ids.
public protocol TextEncoder: RowEncoder {
  /// The text column.
  var column: String { get }
  /// The tokenizer; nil if n-grams are hashed instead.
  var tokenizer: Tokenizer? { get }
  /// Encodes texts as ids, with their targets.
  func samples(_ texts: [[UInt8]], _ targets: RowTargets) -> Encoded
}

extension TextEncoder {
  /// See ``RowEncoder``.
  public var neededColumns: [String] { [column] }
  /// Texts have no common length.
  public var width: Int { 0 }

  /// See ``RowEncoder``.
  public func samples(of rows: RowSelection) throws(Diagnostics) -> Encoded {
    samples(try texts(try table(of: rows), rows.rows), RowTargets(unknownFor: rows.rows))
  }

  /// See ``RowEncoder``.
  public func labelledSamples(of rows: RowSelection) throws(Diagnostics) -> Encoded {
    let table = try table(of: rows)
    let targets = try preprocessor.rowTargets(of: table, rows: rows.rows)
    return samples(try texts(table, rows.rows), targets)
  }

  /// The texts of `rows`. Throws if the tokenizer would drop a part of them.
  private func texts(_ table: Table, _ rows: [Int]) throws(Diagnostics) -> [[UInt8]] {
    let texts = try table.texts(of: column, rows: rows)
    try tokenizer?.checkKnown(texts) { table.place(ofText: column, row: rows[$0]) }
    return texts
  }

  /// See ``RowEncoder``; 0 because it differs between texts.
  public func activations(hiddenUnits: Int) -> Double { 0 }

  /// See ``RowEncoder``.
  public func write(to folder: SealedFolder.Writer) throws(Diagnostics) {
    if let tokenizer { try LanguageModel.write(tokenizer, to: folder) }
    try folder.write(preprocessor.json, to: ModelFolder.preprocessingName)
  }

  /// The loaded texts, encoded for a model.
  func rows(_ data: LabelledTexts) -> any TrainableRows {
    func samples(_ part: LabelledTexts.Part?) -> Encoded? { part.map { self.samples($0.texts, $0.targets) } }
    return LoadedRows(
      self, train: self.samples(data.train.texts, data.train.targets), validation: samples(data.validation), test: samples(data.test),
      notes: data.notes + (tokenizer?.notes ?? []), warnings: data.warnings, files: data.files)
  }
}
