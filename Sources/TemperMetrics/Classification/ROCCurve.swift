/// The area under the receiver operating characteristic: the probability that a positive row scores above a negative one, where a tie
/// counts half.
enum ROCCurve {
  /// The area for the rows 0..<`count`; nil unless there are rows of both kinds and all scores are numbers. Time grows with `count` alone.
  @inline(__always)
  static func area(count: Int, score: (Int) -> Float, isPositive: (Int) -> Bool) -> Double? {
    var keys: [UInt64] = []
    keys.reserveCapacity(count)
    for row in 0..<count {
      let score = score(row)
      if score.isNaN { return nil }
      keys.append(UInt64(ascending(score)) << 1 | (isPositive(row) ? 1 : 0))
    }
    sort(&keys)
    return area(sortedKeys: keys)
  }

  /// A number whose order is that of `value`; both zeros give the same.
  private static func ascending(_ value: Float) -> UInt32 {
    let bits = (value + 0).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 1 << 31
  }

  private static func area(sortedKeys keys: [UInt64]) -> Double? {
    let positives = keys.reduce(0) { $0 + Int($1 & 1) }
    let negatives = keys.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    // Twice the correctly ordered pairs, so that a tie is a whole number.
    var (pairs, below, start) = (0.0, 0, 0)
    while start < keys.count {
      var (end, tiedPositives) = (start, 0)
      while end < keys.count, keys[end] >> 1 == keys[start] >> 1 {
        tiedPositives += Int(keys[end] & 1)
        end += 1
      }
      let tiedNegatives = end - start - tiedPositives
      pairs += Double(tiedPositives) * Double(2 * below + tiedNegatives)
      below += tiedNegatives
      start = end
    }
    return pairs / (2 * Double(positives) * Double(negatives))
  }

  /// Sorts keys of 33 bits, 11 at a time from the lowest.
  private static func sort(_ keys: inout [UInt64]) {
    var other = keys
    for shift in stride(from: 0, to: 33, by: 11) {
      var starts = [Int](repeating: 0, count: 2049)
      for key in keys { starts[Int(key >> shift & 2047) + 1] += 1 }
      for digit in 1..<2048 { starts[digit] += starts[digit - 1] }
      for key in keys {
        let digit = Int(key >> shift & 2047)
        other[starts[digit]] = key
        starts[digit] += 1
      }
      swap(&keys, &other)
    }
  }
}
