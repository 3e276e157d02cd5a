extension String {
  /// The text as a terminal can show it: control and format characters are escaped, as in `\u{1b}`, so that a hostile file can neither move the
  /// cursor nor hide what a message says. Line breaks stay where `keepingLineBreaks`, as in messages of several lines.
  public func printable(keepingLineBreaks: Bool = false) -> String {
    // Nearly every text is plain already.
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A && keepingLineBreaks }) { return self }
    var shown = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where keepingLineBreaks: shown.append(scalar)
      case "\n": shown.append(contentsOf: "\\n".unicodeScalars)
      case "\r": shown.append(contentsOf: "\\r".unicodeScalars)
      case "\t": shown.append(contentsOf: "\\t".unicodeScalars)
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
          shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
        default: shown.append(scalar)
        }
      }
    }
    return String(shown)
  }

  /// The text cut to what fits on a screen: of words longer than `longestWord` characters the middle is left out, and so is all that comes after
  /// the first `limit` characters.
  func cutToScreen(longestWord: Int = 400, limit: Int = 6000) -> String {
    if utf8.count <= longestWord { return self }
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\n" }
    let scalars = Array(unicodeScalars)
    var shown: [Unicode.Scalar] = []
    var place = 0
    while place < scalars.count, shown.count < limit {
      let end = scalars[place...].firstIndex(where: isSpace) ?? scalars.count
      let word = scalars[place..<end]
      shown += word.count > longestWord ? word.prefix(longestWord / 2) + "...".unicodeScalars + word.suffix(longestWord / 4) : word
      place = end
      while place < scalars.count, isSpace(scalars[place]) {
        shown.append(scalars[place])
        place += 1
      }
    }
    if place < scalars.count { shown += "... and \(scalars.count - place) more characters".unicodeScalars }
    return String(String.UnicodeScalarView(shown))
  }
}

/// `text` as it is quoted in a message: shortened, on one line, so that a broken file cannot flood a terminal.
public func quoted(_ text: String) -> String {
  let shown = String(text.unicodeScalars.prefix(60)).printable().unicodeScalars.flatMap { $0 == "\"" ? ["\\", $0] : [$0] }
  return "\"\(String(String.UnicodeScalarView(shown)))\(text.unicodeScalars.count > 60 ? "..." : "")\""
}

/// Up to `limit` of `names`, quoted and separated by commas, then the number of others.
public func listed(_ names: some Collection<String>, limit: Int = 10) -> String {
  listed(names, count: names.count, limit: limit)
}

/// The same of the first of `count` names.
public func listed(_ names: some Sequence<String>, count: Int, limit: Int = 10) -> String {
  let shown = names.prefix(limit).map(quoted).joined(separator: ", ")
  return count > limit ? "\(shown) and \(count - limit) more" : shown
}
