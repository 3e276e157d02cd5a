/// The classes from the most to the least frequent in the training rows; of equally frequent ones the lower first.
public struct FrequencyOrder: Sendable, Equatable {
  /// The class of each rank, from 0 for the most frequent.
  public let order: [Int32]
  /// The rank of each class.
  public let rank: [Int32]

  /// The order of classes with `counts` training rows.
  public init(counts: [Int]) {
    let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    var rank = [Int32](repeating: 0, count: counts.count)
    for (r, c) in order.enumerated() { rank[c] = Int32(r) }
    (self.order, self.rank) = (order.map { Int32($0) }, rank)
  }
}
