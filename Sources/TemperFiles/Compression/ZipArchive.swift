import TemperJSON
import TemperCore

/// Members of a ZIP file, stored or compressed, as numpy.savez writes it (PKWARE's APPNOTE 6.3: central directory, ZIP64).
package struct ZipArchive {
  /// Why an archive cannot be read, in words that follow "this is no sound archive:".
  package struct Problem: Error, Equatable {
    package let message: String
    /// Whether it is valid, but exceeds the available memory.
    package var isMemory = false

    package init(message: String, isMemory: Bool = false) { (self.message, self.isMemory) = (message, isMemory) }
  }

  private static func noMemory(_ name: String, _ bytes: Int, _ left: Int) -> String {
    "decompressed, \(name) needs \(MemoryLimit.text(bytes)) of memory; \(MemoryLimit.text(left)) are left. Use part of it, or add memory"
  }

  package struct Member {
    package let name: String
    let isCompressed: Bool
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    /// The offset of the member's local header.
    let header: Int
  }

  package let members: [Member]

  /// Reads the central directory of an archive.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Problem) {
    let reader = LittleEndianReader(bytes)
    var (count, size, start) = try Self.end(reader)
    var members: [Member] = []
    let limit = start + size
    guard limit <= bytes.count else { throw Problem(message: "its directory is beyond its end") }
    while count > 0 {
      let (member, next) = try Self.member(reader, start, limit)
      if members.contains(where: { $0.name == member.name }) { throw Problem(message: "duplicate member \(quoted(member.name))") }
      members.append(member)
      (start, count) = (next, count - 1)
    }
    self.members = members
  }

  /// The number of entries, the size and the start of the directory, from the end record.
  private static func end(_ reader: LittleEndianReader) throws(Problem) -> (count: Int, size: Int, start: Int) {
    // A comment of up to 65535 bytes may follow the record.
    let last = reader.count - 22
    let first = max(0, last - 65535)
    guard last >= 0,
      let at = (first...last).last(where: { reader.word($0) == 0x0605_4B50 && $0 + 22 + reader.short($0 + 20) == reader.count })
    else {
      throw Problem(message: "it has no directory at its end; it may be truncated")
    }
    let (count, size, start) = (reader.short(at + 10), reader.word(at + 12), reader.word(at + 16))
    guard count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF else { return (count, size, start) }
    // ZIP64: a locator before the record points to the long record.
    guard at >= 20, reader.word(at - 20) == 0x0706_4B50, let long = reader.long(at - 12), reader.fits(long, 56),
      reader.word(long) == 0x0606_4B50, let longCount = reader.long(long + 32), let longSize = reader.long(long + 40),
      let longStart = reader.long(long + 48)
    else { throw Problem(message: "the ZIP64 record of its directory is misplaced") }
    guard longCount <= reader.count, longSize <= reader.count, longStart <= reader.count else {
      throw Problem(message: "its directory is beyond its end")
    }
    return (longCount, longSize, longStart)
  }

  private static func member(_ reader: LittleEndianReader, _ at: Int, _ limit: Int) throws(Problem) -> (Member, next: Int) {
    guard at + 46 <= limit, reader.word(at) == 0x0201_4B50 else { throw Problem(message: "its directory is damaged") }
    let (flags, method) = (reader.short(at + 8), reader.short(at + 10))
    let (nameLength, extraLength, commentLength) = (reader.short(at + 28), reader.short(at + 30), reader.short(at + 32))
    let next = at + 46 + nameLength + extraLength + commentLength
    guard next <= limit else { throw Problem(message: "its directory is damaged") }
    let name = reader.text(at + 46, nameLength)
    guard flags & 1 == 0 else { throw Problem(message: "\(quoted(name)) is encrypted") }
    guard method == 0 || method == 8 else {
      throw Problem(message: "\(quoted(name)) has compression method \(method); only 0 and 8 are supported")
    }
    var (compressed, size, header) = (reader.word(at + 20), reader.word(at + 24), reader.word(at + 42))
    var extra = at + 46 + nameLength
    let extraEnd = extra + extraLength
    while extra + 4 <= extraEnd {
      let (kind, length) = (reader.short(extra), reader.short(extra + 2))
      guard extra + 4 + length <= extraEnd else { throw Problem(message: "its directory is damaged") }
      if kind == 1 {
        // Values that exceed 32 bits follow in this order.
        var place = extra + 4
        func take(_ value: inout Int) throws(Problem) {
          guard value == 0xFFFF_FFFF else { return }
          guard place + 8 <= extra + 4 + length, let long = reader.long(place) else { throw Problem(message: "its directory is damaged") }
          (value, place) = (long, place + 8)
        }
        try take(&size)
        try take(&compressed)
        try take(&header)
      }
      extra += 4 + length
    }
    let member = Member(
      name: name, isCompressed: method == 8, checksum: UInt32(reader.word(at + 16)), compressedSize: compressed, size: size, header: header)
    return (member, next)
  }

  /// The content of `member`, verified by length and CRC-32.
  package static func content(_ member: Member, of bytes: UnsafeBufferPointer<UInt8>) throws(Problem) -> StableBytes {
    let (reader, name) = (LittleEndianReader(bytes), quoted(member.name))
    guard reader.fits(member.header, 30), reader.word(member.header) == 0x0403_4B50 else {
      throw Problem(message: "\(name) is not at the offset in the directory")
    }
    let start = member.header + 30 + reader.short(member.header + 26) + reader.short(member.header + 28)
    guard reader.fits(start, member.compressedSize) else { throw Problem(message: "\(name) extends beyond the end of the archive") }
    guard member.isCompressed || member.size == member.compressedSize else { throw Problem(message: "\(name) has two different lengths") }
    guard member.size <= Gzip.limit * 4 else { throw Problem(message: "\(name) is larger than 4 GiB") }
    let left = MemoryLimit.available()
    guard member.size <= left else { throw Problem(message: Self.noMemory(name, member.size, left), isMemory: true) }
    var sink = ByteSink(hint: min(member.size, (member.compressedSize + 1) * 1032), limit: member.size)
    do throws(InflateProblem) {
      let packed = UnsafeBufferPointer(rebasing: bytes[..<(start + member.compressedSize)])
      if member.isCompressed {
        guard try Inflate.run(packed, from: start, into: &sink) == packed.count else { throw .damaged("there is data after it") }
      } else {
        try sink.append(UnsafeBufferPointer(rebasing: packed[start...]))
      }
      try sink.checkLimit()
    } catch {
      if case .noMemory(let bytes, let left) = error { throw Problem(message: Self.noMemory(name, bytes, left), isMemory: true) }
      let how =
        switch error {
        case .truncated: "it is truncated"
        case .damaged(let how): how
        case .tooLarge, .noMemory: "it is longer than the directory says"
        }
      throw Problem(message: "\(name): \(how)")
    }
    guard sink.count == member.size else { throw Problem(message: "\(name) is shorter than the directory says") }
    guard CRC32.of(sink.bytes) == member.checksum else { throw Problem(message: "the checksum of \(name) does not match its content") }
    return sink.moved()
  }
}

/// Reads little-endian integers in a file. Beyond the end they are 0.
private struct LittleEndianReader {
  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var count: Int { bytes.count }

  func fits(_ start: Int, _ length: Int) -> Bool { start >= 0 && length >= 0 && start <= count && length <= count - start }

  private func number(_ start: Int, _ length: Int) -> UInt64 {
    guard fits(start, length) else { return 0 }
    return (0..<length).reversed().reduce(0) { $0 << 8 | UInt64(bytes[start + $1]) }
  }

  func short(_ start: Int) -> Int { Int(number(start, 2)) }
  func word(_ start: Int) -> Int { Int(number(start, 4)) }
  func long(_ start: Int) -> Int? { Int(exactly: number(start, 8)) }
  func text(_ start: Int, _ length: Int) -> String {
    fits(start, length) ? String(decoding: bytes[start..<(start + length)], as: UTF8.self) : ""
  }
}
