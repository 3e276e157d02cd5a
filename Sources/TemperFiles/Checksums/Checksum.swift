/// A number of 64 bits that tells bytes from others, word by word as FNV-1a does it with bytes: any change within one word shows. For damage,
/// not against those who mean harm.
package struct Checksum {
  @usableFromInline package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  @inlinable @inline(__always)
  package mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01B3
    // Multiplying carries upwards only.
    value ^= value >> 32
  }

  /// Takes in `bytes`, the last word filled with zeros, and how many there are.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let words = bytes.count / 8
    for i in 0..<words { add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))) }
    var last: UInt64 = 0
    for byte in bytes[(8 * words)...].reversed() { last = last << 8 | UInt64(byte) }
    add(last)
    add(UInt64(bytes.count))
  }
}
