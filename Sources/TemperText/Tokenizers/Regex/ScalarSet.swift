/// A set of characters in a regular expression: a literal, an escape such as `\p{L}`, or a bracket.
struct ScalarSet: Sendable, Equatable {
  /// A part of a set.
  enum Item: Sendable, Equatable {
    case range(ClosedRange<UInt32>)
    /// A class that is looked up in a table; its complement where `isNegated`.
    case characterClass(CharacterClasses, isNegated: Bool)
    /// `\w`, or its complement where `isNegated`: as in Oniguruma, without the joiners that others include.
    case word(isNegated: Bool)
    /// Characters with one of these general categories, by their short names such as `Lu`; the complement where `isNegated`.
    case categories(Set<String>, isNegated: Bool)
    case set(ScalarSet)
  }

  private let items: [Item]
  private let isNegated: Bool
  private let ignoresCase: Bool
  /// Membership of the ASCII characters, precomputed.
  private let ascii: (low: UInt64, high: UInt64)

  init(_ items: [Item], isNegated: Bool = false, ignoresCase: Bool = false) {
    (self.items, self.isNegated, self.ignoresCase) = (items, isNegated, ignoresCase)
    var bits: (low: UInt64, high: UInt64) = (0, 0)
    for value in 0..<UInt32(128) where Self.holds(value, items, ignoresCase: ignoresCase) != isNegated {
      if value < 64 { bits.low |= 1 << UInt64(value) } else { bits.high |= 1 << UInt64(value - 64) }
    }
    ascii = bits
  }

  static func == (a: ScalarSet, b: ScalarSet) -> Bool {
    a.items == b.items && a.isNegated == b.isNegated && a.ignoresCase == b.ignoresCase
  }

  @inline(__always)
  func contains(_ value: UInt32) -> Bool {
    if value < 64 { return ascii.low >> UInt64(value) & 1 != 0 }
    if value < 128 { return ascii.high >> UInt64(value - 64) & 1 != 0 }
    return Self.holds(value, items, ignoresCase: ignoresCase) != isNegated
  }

  private static func holds(_ value: UInt32, _ items: [Item], ignoresCase: Bool) -> Bool {
    if items.contains(where: { holds(value, $0) }) { return true }
    guard ignoresCase else { return false }
    let variants = caseVariants(of: value)
    return variants.contains { variant in items.contains { holds(variant, $0) } }
  }

  private static func holds(_ value: UInt32, _ item: Item) -> Bool {
    switch item {
    case .range(let range): range.contains(value)
    case .characterClass(let classes, let isNegated): CharacterClasses.of(value).isDisjoint(with: classes) == isNegated
    case .word(let isNegated): (CharacterClasses.of(value).contains(.word) && !(0x200C...0x200D).contains(value)) != isNegated
    case .categories(let names, let isNegated): names.contains(category(of: value)) != isNegated
    case .set(let set): set.contains(value)
    }
  }

  /// The characters that differ from one only in case, such as `s` and `ſ`.
  private static func caseVariants(of value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    func single(_ text: String) -> Unicode.Scalar? { text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    let lower = single(scalar.properties.lowercaseMapping) ?? scalar
    return [upper, lower, single(upper.properties.lowercaseMapping) ?? upper].map(\.value)
  }

  /// The general category as named in regular expressions. Characters newer than the Unicode version of `tokenizers` are unassigned.
  private static func category(of value: UInt32) -> String {
    guard let properties = Unicode.Scalar(value)?.properties, (properties.age?.major ?? .max) <= 16 else { return "Cn" }
    return switch properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    default: "Cn"
    }
  }

  /// The set `\p{name}`; nil for an unsupported name, such as that of a script.
  static func property(_ name: String, isNegated: Bool) -> Item? {
    switch name {
    case "L": return .characterClass(.letter, isNegated: isNegated)
    case "N": return .characterClass(.number, isNegated: isNegated)
    default:
      let all = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
        "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
      ]
      let named = all.filter { $0 == name || (name.utf8.count == 1 && $0.hasPrefix(name)) }
      return named.isEmpty ? nil : .categories(Set(named), isNegated: isNegated)
    }
  }
}
