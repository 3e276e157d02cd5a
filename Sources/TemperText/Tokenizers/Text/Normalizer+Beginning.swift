extension Normalizer {
  /// Whether the normalized form of `text` does not begin with the normalized first character of `text`: `tokenizers` then does not treat
  /// it as the beginning of the whole text, and adds no space before it with the scheme `first`.
  func dropsBeginning(of text: UnsafeBufferPointer<UInt8>) -> Bool {
    // The beginning is enough; it does not matter where its normalized form is cut off.
    var count = min(text.count, 256)
    while count < text.count, count > 0, text[count] & 0xC0 == 0x80 { count -= 1 }
    return dropsFirst(of: UnsafeBufferPointer(rebasing: text[..<count]))
  }

  private func dropsFirst(of text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count > 0 else { return false }
    let first = UTF8Scan.scalar(text, at: 0).value
    switch self {
    case .sequence(let parts):
      var current = Array(text)
      for part in parts {
        if current.withUnsafeBufferPointer({ part.dropsFirst(of: $0) }) { return true }
        current = current.withUnsafeBufferPointer { part.apply($0) }
      }
      return false
    case .bert(let rules): return rules.apply(UnsafeBufferPointer(rebasing: text[..<UTF8Scan.length(text, at: 0)])).isEmpty
    case .nmt: return Unicode.Scalar(first).flatMap(NmtRules.apply) == nil
    case .stripAccents: return CharacterClasses.of(first).contains(.mark)
    case .strip(let left, _): return left && CharacterClasses.of(first).contains(.space)
    case .replace(let pattern, let content):
      let end = pattern.end(of: text, from: 0)
      // A replacement for several characters counts as the last of them.
      return end > 0 && (content.isEmpty || end > UTF8Scan.length(text, at: 0))
    case .lowercase, .nfd, .nfc, .nfkd, .nfkc, .prepend, .precompiled: return false
    }
  }
}
