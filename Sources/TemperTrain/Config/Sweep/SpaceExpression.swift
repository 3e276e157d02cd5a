import TemperJSON
import TemperSearch

/// The values of a key as a short text, for shells: `log_uniform(1e-4, 1e-1)`, `int(16, 128, step=16)`, `choice(relu, gelu)`, and behind it
/// on which choice it depends: `uniform(0.5, 0.99) if optimizer.type=sgd`, `... if optimizer.type in (sgd, lion)`.
struct SpaceExpression {
  /// What is wrong with a text, in a sentence without its full stop.
  struct Mistake: Error, CustomStringConvertible {
    let description: String

    init(_ message: String) { description = message }
  }

  let entry: SpaceEntry

  init(_ text: String) throws(Mistake) {
    let (call, condition) = Self.split(text)
    guard let open = call.firstIndex(of: "("), call.hasSuffix(")") else {
      throw Mistake("expected a call, such as log_uniform(1e-4, 1e-1) or choice(relu, gelu), found \(quoted(text))")
    }
    let name = String(call[..<open]).trimmed
    let items = try Self.items(call[call.index(after: open)...].dropLast())
    let distribution = try Self.distribution(name, items)
    if let problem = distribution.problem { throw Mistake(problem) }
    entry = SpaceEntry(distribution: distribution, condition: try condition.map { text throws(Mistake) in try Self.condition(text) })
  }

  private static func distribution(_ name: String, _ items: [Item]) throws(Mistake) -> Distribution {
    if name == "choice" {
      if items.isEmpty { throw Mistake("choice needs at least one value") }
      return .categorical(items.map { item in item.name.map { .string("\($0)=\(item.text)") } ?? item.json })
    }
    guard ["uniform", "log_uniform", "int"].contains(name) else {
      throw Mistake("there is no \(quoted(name)); use choice, uniform, log_uniform or int")
    }
    let plain = items.filter { $0.name == nil && $0.text != "log" }
    guard plain.count == 2, let low = plain[0].json.number, let high = plain[1].json.number, low.isFinite, high.isFinite else {
      throw Mistake("\(name) needs two numbers, its bounds, such as \(name)(1, 10)")
    }
    var (step, isLog) = (JSON?.none, name == "log_uniform")
    for item in items where item.name != nil || item.text == "log" {
      if item.name == "step", name != "log_uniform" {
        step = item.json
      } else if item.text == "log", name == "int" {
        isLog = true
      } else {
        throw Mistake("\(name) takes no \(item.name ?? item.text)")
      }
    }
    if name == "int" {
      guard let low = plain[0].json.integer, let high = plain[1].json.integer, let step = (step ?? 1).integer, step > 0 else {
        throw Mistake("int needs whole numbers, and a step above 0")
      }
      return .int(low: low, high: high, isLog: isLog, step: step)
    }
    if let step, !(step.number ?? 0 > 0) { throw Mistake("the step must be a number above 0") }
    return .float(low: low, high: high, isLog: isLog, step: step?.number)
  }

  private static func condition(_ text: String) throws(Mistake) -> SpaceEntry.Condition {
    if let at = text.firstRange(of: " in ") {
      let list = String(text[at.upperBound...]).trimmed
      if list.hasPrefix("("), list.hasSuffix(")") {
        return .init(key: String(text[..<at.lowerBound]).trimmed, values: try items(list.dropFirst().dropLast()).map(\.json))
      }
    } else if let equals = text.firstIndex(of: "=") {
      let value = String(text[text.index(after: equals)...]).trimmed
      return .init(key: String(text[..<equals]).trimmed, values: [Item(name: nil, text: value).json])
    }
    throw Mistake("expected a condition such as optimizer.type=sgd or optimizer.type in (sgd, lion), found \(quoted(text))")
  }

  // MARK: - Parts of the text

  private struct Item {
    let name: String?
    let text: String

    /// A word that is no JSON is a string.
    var json: JSON { (try? JSON.parse(text, path: "")) ?? .string(text) }
  }

  /// The call, and the condition behind it.
  private static func split(_ text: String) -> (call: String, condition: String?) {
    guard let end = text.firstRange(of: ") if ") else { return (text.trimmed, nil) }
    return (String(text[...end.lowerBound]).trimmed, String(text[end.upperBound...]).trimmed)
  }

  /// The items between commas outside brackets and quotes.
  private static func items(_ text: some StringProtocol) throws(Mistake) -> [Item] {
    var (items, item, depth, isQuoted, isEscaped) = ([String](), "", 0, false, false)
    for character in text {
      if !isQuoted, depth == 0, character == "," {
        items.append(item)
        item = ""
        continue
      }
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      }
      if !isQuoted { depth += "[{(".contains(character) ? 1 : "]})".contains(character) ? -1 : 0 }
      item.append(character)
    }
    if depth != 0 || isQuoted { throw Mistake("a bracket or a quotation mark is not closed in \(quoted(String(text)))") }
    items.append(item)
    let trimmed = items.map(\.trimmed)
    if trimmed == [""] { return [] }
    if trimmed.contains("") { throw Mistake("a value is missing between two commas in \(quoted(String(text)))") }
    return trimmed.map { text in
      guard let equals = text.firstIndex(of: "="), text[..<equals].allSatisfy({ $0.isLetter || $0 == "_" }) else {
        return Item(name: nil, text: text)
      }
      return Item(name: String(text[..<equals]).trimmed, text: String(text[text.index(after: equals)...]).trimmed)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}

extension JSON {
  /// Adds a key to the search space of a config, from `key=expression` on the command line.
  mutating func apply(space text: String) throws(Diagnostics) {
    let place = Place.option("--space \(text)")
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw Diagnostics(
        .malformedOverride, at: place, "expected key=values, such as optimizer.learning_rate=log_uniform(1e-4, 1e-1)")
    }
    let (key, value) = (String(text[..<equals]).trimmed, String(text[text.index(after: equals)...]).trimmed)
    set("sweep", at: place) { $0.set("space", at: place) { $0.set(key, at: place) { $0 = JSON(.string(value), place: place) } } }
  }

  /// Changes the member `name` of an object, which is made if it is missing or null.
  private mutating func set(_ name: String, at place: Place, _ change: (inout JSON) -> Void) {
    var members = members ?? []
    var value = members.first { $0.name == name }?.value ?? JSON(.object([]), place: place)
    change(&value)
    if let index = members.firstIndex(where: { $0.name == name }) {
      members[index].value = value
    } else {
      members.append(Member(name, value, place: place))
    }
    content = .object(members)
  }
}
