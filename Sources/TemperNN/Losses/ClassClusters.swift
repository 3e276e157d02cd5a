import Glibc
import TemperCore

/// Classes in clusters of similar frequency, as adaptive softmax divides them (Grave et al. 2017): the shortlist of the most frequent, and
/// tails of rarer and rarer ones.
public struct ClassClusters: Sendable, Equatable {
  /// The classes by frequency.
  public let frequency: FrequencyOrder
  /// The rank at which each tail begins, ascending.
  public let cutoffs: [Int]
  /// Tail i is computed from inputs / divisor^(i + 1) features.
  public let divisor: Double
  /// Whether the layer of the shortlist and of the tails' own logits has a bias; tails have none.
  public let hasHeadBias: Bool
  /// The share of the training rows in each tail.
  public let shares: [Double]

  /// Clusters of classes with `counts` training rows. Cutoffs ascend, and are from 1 to the number of classes - 1.
  public init(counts: [Int], cutoffs: [Int], divisor: Double = 4, hasHeadBias: Bool = false) {
    require(
      zip([0] + cutoffs, cutoffs + [counts.count]).allSatisfy { $0 < $1 } && !cutoffs.isEmpty,
      "ClassClusters: cutoffs \(cutoffs) must ascend, and leave classes for each cluster of \(counts.count)")
    let frequency = FrequencyOrder(counts: counts)
    (self.frequency, self.cutoffs, self.divisor, self.hasHeadBias) = (frequency, cutoffs, divisor, hasHeadBias)
    let rows = Double(max(1, counts.reduce(0, +)))
    shares = zip(cutoffs, cutoffs.dropFirst() + [counts.count]).map { first, end in
      Double(frequency.order[first..<end].reduce(0) { $0 + counts[Int($1)] }) / rows
    }
  }

  /// The cutoffs for a number of classes from 2: below 1,000 classes a shortlist of the fifth that is most frequent; from there on one of a
  /// twentieth, and a second tail after a quarter.
  public static func cutoffs(classes: Int) -> [Int] { classes < 1000 ? [(classes + 4) / 5] : [classes / 20, classes / 4] }

  /// The number of classes.
  public var classes: Int { frequency.order.count }
  /// The number of classes in the shortlist.
  public var shortlist: Int { cutoffs[0] }
  /// The ranks of each tail.
  public var tails: [Range<Int>] { zip(cutoffs, cutoffs.dropFirst() + [classes]).map { $0..<$1 } }

  /// The tail of a rank beyond the shortlist.
  func tail(of rank: Int) -> Int { (cutoffs.lastIndex { $0 <= rank }) ?? 0 }

  /// The number of features that tail `index` is computed from, of so many `inputs`.
  public func width(ofTail index: Int, inputs: Int) -> Int { Int(Double(inputs) / Glibc.pow(divisor, Double(index + 1))) }
}
