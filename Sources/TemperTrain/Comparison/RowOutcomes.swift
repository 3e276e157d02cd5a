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
  /// The number of each row in the data, from 0.
  private(set) var rows: [Int]
  /// Finds the places of rows, which takes a while; of several sets of rows each up to its end in ``rows``.
  private var places: [(end: Int, place: (_ row: Int) -> Place)]
  /// What must be the same for two runs to be compared row by row, besides the rows.
  let terms: [(name: String, value: String)]
  /// How each row is predicted.
  private(set) var scores: RowScores

  /// The outcomes `scores` of `rows`, whose places are found by `place`.
  init(
    files: [(path: String, sha256: String)], rows: [Int], terms: [(name: String, value: String)], scores: RowScores,
    place: @escaping (_ row: Int) -> Place
  ) {
    (self.files, self.rows, self.terms, self.scores) = (files, rows, terms, scores)
    places = [(rows.count, place)]
  }

  /// Appends other rows of the same files.
  mutating func append(_ other: RowOutcomes) {
    places += other.places.map { (rows.count + $0.end, $0.place) }
    rows += other.rows
    scores.append(other.scores)
  }

  /// Where row `index` of ``rows`` is from.
  func origin(_ index: Int) -> Origin {
    let row = rows[index]
    switch places.first(where: { index < $0.end })?.place(row) ?? .option("") {
    case .file(let path, let line, _): return Origin(path: path, line: line, row: row)
    case .wholeFile(let path), .option(let path): return Origin(path: path, line: nil, row: row)
    }
  }

  /// The index in `other` of each of these rows, without those that are not there. Rows of the same files are identified by their number, others
  /// by the content of their file and their line in it.
  func indices(in other: RowOutcomes) -> [Int] {
    files.map(\.sha256) == other.files.map(\.sha256) ? Self.indices(rows, other.rows) : Self.indices(keys, other.keys)
  }

  private static func indices<Key: Hashable>(_ keys: [Key], _ others: [Key]) -> [Int] {
    let places = Dictionary(zip(others, others.indices)) { first, _ in first }
    return keys.compactMap { places[$0] }
  }

  private var keys: [String] {
    let hashes = Dictionary(files.map { ($0.path, $0.sha256) }) { first, _ in first }
    return rows.indices.map(origin).map { "\(hashes[$0.path] ?? $0.path):\($0.line ?? $0.row)" }
  }
}

/// A model of labelled rows, which can read again those that it was trained and evaluated on.
package protocol LabelledPredicting: Predicting {
  /// The rows of each split. Throws if the files have changed since training.
  func ownRows() throws(Diagnostics) -> SplitRows
  /// The targets of `rows`, in the terms of its own target.
  func targets(of rows: RowSelection) throws(Diagnostics) -> RowTargets
  /// The predictions and the targets of `rows`, which are encoded once.
  func predictionsAndTargets(_ rows: RowSelection) throws(Diagnostics) -> (predictions: [Double], targets: RowTargets)
  /// Row `index` of `rows` as a PNG file; nil if rows are no images.
  func picture(of rows: RowSelection, _ index: Int) -> [UInt8]?
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
    let (predictor, target) = (RowPredictor(models), model.preprocessor.target)
    self.init(
      files: files.map { ($0.name, SHA256.hex(of: $0)) }, rows: rows.rows,
      terms: [("label", target.columns.names.joined(separator: ", "))],
      scores: RowScores(try predictor.predictions(rows), of: predictor.target, truths: try model.targets(of: rows), in: target),
      place: rows.store.place(ofRow:))
  }
}
