import CTemperSupport

/// SHA-256 (FIPS 180-4) of data files, so that a manifest's hashes can be checked with `sha256sum`. Implemented here because it is all
/// the cryptography needed, and a library would be a second dependency to build on every new machine.
public struct SHA256 {
  /// Whether the processor has SHA-256 instructions.
  static let isNative = temper_processor_has_sha256()

  /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
  private var state: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  private var count = 0
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []
  private let isNative: Bool

  /// Creates an empty digest.
  public init() { self.init(isNative: Self.isNative) }

  /// Creates an empty digest, with or without the processor's own instructions.
  init(isNative: Bool) { self.isNative = isNative }

  /// The digest of `bytes` as 64 hexadecimal digits.
  public static func hex(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBufferPointer { hash.update($0) }
    return hash.hex()
  }

  /// The digest of `file` as it is stored.
  public static func hex(of file: FileBytes) -> String {
    var hash = SHA256()
    file.forEachStoredPart { hash.update($0) }
    return hash.hex()
  }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    count += bytes.count
    if rest.isEmpty {
      takeBlocks(bytes)
    } else {
      let joined = rest + bytes
      joined.withUnsafeBufferPointer { takeBlocks($0) }
    }
  }

  /// Processes whole blocks, and keeps the rest of `bytes`.
  private mutating func takeBlocks(_ bytes: UnsafeBufferPointer<UInt8>) {
    let blocks = bytes.count / 64
    if blocks > 0 { temper_sha256(&state, bytes.baseAddress, blocks, isNative) }
    rest = Array(bytes[(blocks * 64)...])
  }

  /// The digest of the added bytes, as 64 hexadecimal digits.
  public consuming func hex() -> String {
    // The rest, a 1 bit, zeros, and the length in bits.
    var tail = rest + [0x80]
    while tail.count % 64 != 56 { tail.append(0) }
    withUnsafeBytes(of: UInt64(count * 8).bigEndian) { tail.append(contentsOf: $0) }
    tail.withUnsafeBufferPointer { takeBlocks($0) }
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in state {
      for shift in stride(from: 28, through: 0, by: -4) { text.append(digits[Int(word >> UInt32(shift)) & 15]) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
