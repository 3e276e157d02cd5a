/// Why a regular expression is not supported.
struct RegexProblem: Error {
  let message: String
}

/// Parses the regular expressions that tokenizers split words by, in the syntax of Oniguruma: literals, escapes, brackets, `\p{...}` by
/// general category, groups, alternatives, all kinds of repetition, `(?i)`, and lookahead. Anything else is an error, so that it never has
/// a different meaning here.
struct RegexParser {
  private let pattern: [Unicode.Scalar]
  private var place = 0
  private var ignoresCase = false
  private var depth = 0

  private init(_ text: String) { pattern = Array(text.unicodeScalars) }

  static func parse(_ text: String) throws(RegexProblem) -> RegexNode {
    var parser = RegexParser(text)
    let node = try parser.choice()
    guard parser.place == parser.pattern.count else { throw RegexProblem(message: "has an unmatched )") }
    return node
  }

  private var next: Unicode.Scalar? { place < pattern.count ? pattern[place] : nil }

  private mutating func take(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard pattern[place...].starts(with: scalars) else { return false }
    place += scalars.count
    return true
  }

  private mutating func choice() throws(RegexProblem) -> RegexNode {
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(RegexProblem) -> RegexNode {
    var parts: [RegexNode] = []
    while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated(try atom())) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated(_ node: RegexNode) throws(RegexProblem) -> RegexNode {
    var node = node
    while let scalar = next {
      var repetition: RegexNode.Repetition
      let isBraced = scalar == "{"
      switch scalar {
      case "?": repetition = .init(least: 0, most: 1)
      case "*": repetition = .init(least: 0, most: nil)
      case "+": repetition = .init(least: 1, most: nil)
      case "{": repetition = try counts()
      default: return node
      }
      if !isBraced { place += 1 }
      if take("?") {
        repetition.kind = .lazy
      } else if !isBraced, take("+") {
        // After counts a plus repeats them once more.
        repetition.kind = .possessive
      }
      if repetition.most == nil, node.leastLength == 0 { throw RegexProblem(message: "repeats a group that can be empty") }
      node = .repeated(node, repetition)
    }
    return node
  }

  /// `{2}`, `{2,}`, `{,3}` or `{1,3}`.
  private mutating func counts() throws(RegexProblem) -> RegexNode.Repetition {
    let limit = 1000
    guard let end = pattern[place...].firstIndex(of: "}") else { throw RegexProblem(message: "has an unclosed {") }
    let text = String(String.UnicodeScalarView(pattern[place + 1..<end]))
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    func number(_ text: String) -> Int? { text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil }
    let least = parts[0].isEmpty && parts.count == 2 ? 0 : number(parts[0])
    let most = parts.count == 1 ? least : parts[1].isEmpty ? nil : number(parts[1])
    guard parts.count <= 2, let least, least <= limit, parts.count == 2 && parts[1].isEmpty || most != nil, most ?? least <= limit,
      most ?? least >= least, !(parts.count == 2 && parts[0].isEmpty && parts[1].isEmpty)
    else { throw RegexProblem(message: "has the unsupported counts {\(text)}") }
    place = end + 1
    return .init(least: least, most: most)
  }

  private mutating func atom() throws(RegexProblem) -> RegexNode {
    guard let scalar = next else { throw RegexProblem(message: "ends early") }
    place += 1
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracket())
    case ".": return .set(ScalarSet([.range(0x0A...0x0A)], isNegated: true))
    case "\\": return .set(ScalarSet([try escape()], ignoresCase: ignoresCase))
    case "^", "$": throw RegexProblem(message: "has an anchor (^ or $), which is not supported")
    case "?", "*", "+": throw RegexProblem(message: "repeats nothing at \(scalar)")
    default: return .set(ScalarSet([.range(scalar.value...scalar.value)], ignoresCase: ignoresCase))
    }
  }

  private mutating func group() throws(RegexProblem) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw RegexProblem(message: "has groups nested too deep") }
    let outer = ignoresCase
    defer { ignoresCase = outer }
    var wrap: (RegexNode) -> RegexNode = { $0 }
    if take("?:") {
    } else if take("?=") {
      wrap = { .lookahead($0, isNegated: false) }
    } else if take("?!") {
      wrap = { .lookahead($0, isNegated: true) }
    } else if take("?>") {
      wrap = { .atomic($0) }
    } else if take("?i:") {
      ignoresCase = true
    } else if take("?-i:") {
      ignoresCase = false
    } else if take("?i)") {
      // Applies up to the end of its group.
      ignoresCase = true
      return try choice()
    } else if next == "?" {
      throw RegexProblem(message: "has an unsupported kind of group")
    }
    let node = try choice()
    guard take(")") else { throw RegexProblem(message: "has an unclosed (") }
    return wrap(node)
  }

  private mutating func bracket() throws(RegexProblem) -> ScalarSet {
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else { throw RegexProblem(message: "has brackets nested too deep") }
    let isNegated = take("^")
    var items: [ScalarSet.Item] = []
    while let scalar = next, scalar != "]" || items.isEmpty {
      if take("&&") || take("[:") { throw RegexProblem(message: "has an unsupported kind of bracket") }
      place += 1
      if scalar == "[" {
        items.append(.set(try bracket()))
        continue
      }
      let item = scalar == "\\" ? try escape() : .range(scalar.value...scalar.value)
      guard case .range(let low) = item, low.count == 1, next == "-", place + 1 < pattern.count, pattern[place + 1] != "]" else {
        items.append(item)
        continue
      }
      place += 1
      let end = pattern[place]
      place += 1
      guard case .range(let high) = end == "\\" ? try escape() : .range(end.value...end.value), high.count == 1,
        high.lowerBound >= low.lowerBound
      else { throw RegexProblem(message: "has an unsupported range in brackets") }
      items.append(.range(low.lowerBound...high.lowerBound))
    }
    guard take("]") else { throw RegexProblem(message: "has an unclosed [") }
    return ScalarSet(items, isNegated: isNegated, ignoresCase: ignoresCase)
  }

  /// The escape after a backslash.
  private mutating func escape() throws(RegexProblem) -> ScalarSet.Item {
    guard let scalar = next else { throw RegexProblem(message: "ends in a backslash") }
    place += 1
    func one(_ value: UInt32) -> ScalarSet.Item { .range(value...value) }
    switch scalar {
    case "s": return .characterClass(.space, isNegated: false)
    case "S": return .characterClass(.space, isNegated: true)
    case "w": return .word(isNegated: false)
    case "W": return .word(isNegated: true)
    case "d": return .categories(["Nd"], isNegated: false)
    case "D": return .categories(["Nd"], isNegated: true)
    case "n": return one(0x0A)
    case "r": return one(0x0D)
    case "t": return one(0x09)
    case "f": return one(0x0C)
    case "v": return one(0x0B)
    case "p", "P":
      guard take("{"), let end = pattern[place...].firstIndex(of: "}") else { throw RegexProblem(message: "has a \\p without {...}") }
      var name = String(String.UnicodeScalarView(pattern[place..<end]))
      place = end + 1
      var isNegated = scalar == "P"
      if name.hasPrefix("^") {
        isNegated.toggle()
        name.removeFirst()
      }
      guard let item = ScalarSet.property(name, isNegated: isNegated) else {
        throw RegexProblem(message: "has the property \(quotedProperty(name)), which is not supported; use general categories")
      }
      return item
    case "x", "u":
      guard let value = codePoint(isShort: scalar == "x") else { throw RegexProblem(message: "has an invalid code point") }
      return one(value)
    default:
      // Other letters and digits after a backslash have meanings of their own, which are not supported.
      if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
        throw RegexProblem(message: "has \\\(scalar), which is not supported")
      }
      return one(scalar.value)
    }
  }

  private func quotedProperty(_ name: String) -> String { "\\p{\(name.unicodeScalars.count > 30 ? "..." : name)}" }

  /// `x41`, `x{1F600}` or `u0041`, after the letter.
  private mutating func codePoint(isShort: Bool) -> UInt32? {
    var digits: ArraySlice<Unicode.Scalar>
    if isShort, take("{") {
      guard let end = pattern[place...].firstIndex(of: "}") else { return nil }
      digits = pattern[place..<end]
      place = end + 1
    } else {
      digits = pattern[place...].prefix(isShort ? 2 : 4)
      guard digits.count == (isShort ? 2 : 4) else { return nil }
      place = digits.endIndex
    }
    guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
    return UInt32(String(String.UnicodeScalarView(digits)), radix: 16).flatMap { Unicode.Scalar($0)?.value }
  }
}
