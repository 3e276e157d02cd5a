import TemperJSON

extension NumberStyle {
  /// Common styles besides the plain one, simpler ones first.
  private static let usual: [NumberStyle] =
    [.comma]
    + [",.", ", ", ",'", ".,", ". ", ".'", "._"].compactMap { marks in
      let bytes = Array(marks.utf8)
      return NumberStyle(decimal: bytes[0], thousands: bytes[1])
    }

  /// The percentage of texts that must be in a style for it to be that of the column.
  private static let share = 90

  /// Whether nearly all of `texts` are numbers in this style.
  private func fits(_ texts: [String]) -> Bool {
    !texts.isEmpty && texts.count { double($0) != nil } * 100 >= texts.count * Self.share
  }

  /// Styles in which nearly all of `texts` are numbers, if they are not in `style`: none, one, or the first with either decimal mark.
  static func others(than style: NumberStyle, for texts: [String]) -> [NumberStyle] {
    if style.fits(texts) { return [] }
    return firstOfEach(usual.filter { $0.fits(texts) })
  }

  private static func firstOfEach(_ styles: [NumberStyle]) -> [NumberStyle] {
    let comma = UInt8(ascii: ",")
    return [styles.first { $0.decimal == comma }, styles.first { $0.decimal != comma }].compactMap { $0 }
  }

  /// The styles in which most of `columns` are numeric, given a sample of texts per column, if these are more than in the plain style.
  static func guesses(_ columns: [[String]]) -> [NumberStyle] {
    let open = columns.filter { !$0.isEmpty }
    let plain = open.count { NumberStyle.plain.fits($0) }
    let counts = usual.map { style in open.count { style.fits($0) } }
    guard let most = counts.max(), most > plain else { return [] }
    return firstOfEach(zip(usual, counts).filter { $0.1 == most }.map(\.0))
  }

  /// The config keys that set it, for messages: `data.decimal to "," and data.thousands to "."`.
  var keys: String {
    let decimal = self.decimal == UInt8(ascii: ",") ? "data.decimal to \",\"" : nil
    let thousands = thousands.map { "data.thousands to \(quoted(String(UnicodeScalar($0))))" }
    return [decimal, thousands].compactMap { $0 }.joined(separator: " and ")
  }
}

extension Table {
  /// The setting with which `text`, which is not a number, would be one; empty if there is none.
  func styleRemedy(for text: String) -> String {
    guard isCSV, case let styles = NumberStyle.others(than: numberStyle, for: [text]), !styles.isEmpty else { return "" }
    return " If numbers in this file are written like this, set \(styles.map(\.keys).joined(separator: ", or "))."
  }
}
