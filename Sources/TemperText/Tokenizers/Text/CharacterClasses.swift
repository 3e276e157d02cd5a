/// The classes of a code point, for the rules of normalizers and pre-tokenizers.
///
/// The `tokenizers` library takes these from several versions of Unicode, one for each library that it depends on; a character newer than a
/// version is unassigned there, so its age decides. Compared for every code point with its release 0.23.
struct CharacterClasses: OptionSet {
  let rawValue: UInt16

  /// `\p{L}` of its regular expressions (Unicode 16).
  static let letter = CharacterClasses(rawValue: 1)
  /// `\p{N}` (Unicode 16).
  static let number = CharacterClasses(rawValue: 2)
  /// `\s`.
  static let space = CharacterClasses(rawValue: 4)
  /// `\w` (Unicode 16).
  static let word = CharacterClasses(rawValue: 8)
  /// What BERT splits at: ASCII punctuation and symbols, and punctuation in Unicode 8.
  static let punctuation = CharacterClasses(rawValue: 16)
  /// What BERT's cleaning removes: control, format and private use characters (Unicode 8).
  static let control = CharacterClasses(rawValue: 32)
  /// What BERT treats as an accent: nonspacing marks (Unicode 8).
  static let accent = CharacterClasses(rawValue: 64)
  /// What the normalizer `StripAccents` removes: any mark (Unicode 9).
  static let mark = CharacterClasses(rawValue: 128)
  /// What the pre-tokenizer `Digits` treats as a digit (Unicode 17).
  static let digit = CharacterClasses(rawValue: 256)

  /// The classes of a code point.
  @inline(__always)
  static func of(_ value: UInt32) -> CharacterClasses {
    value < tableSize ? CharacterClasses(rawValue: table[Int(value)]) : compute(value)
  }

  /// The planes with many characters.
  private static let tableSize: UInt32 = 0x40000

  private nonisolated(unsafe) static let table: UnsafePointer<UInt16> = {
    let table = UnsafeMutablePointer<UInt16>.allocate(capacity: Int(tableSize))
    for value in 0..<tableSize { (table + Int(value)).initialize(to: compute(value).rawValue) }
    return UnsafePointer(table)
  }()

  private static func compute(_ value: UInt32) -> CharacterClasses {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    let properties = scalar.properties
    let category = properties.generalCategory
    let age = properties.age.map { $0.major } ?? .max
    var classes: CharacterClasses = properties.isWhitespace ? .space : []
    if age <= 17, category.isNumber { classes.insert(.digit) }
    if age <= 16 {
      if category.isLetter { classes.insert(.letter) }
      if category.isNumber { classes.insert(.number) }
      if properties.isAlphabetic || category.isMark || category == .decimalNumber || category == .connectorPunctuation
        || value == 0x200C || value == 0x200D
      {
        classes.insert(.word)
      }
    }
    if age <= 9, category.isMark { classes.insert(.mark) }
    if age <= 8 {
      if category == .nonspacingMark { classes.insert(.accent) }
      if category.isPunctuation { classes.insert(.punctuation) }
      if category == .control || category == .format || category == .privateUse { classes.insert(.control) }
    }
    if (0x21...0x7E).contains(value), !category.isLetter, !category.isNumber { classes.insert(.punctuation) }
    // Characters whose category was different at the time.
    switch value {
    case 0x166D: classes.insert(.punctuation)
    case 0x1734, 0x1171E: classes.insert(.accent)
    case 0x1885, 0x1886, 0xA9BD: classes.remove(.accent)
    case 0x111C9:
      classes.subtract([.accent, .mark])
      classes.insert(.punctuation)
    case 0x1CF2, 0x1CF3: classes.insert(.mark)
    default: break
    }
    return classes
  }

  /// What BERT treats as Chinese characters: the ideographs, each a word of its own.
  static func isIdeograph(_ value: UInt32) -> Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F: true
    default: false
    }
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isLetter: Bool {
    switch self {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  fileprivate var isNumber: Bool { self == .decimalNumber || self == .letterNumber || self == .otherNumber }

  fileprivate var isMark: Bool { self == .nonspacingMark || self == .spacingMark || self == .enclosingMark }

  fileprivate var isPunctuation: Bool {
    switch self {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
      .otherPunctuation:
      true
    default: false
    }
  }
}
