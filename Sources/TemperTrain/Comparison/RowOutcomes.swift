import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// How a run predicts the rows of a split, and what these rows are.
struct RowOutcomes {
  /// Where a row is from.
  struct Origin: Sendable, Hashable {
    /// The file.
    let path: String
    /// The line in it; nil for what has no lines.
    let line: Int?
    /// The number of the row in the data, from 0.
    let row: Int
  }

  /// The SHA-256 of each file that was read, with its path.
  let files: [(path: String, sha256: String)]
  /// Where each row is from.
  private(set) var origins: [Origin]
  /// What must be the same for two runs to be compared row by row, besides the rows.
  let terms: [(name: String, value: String)]
  /// How each row is predicted.
  private(set) var scores: RowScores

  /// Appends other rows of the same files.
  mutating func append(_ other: RowOutcomes) {
    origins += other.origins
    scores.append(other.scores)
  }

  /// What identifies each row whatever its file is called: the content of the file, and the line or the number of the row.
  var keys: [String] {
    let hashes = Dictionary(files.map { ($0.path, $0.sha256) }) { first, _ in first }
    return origins.map { "\(hashes[$0.path] ?? $0.path):\($0.line ?? $0.row)" }
  }
}

/// A model of labelled rows, which can read again those that it was trained and evaluated on.
protocol LabelledPredicting: Predicting {
  /// The rows of each split. Throws if the files have changed since training.
  func ownRows() throws(Diagnostics) -> SplitRows
  /// The targets of `rows`, in the terms of its own target.
  func targets(of rows: RowSelection) throws(Diagnostics) -> RowTargets
}

extension RowOutcomes {
  /// How `models` predict the rows of `split`; nil if there is no such split. The folds of a cross-validation have validation rows of their own;
  /// for their common test rows, the predictions are averaged.
  init?(_ models: [any LabelledPredicting], _ split: DataSplit) throws(Diagnostics) {
    var all: RowOutcomes?
    for (index, model) in models.enumerated() where index == 0 || split == .validation {
      let data = try model.ownRows()
      guard let rows = data.rows[split] else { return nil }
      let part = try RowOutcomes(rows, data.files, of: model, predictedBy: split == .validation ? [model] : models)
      if all == nil { all = part } else { all?.append(part) }
    }
    guard let all else { return nil }
    self = all
  }

  private init(
    _ rows: RowSelection, _ files: [FileBytes], of model: any LabelledPredicting, predictedBy models: [any LabelledPredicting]
  ) throws(Diagnostics) {
    let predictor = RowPredictor(models)
    self.files = files.map { ($0.name, SHA256.hex(of: $0)) }
    origins = rows.rows.map { row in
      switch rows.store.place(ofRow: row) {
      case .file(let path, let line, _): Origin(path: path, line: line, row: row)
      case .wholeFile(let path), .option(let path): Origin(path: path, line: nil, row: row)
      }
    }
    let target = model.preprocessor.target
    terms = [("label", target.columns.names.joined(separator: ", "))]
    scores = RowScores(try predictor.predictions(rows), of: predictor.target, truths: try model.targets(of: rows), in: target)
  }
}
