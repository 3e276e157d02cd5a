import TemperJSON

extension Diagnostic.Code {
  /// A .gz file that is not gzip, or damaged.
  public static let badGzip = Diagnostic.Code("E0258", "a compressed file is damaged")
  /// A compressed file that exceeds the size limit.
  public static let unpacksTooLarge = Diagnostic.Code("E0259", "a compressed file is too large when decompressed")
}

/// Decompresses gzip files (RFC 1952), member by member, each verified by length and CRC-32.
package enum Gzip {
  /// The maximum decompressed size: a few megabytes can expand a thousandfold.
  static let limit = 1 << 30
  /// The maximum compression ratio of DEFLATE.
  private static let greatestRatio = 1032

  /// Decompresses `bytes`; throws unless they consist of complete members. Zeros after a member, with which tapes and block devices
  /// pad, are ignored.
  static func unpacked(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int = limit) throws(InflateProblem) -> StableBytes {
    // The last four bytes are the length, if there is one member and it is correct.
    let hint = bytes.count < 4 ? 0 : (0..<4).reduce(0) { $0 | Int(bytes[bytes.count - 4 + $1]) << (8 * $1) }
    var sink = ByteSink(hint: min(hint, bytes.count.multipliedReportingOverflow(by: greatestRatio).partialValue), limit: limit)
    var position = 0
    repeat {
      position = try member(bytes, position, &sink)
      while position < bytes.count, bytes[position] == 0 { position += 1 }
    } while position < bytes.count
    return sink.moved()
  }

  /// Decompresses the member that begins at `start`, and returns its end.
  private static func member(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ sink: inout ByteSink) throws(InflateProblem) -> Int {
    let body = try header(bytes, start)
    let first = sink.count
    let end = try Inflate.run(bytes, from: body, into: &sink)
    try sink.checkLimit()
    let content = UnsafeBufferPointer(rebasing: sink.bytes[first...])
    guard end + 8 <= bytes.count else { throw .truncated }
    func number(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) } }
    guard number(end) == CRC32.of(content) else { throw .damaged("its checksum does not match its content") }
    guard number(end + 4) == UInt32(truncatingIfNeeded: content.count) else { throw .damaged("its length does not match its content") }
    return end + 8
  }

  /// Checks the header at `start` and returns the start of the compressed data.
  private static func header(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) throws(InflateProblem) -> Int {
    guard start + 2 <= bytes.count, bytes[start] == 0x1F, bytes[start + 1] == 0x8B else {
      throw .damaged(start == 0 ? "it has no gzip header" : "there is data after the compressed data")
    }
    guard start + 10 <= bytes.count else { throw .truncated }
    let flags = bytes[start + 3]
    guard bytes[start + 2] == 8, flags & 0xE0 == 0 else { throw .damaged("unknown compression method") }
    var position = start + 10
    func skip(_ count: Int) throws(InflateProblem) {
      guard position + count <= bytes.count else { throw .truncated }
      position += count
    }
    if flags & 4 != 0 {
      try skip(2)
      try skip(Int(bytes[position - 2]) | Int(bytes[position - 1]) << 8)
    }
    // A file name and a comment, each terminated by a zero.
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      repeat { try skip(1) } while bytes[position - 1] != 0
    }
    if flags & 2 != 0 {
      let sum = CRC32.of(UnsafeBufferPointer(rebasing: bytes[start..<position]))
      try skip(2)
      guard UInt16(truncatingIfNeeded: sum) == UInt16(bytes[position - 2]) | UInt16(bytes[position - 1]) << 8 else {
        throw .damaged("the checksum of its header is wrong")
      }
    }
    return position
  }
}

/// The checksum of gzip: polynomial 0xEDB88320, eight bytes at a time with eight tables.
enum CRC32 {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    // Table k is for a byte followed by k zero bytes.
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 255)]
    }
    return tables
  }()

  /// The checksum of `bytes`.
  static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      var (sum, index) = (~UInt32(0), 0)
      while index + 8 <= bytes.count {
        var word = UInt64(littleEndian: UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: UInt64.self)) ^ UInt64(sum)
        var next: UInt32 = 0
        for k in stride(from: 7, through: 0, by: -1) {
          next ^= table[k << 8 | Int(word & 255)]
          word >>= 8
        }
        sum = next
        index += 8
      }
      while index < bytes.count {
        sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[index])) & 255)]
        index += 1
      }
      return ~sum
    }
  }
}
