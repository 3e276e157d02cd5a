/// Some of the batches of a data set, in order. Their rows are numbered anew, from 0.
public struct ChosenBatches<Base: FiniteBatches>: FiniteBatches {
  private var base: Base
  private let chosen: [Int]
  private let starts: [Int]

  /// The batches of `base` with the numbers `chosen`.
  public init(_ base: Base, _ chosen: [Int]) {
    (self.base, self.chosen) = (base, chosen)
    starts = chosen.reduce(into: [0]) { $0.append(($0.last ?? 0) + base.places($1).count) }
  }

  /// About `count` of the batches of `base`, evenly spaced; all of them if there are no more.
  public init(_ base: Base, evenly count: Int) {
    let count = max(0, min(count, base.count))
    self.init(base, (0..<count).map { $0 * base.count / count })
  }

  /// The number of rows.
  public var rows: Int { starts.last ?? 0 }
  /// See ``FiniteBatches``.
  public var count: Int { chosen.count }
  /// See ``FiniteBatches``.
  public func places(_ index: Int) -> [Int] { Array(starts[index]..<starts[index + 1]) }
  /// See ``BatchSource``.
  public func makeBatch() -> Base.Element { base.makeBatch() }
  /// See ``BatchSource``.
  public mutating func fill(_ batch: Base.Element, index: Int) { base.fill(batch, index: chosen[index]) }
}
