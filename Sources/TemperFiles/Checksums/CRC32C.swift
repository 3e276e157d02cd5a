/// The cyclic redundancy check of Castagnoli et al. (1993), by which TFRecord files notice damage: polynomial 0x1EDC6F41, reflected.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  /// The check value of `bytes`.
  package static func value(of bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { value, byte in table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
  }

  /// The check value of `bytes` as TFRecord files store it, so that check values of check values stay useful.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = value(of: bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
