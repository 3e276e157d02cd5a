import Glibc
import TemperData

/// How far a column's values in held-out rows are from those in the training rows: the population stability index,
/// PSI = Σ (b - a) ln(b / a) over bins with the shares a of training rows and b of held-out rows.
///
/// Bins are deciles of the training rows alone, with open outer ones, so that a single extreme value hides nothing; missing values, and
/// categories without training rows, are bins of their own. Half a row is added to each bin, so that an empty one does not decide.
public struct Drift: Sendable, Equatable {
  /// The index.
  public let index: Double
  /// The value that the index exceeds by chance about once in 30,000 times, with so few rows in so many bins.
  public let chance: Double

  /// The index from which a shift is called large.
  public static let large = 0.25
  /// The largest number of bins of numbers or categories.
  private static let mostBins = 10
  /// The minimum number of training rows per bin.
  private static let rowsPerBin = 5

  /// Whether the drift is large, and more than chance.
  public var isLarge: Bool { index >= max(Self.large, chance) }

  /// The drift between the rows per bin, `current`, and those of the training rows, `reference`.
  public init(reference: [Int], current: [Int]) {
    let (all, own) = (Double(reference.reduce(0, +)), Double(current.reduce(0, +)))
    let bins = Double(reference.count)
    index = zip(reference, current).reduce(0) { sum, counts in
      let a = (Double(counts.0) + 0.5) / (all + bins / 2)
      let b = (Double(counts.1) + 0.5) / (own + bins / 2)
      return sum + (b - a) * log(b / a)
    }
    // Without drift, PSI is about (1 / n + 1 / m) times a chi-squared number; its quantile is that of Wilson and Hilferty.
    let freedom = max(1, bins - 1)
    let root = 1 - 2 / (9 * freedom) + 4 * (2 / (9 * freedom)).squareRoot()
    chance = (1 / max(1, all) + 1 / max(1, own)) * freedom * root * root * root
  }

  /// The drift of numbers, of which NaN is missing; nil if there are no rows in one of the two.
  public init?(numbers reference: [Double], current: [Double]) {
    guard !reference.isEmpty, !current.isEmpty else { return nil }
    let known = reference.filter { !$0.isNaN }.sorted()
    let bins = max(1, min(Self.mostBins, known.count / Self.rowsPerBin))
    var edges: [Double] = []
    for bin in 1..<max(2, bins) where bins > 1 {
      let edge = known[bin * known.count / bins]
      if edge > known[0], edge != edges.last { edges.append(edge) }
    }
    func counts(_ values: [Double]) -> [Int] {
      var counts = Array(repeating: 0, count: edges.count + 2)
      for value in values {
        let bin = value.isNaN ? edges.count + 1 : edges.firstIndex { value < $0 } ?? edges.count
        counts[bin] += 1
      }
      return counts
    }
    self.init(binned: counts(reference), counts(current))
  }

  /// The drift of categories, nil of which is missing; nil if there are no rows in one of the two. The most frequent categories are bins.
  init?(categories reference: [Int?], current: [Int?]) {
    guard !reference.isEmpty, !current.isEmpty else { return nil }
    var frequency: [Int: Int] = [:]
    for case let category? in reference { frequency[category, default: 0] += 1 }
    let frequent = frequency.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.mostBins).map(\.key)
    let bins = Dictionary(uniqueKeysWithValues: frequent.enumerated().map { ($1, $0) })
    let (other, new, missing) = (frequent.count, frequent.count + 1, frequent.count + 2)
    func counts(_ values: [Int?]) -> [Int] {
      var counts = Array(repeating: 0, count: missing + 1)
      for value in values {
        counts[value.map { bins[$0] ?? (frequency[$0] == nil ? new : other) } ?? missing] += 1
      }
      return counts
    }
    self.init(binned: counts(reference), counts(current))
  }

  /// Leaves out bins that are empty in both.
  private init(binned reference: [Int], _ current: [Int]) {
    let used = reference.indices.filter { reference[$0] + current[$0] > 0 }
    self.init(reference: used.map { reference[$0] }, current: used.map { current[$0] })
  }
}
