/// Goes through the product of all values.
///
/// The order is that of scikit-learn's `ParameterGrid`: names sorted, the last one changes fastest. Points that differ only in parameters whose
/// conditions are not met are one point, at the place of the first.
public struct GridSampler: Sampler {
  /// The largest number of points.
  public static let limit = 100_000

  /// The points in order.
  public let points: [[String: Double]]

  /// A grid of `space`.
  ///
  /// - Throws: ``SearchError/notEnumerable(parameter:)`` for a float without step, ``SearchError/gridTooLarge(limit:)`` above ``limit``.
  public init(_ space: SearchSpace) throws(SearchError) {
    if let endless = space.parameters.first(where: { $0.distribution.count == nil }) { throw .notEnumerable(parameter: endless.name) }
    let names = space.parameters.map(\.name).sorted()
    var places: [Int] = []
    for parameter in space.parameters { places.append(names.firstIndex(of: parameter.name) ?? 0) }
    // A parent stands before its children in the space, not always among the names: the indices, in the order of names, are sorted at the end.
    var keys = [Array(repeating: 0, count: names.count)]
    var points: [[String: Double]] = [[:]]
    for (parameter, place) in zip(space.parameters, places) {
      var (longerKeys, longerPoints): ([[Int]], [[String: Double]]) = ([], [])
      for (key, point) in zip(keys, points) {
        guard space.isActive(parameter, given: point) else {
          longerKeys.append(key)
          longerPoints.append(point)
          continue
        }
        let count = parameter.distribution.count ?? 0
        guard longerKeys.count + count <= Self.limit else { throw .gridTooLarge(limit: Self.limit) }
        for index in 0..<count {
          var (key, point) = (key, point)
          key[place] = index
          point[parameter.name] = parameter.distribution.stepped(index)
          longerKeys.append(key)
          longerPoints.append(point)
        }
      }
      (keys, points) = (longerKeys, longerPoints)
    }
    let order = keys.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }
    self.points = order.map { points[$0] }
  }

  /// Point `number`; nil beyond the last one.
  public func parameters(of number: Int, after trials: [Trial]) -> [String: Double]? {
    points.indices.contains(number) ? points[number] : nil
  }
}
