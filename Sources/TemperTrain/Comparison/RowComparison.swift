import TemperData
import TemperJSON

/// Two runs on the rows of a split that both predict.
struct RowComparison {
  /// A row that one of the runs predicts correctly, and the other does not.
  struct Flip {
    /// Where the row is from.
    let origin: RowOutcomes.Origin
    /// What is true of it.
    let truth: String
    /// What the first run predicts.
    let first: String
    /// What the other run predicts.
    let other: String
    /// Whether it is the other run that is right.
    let isGain: Bool
  }

  /// Why two runs cannot be compared row by row.
  struct Incomparable: Error {
    /// In a sentence without its full stop.
    let reason: String
  }

  /// The split.
  let split: DataSplit
  /// The number of rows.
  let count: Int
  /// The rows on which the runs differ, in the order of the data; nil where rows are neither right nor wrong.
  let flips: [Flip]?
  /// Whether they differ by more than chance.
  let test: PairedTest?

  /// Compares `other` with `first`; `seed` is that of the bootstrap.
  init(_ first: RowOutcomes, _ other: RowOutcomes, _ split: DataSplit, seed: Int) throws(Incomparable) {
    for (own, term) in zip(first.terms, other.terms) where own.value != term.value || own.name != term.name {
      throw Incomparable(reason: "the two runs do not have the same \(own.name)")
    }
    let scores = try Self.aligned(other, to: first)
    self.split = split
    count = first.rows.count
    test = PairedTest(first.scores, scores, seed: seed)
    let own = first.scores
    flips =
      own.isRight.isEmpty
      ? nil
      : own.isRight.indices.filter { own.isRight[$0] != scores.isRight[$0] }.map { row in
        Flip(
          origin: first.origin(row), truth: own.truths[row], first: own.predictions[row], other: scores.predictions[row],
          isGain: scores.isRight[row])
      }
  }

  /// The scores of `other` in the order of the rows of `first`.
  private static func aligned(_ other: RowOutcomes, to first: RowOutcomes) throws(Incomparable) -> RowScores {
    let found = first.indices(in: other)
    guard found.count == first.rows.count, found.count == other.rows.count else {
      throw Incomparable(
        reason: "the splits differ: of \(first.rows.count) rows and \(other.rows.count) rows, \(found.count) are the same")
    }
    return other.scores.rows(found)
  }

  /// The rows that only the first run predicts correctly.
  var losses: Int { flips?.count { !$0.isGain } ?? 0 }
  /// The rows that only the other run predicts correctly.
  var gains: Int { flips?.count { $0.isGain } ?? 0 }
}
