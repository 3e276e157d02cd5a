import Glibc
import TemperJSON

extension LineScan {
  /// A position in a line of JSON that ends with a line feed.
  struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    /// The next byte that is not a space; a line feed at the end.
    mutating func skipSpace() -> UInt8 {
      while bytes[position] == 32 || bytes[position] == 9 || bytes[position] == 13 { position += 1 }
      return bytes[position]
    }

    /// Passes over a word; false if it is another.
    mutating func skip(_ word: StaticString) -> Bool {
      let count = word.utf8CodeUnitCount
      guard position + count < bytes.count, memcmp(bytes.baseAddress! + position, word.utf8Start, count) == 0 else { return false }
      position += count
      return true
    }

    /// Reads a number; nil if it is none.
    mutating func number() -> Double? {
      let start = bytes[position]
      guard start == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= start else { return nil }
      // The line feed ends it at the latest.
      return UnsafeRawPointer(bytes.baseAddress! + position).withMemoryRebound(to: CChar.self, capacity: bytes.count - position) { text in
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(text, &end)
        position += end.map { UnsafePointer($0) - text } ?? 0
        return end.map { UnsafePointer($0) != text } == true ? value : nil
      }
    }

    /// Reads a string; the bytes between its quotes, nil if it has no end.
    mutating func string() -> UnsafeBufferPointer<UInt8>? {
      guard skipSpace() == UInt8(ascii: "\"") else { return nil }
      let start = position + 1
      var index = start
      while bytes[index] != UInt8(ascii: "\"") {
        if bytes[index] == 10 { return nil }
        index += bytes[index] == UInt8(ascii: "\\") && bytes[index + 1] != 10 ? 2 : 1
      }
      position = index + 1
      return UnsafeBufferPointer(rebasing: bytes[start..<index])
    }

    /// The text of a string between its quotes.
    func text(_ string: UnsafeBufferPointer<UInt8>) -> String {
      let quoted = [UInt8(ascii: "\"")] + string + [UInt8(ascii: "\"")]
      return (try? JSON.parse(quoted, path: ""))?.string ?? String(decoding: string, as: UTF8.self)
    }

    /// Reads the elements of an object or an array, each by `body`, up to the bracket `end`; false if it is damaged.
    mutating func elements(until end: UInt8, _ body: (inout Reader) -> Bool) -> Bool {
      position += 1
      if skipSpace() == end {
        position += 1
        return true
      }
      while true {
        guard body(&self) else { return false }
        switch skipSpace() {
        case end:
          position += 1
          return true
        case UInt8(ascii: ","): position += 1
        default: return false
        }
        _ = skipSpace()
      }
    }
  }
}
