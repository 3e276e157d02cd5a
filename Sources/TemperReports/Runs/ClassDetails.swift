import TemperJSON

/// What an evaluation says of each class or label, and which are mistaken for which, from its JSON in results.json. Of an experiment, the evaluations
/// of its runs are added up.
struct ClassDetails {
  private struct Score {
    let name: String
    var (support, predicted, hits) = (0, 0, 0)
    var area: Double?

    init(_ name: String) { self.name = name }

    var precision: Double { predicted > 0 ? Double(hits) / Double(predicted) : 0 }
    var recall: Double { support > 0 ? Double(hits) / Double(support) : 0 }
    var f1: Double { support + predicted > 0 ? 2 * Double(hits) / Double(support + predicted) : 0 }
  }

  private struct Pair: Hashable {
    let truth, predicted: Int
  }

  /// The split that was evaluated.
  let split: String
  /// What is scored: `class` or `label`.
  private let kind: String
  private var scores: [Score] = []
  private var places: [String: Int] = [:]
  private var cells: [Pair: Int] = [:]
  private var notes: [String] = []
  /// Rows of the table, of the matrix, and of the list of mistakes.
  private static let (listed, drawn, pairs) = (50, 24, 15)

  /// Nil if no evaluation has classes.
  init?(_ evaluations: [(split: String, metrics: JSON)]) {
    guard let first = evaluations.first, first.metrics["classes"] != nil || first.metrics["labels"]?.array != nil else { return nil }
    (split, kind) = (first.split, first.metrics["classes"] == nil ? "label" : "class")
    for (_, metrics) in evaluations { add(metrics) }
  }

  private mutating func add(_ metrics: JSON) {
    let names = (metrics["classes"] ?? metrics["labels"])?.array ?? []
    for score in names {
      let index = place(of: score["name"]?.string ?? "")
      let (support, recall) = (score["support"]?.integer ?? 0, score["recall"]?.number ?? 0)
      scores[index].support += support
      scores[index].predicted += score["predicted"]?.integer ?? 0
      scores[index].hits += Int((recall * Double(support)).rounded())
      scores[index].area = scores[index].support == support ? score["roc_auc"]?.number : nil
    }
    let own = names.map { place(of: $0["name"]?.string ?? "") }
    for (row, counts) in (metrics["confusion"]?.array ?? []).enumerated() where row < own.count {
      for (column, count) in (counts.array ?? []).enumerated() where column < own.count {
        if let count = count.integer, count > 0 { cells[Pair(truth: own[row], predicted: own[column]), default: 0] += count }
      }
    }
    for cell in metrics["confusion_cells"]?.array ?? [] {
      let pair = Pair(truth: place(of: cell["class"]?.string ?? ""), predicted: place(of: cell["predicted"]?.string ?? ""))
      cells[pair, default: 0] += cell["count"]?.integer ?? 0
    }
    for note in (metrics["notes"]?.array ?? []).compactMap(\.string) where !notes.contains(note) { notes.append(note) }
  }

  /// The index of the class called `name`.
  private mutating func place(of name: String) -> Int {
    if let index = places[name] { return index }
    places[name] = scores.count
    scores.append(Score(name))
    return scores.count - 1
  }

  /// The mistakes with the most rows.
  private var mistakes: [(pair: Pair, count: Int)] {
    let wrong = cells.filter { $0.key.truth != $0.key.predicted }.map { (pair: $0.key, count: $0.value) }
    return wrong.sorted { (-$0.count, $0.pair.truth, $0.pair.predicted) < (-$1.count, $1.pair.truth, $1.pair.predicted) }
  }

  /// The confusion matrix; of very many classes, of those that are mistaken for one another most often. Nil where there is none.
  var matrix: Markup? {
    if cells.isEmpty { return nil }
    let (mistakes, count) = (mistakes, scores.count)
    var shown = Array(scores.indices)
    if count > Self.drawn {
      var chosen: Set<Int> = []
      for (pair, _) in mistakes where chosen.count < Self.drawn - 1 { chosen.formUnion([pair.truth, pair.predicted]) }
      shown = chosen.isEmpty ? Array(shown.prefix(Self.drawn)) : chosen.sorted()
    }
    let columns = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
    let map = HeatMap(
      names: shown.map { scores[$0].name },
      cells: cells.compactMap { pair, count in
        guard let row = columns[pair.truth], let column = columns[pair.predicted] else { return nil }
        return (row, column, count)
      }.sorted { ($0.row, $0.column) < ($1.row, $1.column) }, totals: shown.map { scores[$0].support })
    var figure = Figure(title: "Confusion matrix, \(split) rows", note: "Blue: right. Orange: wrong; the stronger, the more of the class.")
    if count > shown.count {
      figure.note += " \(shown.count) classes, those that are mistaken for one another most often."
    }
    return figure.around(map.svg("confusion matrix"))
  }

  /// The most frequent mistakes of many classes, a line each; nil where the matrix shows them all.
  var mistakeTable: Markup? {
    let mistakes = mistakes
    if scores.count <= Self.drawn || mistakes.isEmpty { return nil }
    var table = HTMLTable([("true", .text), ("predicted", .text), ("rows", .number), ("of", .number)])
    for (pair, count) in mistakes.prefix(Self.pairs) {
      table.add([scores[pair.truth].name, scores[pair.predicted].name, grouped(count), grouped(scores[pair.truth].support)])
    }
    return table.markup(leftOut: mistakes.count - Self.pairs, of: "kinds of mistakes")
  }

  /// Precision, recall and so on of each class; of very many, those with the lowest F1 of the ones that have rows.
  var table: Markup {
    var order = Array(scores.indices)
    if order.count > Self.listed {
      order.sort {
        (scores[$0].support > 0 ? 0 : 1, scores[$0].f1, -scores[$0].support) < (
          scores[$1].support > 0 ? 0 : 1, scores[$1].f1, -scores[$1].support
        )
      }
    }
    let hasCells = !cells.isEmpty
    let confusions = hasCells ? Dictionary(mistakes.map { ($0.pair.truth, $0) }) { first, _ in first } : [:]
    let hasAreas = scores.contains { $0.area != nil }
    var table = HTMLTable(
      [(kind, .text), ("precision", .number), ("recall", .number), ("F1", .number)] + (hasAreas ? [("ROC AUC", .number)] : [])
        + [("rows", .number)] + (hasCells ? [("mistaken for", .text)] : []))
    for index in order.prefix(Self.listed) {
      let score = scores[index]
      let mistake = confusions[index].map { "\(scores[$0.pair.predicted].name) (\(grouped($0.count)))" } ?? ""
      let shares = [score.precision, score.recall, score.f1].map { fixed($0, 3) }
      let area = hasAreas ? [score.area.map { fixed($0, 3) } ?? ""] : []
      table.add([score.name] + shares + area + [grouped(score.support), mistake])
    }
    let many: Markup = order.count > Self.listed ? "<p>The \(Self.listed) with the lowest F1.</p>" : ""
    let more: [Markup] = notes.map { "<p class=\"note\">\($0)</p>" }
    let plural = kind == "class" ? "classes" : "labels"
    return "\(many)\(table.markup(leftOut: order.count - Self.listed, of: plural))\(more)"
  }
}
