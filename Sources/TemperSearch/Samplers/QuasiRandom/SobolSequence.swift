import TemperCore

/// Sobol's low-discrepancy sequence in the order of the Gray code, with 32 bits a number.
///
/// Scrambled, each dimension is multiplied by a random lower triangular matrix of bits and shifted by random bits (Matousek 1998), as `scipy.stats.qmc.Sobol`
/// does; every point is then uniform in the unit cube.
public struct SobolSequence: Sendable {
  /// The largest number of dimensions.
  public static let limit = SobolDirections.table.count + 1

  /// The number of dimensions.
  public let dimensions: Int
  /// Direction numbers: 32 for each dimension.
  private let directions: [UInt32]
  /// Of each dimension.
  private let shifts: [UInt32]

  /// A sequence of up to ``limit`` dimensions, scrambled if `random` is given.
  ///
  /// - Throws: ``SearchError/tooManyParameters(count:limit:)``.
  public init(dimensions: Int, random: RandomSequence? = nil) throws(SearchError) {
    guard dimensions <= Self.limit else { throw .tooManyParameters(count: dimensions, limit: Self.limit) }
    self.dimensions = dimensions
    var directions: [UInt32] = []
    for dimension in 0..<dimensions { directions += Self.directions(dimension) }
    var shifts = Array(repeating: UInt32(0), count: dimensions)
    if var random {
      for dimension in 0..<dimensions {
        shifts[dimension] = UInt32(truncatingIfNeeded: random.next())
        // Row `bit` of the matrix: ones on the diagonal, random below it, counted from the highest bit.
        let rows = (0..<32).map { bit in
          let above = bit == 0 ? 0 : UInt32.max << (32 - UInt32(bit))
          return (UInt32(truncatingIfNeeded: random.next()) & above) | (1 << (31 - UInt32(bit)))
        }
        for index in (32 * dimension)..<(32 * dimension + 32) {
          let direction = directions[index]
          var scrambled: UInt32 = 0
          for (bit, row) in rows.enumerated() where (row & direction).nonzeroBitCount & 1 == 1 { scrambled |= 1 << (31 - UInt32(bit)) }
          directions[index] = scrambled
        }
      }
    }
    (self.directions, self.shifts) = (directions, shifts)
  }

  /// Point `index`, from 0 to 2^32 - 1, in [0, 1) in each dimension.
  public func callAsFunction(_ index: Int) -> [Double] {
    let gray = UInt32(truncatingIfNeeded: index) ^ (UInt32(truncatingIfNeeded: index) >> 1)
    return (0..<dimensions).map { dimension in
      var word = shifts[dimension]
      for bit in 0..<32 where gray >> UInt32(bit) & 1 == 1 { word ^= directions[32 * dimension + bit] }
      return Double(word) * 0x1p-32
    }
  }

  /// The direction numbers of a dimension, each shifted to the highest bits, by the recurrence of its polynomial.
  private static func directions(_ dimension: Int) -> [UInt32] {
    guard dimension > 0 else { return (0..<32).map { 1 << (31 - UInt32($0)) } }
    let (polynomial, first) = SobolDirections.table[dimension - 1]
    let degree = first.count
    var numbers = first.enumerated().map { $1 << (31 - UInt32($0)) }
    for index in degree..<32 {
      var number = numbers[index - degree] ^ (numbers[index - degree] >> UInt32(degree))
      for term in 1..<max(degree, 1) where polynomial >> (degree - term) & 1 == 1 { number ^= numbers[index - term] }
      numbers.append(number)
    }
    return numbers
  }
}
