/// A 64-bit checksum that applies FNV-1a to words instead of bytes: any change within one word is detected. It detects damage, not
/// tampering.
package struct Checksum {
  @usableFromInline package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  @inlinable @inline(__always)
  package mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01B3
    // Multiplication carries upwards only.
    value ^= value >> 32
  }

  /// Adds `bytes`, with the last word padded with zeros, and their number.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let words = bytes.count / 8
    for i in 0..<words { add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))) }
    var last: UInt64 = 0
    for byte in bytes[(8 * words)...].reversed() { last = last << 8 | UInt64(byte) }
    add(last)
    add(UInt64(bytes.count))
  }
}
