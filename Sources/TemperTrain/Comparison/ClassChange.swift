import TemperData
import TemperJSON

/// The rows of a class or a label, and how many of them were found; over all folds of a cross-validation.
struct ClassCounts {
  private(set) var (support, predicted, hits) = (0, 0, 0)

  /// Of the rows predicted to be of the class, the share that is; 0 if there is none.
  var precision: Double { predicted > 0 ? Double(hits) / Double(predicted) : 0 }
  /// Of the rows of the class, the share that was predicted so; 0 if there is none.
  var recall: Double { support > 0 ? Double(hits) / Double(support) : 0 }
  /// The harmonic mean of both; 0 if both are 0.
  var f1: Double { support + predicted > 0 ? 2 * Double(hits) / Double(support + predicted) : 0 }

  /// The scores of every class in the `results` of a run on `split`, by name in their order; empty if there are none.
  static func all(_ results: [JSON], _ split: DataSplit) -> [(name: String, counts: ClassCounts)] {
    var all: [(name: String, counts: ClassCounts)] = []
    var places: [String: Int] = [:]
    for part in results.compactMap({ $0[split.rawValue] }) {
      for item in (part["classes"] ?? part["labels"])?.array ?? [] {
        guard let name = item["name"]?.string, let support = item["support"]?.integer, let predicted = item["predicted"]?.integer,
          let recall = item["recall"]?.number
        else { continue }
        if places[name] == nil {
          places[name] = all.count
          all.append((name, ClassCounts()))
        }
        let place = places[name] ?? 0
        all[place].counts.support += support
        all[place].counts.predicted += predicted
        all[place].counts.hits += Int((recall * Double(support)).rounded())
      }
    }
    return all
  }
}

/// A class or a label in two runs.
struct ClassChange {
  /// Its name.
  let name: String
  /// Its scores in the first run; nil if it is not there.
  let first: ClassCounts?
  /// Its scores in the other run; nil if it is not there.
  let other: ClassCounts?

  /// Every class that one of the runs has on `split`.
  static func all(_ first: ComparedRun, _ other: ComparedRun, _ split: DataSplit) -> [ClassChange] {
    let (own, others) = (ClassCounts.all(first.results, split), ClassCounts.all(other.results, split))
    let (ownByName, othersByName) = (
      Dictionary(own.map { ($0.name, $0.counts) }) { $1 }, Dictionary(others.map { ($0.name, $0.counts) }) { $1 }
    )
    return (own.map(\.name) + others.map(\.name).filter { ownByName[$0] == nil }).map {
      ClassChange(name: $0, first: ownByName[$0], other: othersByName[$0])
    }
  }

  /// The scores, with their names.
  static let scores: [(name: String, value: @Sendable (ClassCounts) -> Double)] = [
    ("precision", { $0.precision }), ("recall", { $0.recall }), ("f1", { $0.f1 }),
  ]

  /// The form in `--json`.
  var json: JSON {
    func object(_ counts: ClassCounts?) -> JSON {
      counts.map { counts in
        .object(
          Self.scores.map { ($0.name, .number($0.value(counts))) }
            + [("support", .integer(counts.support)), ("predicted", .integer(counts.predicted))])
      } ?? .null
    }
    return ["name": .string(name), "a": object(first), "b": object(other)]
  }
}
