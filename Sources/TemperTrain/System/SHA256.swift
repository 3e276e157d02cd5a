import TemperData

/// SHA-256 (FIPS 180-4) of data files, so that a manifest's hashes can be checked with `sha256sum`. Written out here: it is all that the
/// program needs of cryptography, and a library of it would be a second dependency, to be built on every new machine.
struct SHA256 {
  private var state = SHA256.start
  private var count = 0
  /// The bytes that do not fill a block yet.
  private var rest: [UInt8] = []

  /// The digest of `bytes` as 64 hexadecimal digits.
  static func hex(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBufferPointer { hash.update($0) }
    return hash.hex()
  }

  /// The digest of `file` as it is stored.
  static func hex(of file: FileBytes) -> String {
    var hash = SHA256()
    file.forEachStoredPart { hash.update($0) }
    return hash.hex()
  }

  /// Takes in the next bytes.
  mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    count += bytes.count
    if !rest.isEmpty || bytes.count < 64 {
      rest += bytes
      let joined = rest
      rest = []
      joined.withUnsafeBufferPointer { takeBlocks($0) }
    } else {
      takeBlocks(bytes)
    }
  }

  private mutating func takeBlocks(_ bytes: UnsafeBufferPointer<UInt8>) {
    let whole = bytes.count / 64 * 64
    for block in stride(from: 0, to: whole, by: 64) { Self.compress(bytes.baseAddress! + block, &state) }
    rest = Array(bytes[whole...])
  }

  /// The digest of what was taken in, as 64 hexadecimal digits.
  consuming func hex() -> String {
    // The rest, a 1 bit, zeros, and the length in bits.
    var tail = rest + [0x80]
    while tail.count % 64 != 56 { tail.append(0) }
    withUnsafeBytes(of: UInt64(count * 8).bigEndian) { tail.append(contentsOf: $0) }
    tail.withUnsafeBufferPointer { tail in
      for block in stride(from: 0, to: tail.count, by: 64) { Self.compress(tail.baseAddress! + block, &state) }
    }
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in state {
      for shift in stride(from: 28, through: 0, by: -4) { text.append(digits[Int(word >> UInt32(shift)) & 15]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func compress(_ block: UnsafePointer<UInt8>, _ state: inout [UInt32]) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 {
        w[i] = UInt32(block[4 * i]) << 24 | UInt32(block[4 * i + 1]) << 16 | UInt32(block[4 * i + 2]) << 8 | UInt32(block[4 * i + 3])
      }
      for i in 16..<64 {
        let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)
        let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10)
        w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
      }
      var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7])
      for i in 0..<64 {
        let t1 = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ ((e & f) ^ (~e & g)) &+ roundConstants[i] &+ w[i]
        let t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
        (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
      }
      for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] = state[i] &+ value }
    }
  }

  @inline(__always)
  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
  private static let start = primes(8).map { fraction(of: Double($0), root: 2) }
  /// The same of the cube roots of the first 64 primes.
  private static let roundConstants = primes(64).map { fraction(of: Double($0), root: 3) }

  private static func primes(_ count: Int) -> [Int] {
    var found: [Int] = []
    var candidate = 2
    while found.count < count {
      if found.allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }

  /// floor(2^32 x^(1/root)) without its whole part, by bisection in whole numbers.
  private static func fraction(of x: Double, root: Int) -> UInt32 {
    // The greatest n with n^root <= x 2^(32 root), in 128-bit arithmetic.
    let target = UInt128(x) << UInt128(32 * root)
    var (low, high) = (UInt128(0), UInt128(1) << 36)
    while high - low > 1 {
      let middle = (low + high) / 2
      let power = root == 2 ? middle * middle : middle * middle * middle
      if power <= target { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}
