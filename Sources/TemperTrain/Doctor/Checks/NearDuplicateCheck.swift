import TemperData
import TemperFiles
import TemperJSON
import TemperTables
import TemperText

extension Diagnostic.Code {
  /// Rows that are nearly the same as others.
  public static let nearDuplicates = Diagnostic.Code("W0212", "rows or texts are nearly the same as others")
}

/// Looks for rows whose features are nearly those of another row: numbers that differ in their last digits, texts that differ in a few words.
enum NearDuplicateCheck: DoctorCheck {
  static let name = "near duplicates"
  static let doc = "rows with nearly the same numbers, texts with nearly the same words"

  /// The grid to which features are rounded, in standard deviations; the second is shifted by half a step, so that two numbers on both
  /// sides of a border of the first are close in the other.
  private static let (step, offsets): (Float, [Float]) = (0.05, [0, 0.5])
  /// The fraction of word sequences that similar texts have in common.
  private static let likeness = 0.8

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows else { return .inapplicable("the data are not rows") }
    let places = DataSplit.allCases.flatMap { split in
      (0..<(rows.targets(split)?.count ?? 0)).map { RepeatedRows.Row(split: split, index: $0) }
    }
    let found = rows.areTexts || rows.haveTexts ? texts(rows, places, time) : features(rows, places, time)
    guard let found else { return .outOfTime }
    let compared = found.compared
    var pairs = found.pairs
    if rows.haveTexts {
      let grids = offsets.compactMap { keys(rows, step, $0, time) }
      guard grids.count == offsets.count else { return .outOfTime }
      pairs = pairs.filter { pair in grids.contains { $0[pair.first] == $0[pair.second] } }
    }
    let extent: DoctorCheckResult.Extent = compared < places.count ? .partial("compared \(compared) of \(places.count) texts") : .complete
    let heldOut = pairs.count { places[$0.second].split != .train && places[$0.first].split == .train }
    let summary = "\(counted(pairs.count, "near duplicate")) in \(compared) rows"
    guard let first = pairs.first else { return DoctorCheckResult([], summary: summary, extent: extent) }
    let shown = pairs.prefix(5).map { "\(rows.name(places[$0.second])) is like \(rows.name(places[$0.first]))" }.joined(separator: ", ")
    let finding = Finding(
      .note, .nearDuplicates, at: rows.place(places[first.second]) ?? subject.dataPlace,
      "\(counted(pairs.count, "row")) \(pairs.count == 1 ? "is" : "are") nearly the same as another one"
        + (heldOut > 0 ? ", \(heldOut) of them held out and like a training row" : "")
        + ": \(shown)\(pairs.count > 5 ? " and \(pairs.count - 5) more" : "")",
      remedy: "If they are of the same origin, keep them in one split with data.split.group.")
    return DoctorCheckResult([finding], summary: summary, extent: extent)
  }

  /// The keys of all rows' features, rounded to a grid if `step` is given; nil if the time was over.
  private static func keys(_ rows: AuditedRows, _ step: Float?, _ offset: Float, _ time: Deadline) -> [RowKey]? {
    var all: [RowKey] = []
    for split in DataSplit.allCases {
      guard let dataset = rows.rows.dataset(split) else { continue }
      guard let keys = dataset.keys(step: step, offset: offset, unless: { time.isOver }) else { return nil }
      all += keys
    }
    return all
  }

  /// Pairs of rows, each second row once, and the number of rows compared; nil if the time was over.
  private static func features(
    _ rows: AuditedRows, _ places: [RepeatedRows.Row], _ time: Deadline
  ) -> (pairs: [(first: Int, second: Int)], compared: Int)? {
    guard rows.rows.dataset(.train) != nil else { return ([], 0) }
    guard let exact = keys(rows, nil, 0, time) else { return nil }
    var pairs: [Int: Int] = [:]
    for offset in offsets {
      guard let near = keys(rows, step, offset, time) else { return nil }
      var first: [RowKey: Int] = [:]
      for (row, key) in near.enumerated() {
        guard let other = first[key] else {
          first[key] = row
          continue
        }
        if exact[other] != exact[row], pairs[row] == nil { pairs[row] = other }
      }
    }
    return (pairs.sorted { $0.key < $1.key }.map { ($0.value, $0.key) }, places.count)
  }

  private static func texts(
    _ rows: AuditedRows, _ places: [RepeatedRows.Row], _ time: Deadline
  ) -> (pairs: [(first: Int, second: Int)], compared: Int)? {
    let texts = DataSplit.allCases.flatMap { rows.texts($0) ?? [] }
    let similar = SimilarTexts(texts, likeness: likeness) { time.isOver }
    return (similar.pairs.filter { texts[$0.first] != texts[$0.second] }.map { ($0.first, $0.second) }, similar.compared)
  }
}
