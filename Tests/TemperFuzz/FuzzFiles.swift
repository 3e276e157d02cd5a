import Glibc
import TemperRunSupport

/// Files in formats that Temper reads but does not write.
enum FuzzFiles {
  /// An IDX file of bytes.
  static func idx(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] } + elements
  }

  /// A gzip file with one block that is not compressed.
  static func gzip(_ content: [UInt8]) -> [UInt8] {
    let count = UInt16(truncatingIfNeeded: content.count)
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(count) + little(~count) + content + little(crc(content))
      + little(UInt32(content.count))
  }

  /// What such a file holds, as long as its frame is whole.
  static func content(ofGzip bytes: [UInt8]) -> [UInt8] { Array(bytes.dropFirst(15).dropLast(8)) }

  /// An archive of uncompressed members.
  static func zip(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
    var (body, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in members {
      let size = little(UInt32(content.count))
      let zeros = [UInt8](repeating: 0, count: 6)
      let facts: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + little(crc(content)) + size + size + little(UInt16(name.utf8.count)) + [0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0] + facts + zeros + [0, 0, 0, 0] + little(UInt32(body.count)) + Array(name.utf8)
      body += [0x50, 0x4B, 3, 4] + facts + Array(name.utf8) + content
    }
    let count = little(UInt16(members.count))
    return body + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + little(UInt32(directory.count)) + little(UInt32(body.count))
      + [0, 0]
  }

  /// The members of such an archive, as long as their headers are whole.
  static func members(ofZip bytes: [UInt8]) -> [(name: String, content: [UInt8])] {
    var (members, start): ([(name: String, content: [UInt8])], Int) = ([], 0)
    while start + 30 < bytes.count, bytes[start..<(start + 4)] == [0x50, 0x4B, 3, 4] {
      let name = start + 30
      let content = name + Int(bytes[start + 26])
      let end = content + bytes[(start + 18)..<(start + 22)].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard end <= bytes.count, content <= end else { break }
      members.append((String(decoding: bytes[name..<content], as: UTF8.self), Array(bytes[content..<end])))
      start = end
    }
    return members
  }

  private static func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Number(8 * $0)) }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) } }
  }
}
