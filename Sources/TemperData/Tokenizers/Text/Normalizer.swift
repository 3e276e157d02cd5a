/// Changes a text before it is cut into words. The cases bear the names of the `tokenizers` library.
indirect enum Normalizer: Sendable, Equatable {
  case sequence([Normalizer])
  case bert(BertNormalization)
  case lowercase
  case nfd
  case nfc
  case stripAccents
  case strip(left: Bool, right: Bool)
  case prepend([UInt8])
  case replace(TextPattern, with: [UInt8])

  /// The normalized form of `text`.
  func apply(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    switch self {
    case .sequence(let parts):
      var result = Array(text)
      for part in parts { result = result.withUnsafeBufferPointer { part.apply($0) } }
      return result
    case .bert(let rules): return rules.apply(text)
    case .lowercase: return Self.mapScalars(text) { $0.flatMap(Self.lowercase) }
    case .nfd: return Self.mapScalars(text, CanonicalForm.decomposed.apply)
    case .nfc: return Self.mapScalars(text, CanonicalForm.composed.apply)
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
    }
  }

  static func lowercase(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isASCII { return [("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar] }
    return Array(scalar.properties.lowercaseMapping.unicodeScalars)
  }

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

  private static func mapScalars(_ text: UnsafeBufferPointer<UInt8>, _ body: ([Unicode.Scalar]) -> [Unicode.Scalar]) -> [UInt8] {
    bytes(of: body(scalars(of: text)))
  }
}

/// What BERT does to a text: control characters go and every space becomes plain, ideographs get spaces around them, accents go, and
/// letters become small.
struct BertNormalization: Sendable, Equatable {
  var cleansText = true
  var spacesIdeographs = true
  /// Nil means: where letters become small.
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
          result.append(lowercases && byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
        continue
      }
      // A run beyond ASCII: no ASCII character is taken apart, or moves among others.
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
