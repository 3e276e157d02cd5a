import TemperJSON
import TemperNN

/// How much of each class a classifier has known and lost: the recall at the last evaluation against the highest before it (the forgetting of
/// Chaudhry et al. 2018, with evaluations in the place of tasks).
public struct ClassMemory: Sendable, Equatable {
  /// A class whose recall has fallen.
  public struct Loss: Sendable, Equatable {
    /// The class.
    public let name: String
    /// Its highest recall.
    public let best: Double
    /// Its recall at the last evaluation.
    public let last: Double
  }

  private var names: [String] = []
  private var best: [Double] = []
  private var last: [Double] = []

  /// Starts without evaluations.
  public init() {}

  /// Adds the recall of each class that has rows.
  public mutating func observe(_ recalls: [(name: String, recall: Double)]) {
    if names.isEmpty { (names, best) = (recalls.map(\.name), recalls.map(\.recall)) }
    guard names == recalls.map(\.name) else { return }
    last = recalls.map(\.recall)
    for index in best.indices { best[index] = max(best[index], last[index]) }
  }

  /// The mean over classes of what their recall has fallen by; nil without classes.
  public var forgetting: Double? {
    names.isEmpty ? nil : zip(best, last).reduce(0) { $0 + $1.0 - $1.1 } / Double(names.count)
  }

  /// The classes whose recall has fallen, the greatest fall first, at most `limit`.
  public func losses(limit: Int) -> [Loss] {
    let fallen = names.indices.filter { best[$0] > last[$0] }.sorted { (best[$0] - last[$0], $1) > (best[$1] - last[$1], $0) }
    return fallen.prefix(limit).map { Loss(name: names[$0], best: best[$0], last: last[$0]) }
  }

  /// The mutable state, for a checkpoint.
  public var state: JSON {
    .object([
      ("names", .array(names.map { .string($0) })), ("best", .array(best.map { .exact($0) })), ("last", .array(last.map { .exact($0) })),
    ])
  }

  /// Restores a ``state``.
  public init(restoring state: JSON?) throws(MalformedState) {
    func numbers(_ key: String) -> [Double] { (state?[key]?.array ?? []).compactMap { $0.exactNumber ?? nil } }
    names = (state?["names"]?.array ?? []).compactMap(\.string)
    (best, last) = (numbers("best"), numbers("last"))
    if best.count != names.count || last.count != names.count { throw MalformedState(of: "the recall of classes") }
  }
}
