import TemperJSON

extension FileBytes {
  /// The place of a byte of `bytes`, the content, whose line is counted unless it is known. The byte-order mark has no column, and a
  /// Latin-1 character has one.
  package func place(_ bytes: UnsafeBufferPointer<UInt8>, offset: Int, line: Int? = nil) -> Place {
    var start = offset
    while start > 0, bytes[start - 1] != .lineFeed { start -= 1 }
    if start == 0 { start = min(offset, bytes.markLength) }
    let line = line ?? 1 + linesBefore + bytes[..<offset].count { $0 == .lineFeed }
    let added = isTranscoded ? bytes[start..<offset].count { $0 & 0xC0 == 0x80 } : 0
    return .file(path: name, line: line, column: offset - start + 1 - added)
  }

  /// The place of a byte of a text.
  package func place(ofByte offset: Int) -> Place {
    withBytes { place($0, offset: offset) }
  }

  /// Throws `E0208` at the first byte that is not UTF-8.
  package func checkUTF8() throws(Diagnostics) {
    var findings = Findings()
    withBytes { findings.checkEncoding(self, $0, 0..<$0.count, line: 1, hasOption: false) }
    try findings.check()
  }
}
