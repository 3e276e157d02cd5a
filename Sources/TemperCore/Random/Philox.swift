/// The counter-based generator Philox4x32-10: four words of a counter and two of a key give four random words, with no state.
///
/// Because a number depends only on (key, counter), a dropout mask or a shuffle is the same on any number of threads, in any order of
/// evaluation and after a resume. Follows Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); the tests compare it with
/// the known answers of the authors' library.
public struct Philox: Sendable {
  /// The key, which identifies the stream.
  public let key: (UInt32, UInt32)

  /// A generator for one key of 64 bits.
  public init(key: UInt64) {
    self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// The four words of one counter.
  @inlinable @inline(__always)
  public func callAsFunction(_ c0: UInt32, _ c1: UInt32, _ c2: UInt32, _ c3: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
    var (x0, x1, x2, x3) = (c0, c1, c2, c3)
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(x0) &* 0xD251_1F53
      let p1 = UInt64(x2) &* 0xCD9E_8D57
      let y0 = UInt32(truncatingIfNeeded: p1 >> 32) ^ x1 ^ k0
      let y2 = UInt32(truncatingIfNeeded: p0 >> 32) ^ x3 ^ k1
      x1 = UInt32(truncatingIfNeeded: p1)
      x3 = UInt32(truncatingIfNeeded: p0)
      x0 = y0
      x2 = y2
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (x0, x1, x2, x3)
  }
}
