/// Finds the ends of grapheme clusters, which readers perceive as single characters.
enum GraphemeScan {
  /// The end of the cluster that begins at `start`; `text` is UTF-8.
  @inline(__always)
  static func end(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let after = start + 1
    // In ASCII only the two characters of a line end stay together.
    if text[start] < 0x80, after == text.count || text[after] < 0x80 {
      return text[start] == 0x0D && after < text.count && text[after] == 0x0A ? start + 2 : after
    }
    return longEnd(of: text, from: start)
  }

  private static func longEnd(of text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var (value, place) = UTF8Scan.scalar(text, at: start)
    guard place < text.count else { return place }
    var (following, end) = UTF8Scan.scalar(text, at: place)
    if stands(value), stands(following) { return place }
    var recognizer = Unicode._CharacterRecognizer()
    _ = recognizer.hasBreak(before: Unicode.Scalar(value)!)
    while !recognizer.hasBreak(before: Unicode.Scalar(following)!) {
      place = end
      if place == text.count { break }
      (value, (following, end)) = (following, UTF8Scan.scalar(text, at: place))
    }
    return place
  }

  /// Whether a character is one of the many that never join another: letters of large scripts, ideographs, whole syllables of Hangul.
  @inline(__always)
  private static func stands(_ value: UInt32) -> Bool {
    switch value {
    case 0x20...0x7E, 0xC0...0x2FF, 0x370...0x482, 0x48A...0x556, 0x5D0...0x5EA, 0x620...0x64A, 0x3041...0x3096, 0x30A1...0x30FA,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3:
      true
    default: false
    }
  }
}
