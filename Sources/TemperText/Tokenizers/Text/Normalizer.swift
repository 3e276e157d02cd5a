/// Changes a text before it is split into words. The cases are named as in the `tokenizers` library.
indirect enum Normalizer: Sendable, Equatable {
  case sequence([Normalizer])
  case bert(BertNormalization)
  case lowercase
  case nfd
  case nfc
  case nfkd
  case nfkc
  case nmt
  case stripAccents
  case strip(left: Bool, right: Bool)
  case prepend([UInt8])
  case replace(TextPattern, with: [UInt8])
  case precompiled(PrecompiledMap)

  /// The normalized form of `text`.
  func apply(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    switch self {
    case .sequence(let parts):
      var result = Array(text)
      for part in parts { result = result.withUnsafeBufferPointer { part.apply($0) } }
      return result
    case .bert(let rules): return rules.apply(text)
    case .lowercase: return Self.mapScalars(text, ascii: { Self.lowercase($0) }) { $0.flatMap(Self.lowercase) }
    case .nfd: return Self.mapScalars(text, CanonicalForm.decomposed.apply)
    case .nfc: return Self.mapScalars(text, CanonicalForm.composed.apply)
    case .nfkd: return Self.mapScalars(text) { CanonicalForm.decomposed.apply(CompatibilityMap.standard.apply($0)) }
    case .nfkc: return Self.mapScalars(text) { CanonicalForm.composed.apply(CompatibilityMap.standard.apply($0)) }
    case .nmt: return Self.mapScalars(text, ascii: NmtRules.ascii) { $0.compactMap(NmtRules.apply) }
    case .stripAccents: return Self.mapScalars(text) { $0.filter { !CharacterClasses.of($0.value).contains(.mark) } }
    case .strip(let left, let right):
      let scalars = Self.scalars(of: text)
      func isSpace(_ scalar: Unicode.Scalar) -> Bool { CharacterClasses.of(scalar.value).contains(.space) }
      guard scalars.contains(where: { !isSpace($0) }) else { return left || right ? [] : Array(text) }
      let start = left ? scalars.firstIndex { !isSpace($0) }! : 0
      let end = right ? scalars.lastIndex { !isSpace($0) }! + 1 : scalars.count
      return Self.bytes(of: Array(scalars[start..<end]))
    case .prepend(let prefix): return text.isEmpty ? [] : prefix + text
    case .replace(let pattern, let content): return pattern.replacing(in: text, with: content)
    case .precompiled(let map): return map.apply(text)
    }
  }

  static func lowercase(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isASCII { return [Unicode.Scalar(lowercase(UInt8(scalar.value)))] }
    return Array(scalar.properties.lowercaseMapping.unicodeScalars)
  }

  @inline(__always)
  static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// `text` with each `pattern` replaced, from the left.
  static func replacing(_ pattern: [UInt8], with content: [UInt8], in text: some RandomAccessCollection<UInt8>) -> [UInt8] {
    guard let first = pattern.first else { return Array(text) }
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 4)
    var place = text.startIndex
    while place < text.endIndex {
      if text[place] == first, text[place...].starts(with: pattern) {
        result += content
        place = text.index(place, offsetBy: pattern.count)
      } else {
        result.append(text[place])
        place = text.index(after: place)
      }
    }
    return result
  }

  static func scalars(of text: UnsafeBufferPointer<UInt8>) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      let (value, next) = UTF8Scan.scalar(text, at: place)
      scalars.append(Unicode.Scalar(value)!)
      place = next
    }
    return scalars
  }

  static func bytes(of scalars: [Unicode.Scalar]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.count)
    for scalar in scalars { bytes += UTF8.encode(scalar)! }
    return bytes
  }

  /// The result of `body` for `text`. It is called with non-ASCII ranges, each with the ASCII character before it, which a mark may combine
  /// with; other ASCII characters are replaced by `ascii`, or removed where it returns nil; without it they are unchanged.
  @inline(__always)
  private static func mapScalars(
    _ text: UnsafeBufferPointer<UInt8>, ascii: ((UInt8) -> UInt8?)? = nil, _ body: ([Unicode.Scalar]) -> [Unicode.Scalar]
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 8)
    var place = 0
    while place < text.count {
      var start = place
      while start < text.count, text[start] < 0x80 { start += 1 }
      if start < text.count, start > place { start -= 1 }
      let plain = UnsafeBufferPointer(rebasing: text[place..<start])
      if let ascii { for byte in plain { if let byte = ascii(byte) { result.append(byte) } } } else { result.append(contentsOf: plain) }
      place = start
      if place == text.count { break }
      place += 1
      while place < text.count, text[place] >= 0x80 { place += 1 }
      for scalar in body(scalars(of: UnsafeBufferPointer(rebasing: text[start..<place]))) { result += UTF8.encode(scalar)! }
    }
    return result
  }
}

/// The normalizer `Nmt`: removes control characters, and replaces all kinds of spaces by plain ones.
enum NmtRules {
  static func apply(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: nil
    case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: " "
    default: scalar
    }
  }

  static func ascii(_ byte: UInt8) -> UInt8? { apply(Unicode.Scalar(byte)).map { UInt8($0.value) } }
}

/// BERT's normalization: removes control characters, replaces all spaces by plain ones, adds spaces around ideographs, strips accents, and
/// lowercases.
struct BertNormalization: Sendable, Equatable {
  var cleansText = true
  var spacesIdeographs = true
  /// Nil means: where text is lowercased.
  var stripsAccents: Bool?
  var lowercases = true

  func apply(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    let strips = stripsAccents ?? lowercases
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 8)
    var place = 0
    while place < text.count {
      let byte = text[place]
      if byte < 0x80 {
        place += 1
        if cleansText, byte < 0x20 || byte == 0x7F {
          if byte == 0x09 || byte == 0x0A || byte == 0x0D { result.append(0x20) }
        } else {
          result.append(lowercases ? Normalizer.lowercase(byte) : byte)
        }
        continue
      }
      // A non-ASCII run: no ASCII character is decomposed or reordered.
      let start = place
      while place < text.count, text[place] >= 0x80 { place += 1 }
      var scalars = Normalizer.scalars(of: UnsafeBufferPointer(rebasing: text[start..<place]))
      if cleansText { scalars = scalars.compactMap(clean) }
      if spacesIdeographs, scalars.contains(where: { CharacterClasses.isIdeograph($0.value) }) {
        scalars = scalars.flatMap { CharacterClasses.isIdeograph($0.value) ? [" ", $0, " "] : [$0] }
      }
      if strips { scalars = CanonicalForm.decomposed.apply(scalars).filter { !CharacterClasses.of($0.value).contains(.accent) } }
      for scalar in scalars {
        if lowercases {
          for small in Normalizer.lowercase(scalar) { result += UTF8.encode(small)! }
        } else {
          result += UTF8.encode(scalar)!
        }
      }
    }
    return result
  }

  private func clean(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    let classes = CharacterClasses.of(scalar.value)
    if scalar == "\u{FFFD}" || classes.contains(.control) { return nil }
    return classes.contains(.space) ? " " : scalar
  }
}
