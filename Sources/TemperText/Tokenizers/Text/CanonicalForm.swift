@_spi(_Unicode) import Swift

/// Unicode's canonical forms, from the standard library's own tables.
///
/// `tokenizers` normalizes by Unicode 12.1: a later character is unassigned there, neither decomposed nor composed nor reordered, so the
/// text is normalized between such characters. Its combining classes are those of Unicode 9, so later marks are not reordered either.
enum CanonicalForm {
  case decomposed
  case composed

  /// `scalars` in this form.
  func apply(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    // Nothing below U+00C0 is decomposed, and nothing below U+0300 is composed or reordered.
    let first: UInt32 = self == .decomposed ? 0xC0 : 0x300
    if !scalars.contains(where: { $0.value >= first }) { return scalars }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count + scalars.count / 2)
    var known = String.UnicodeScalarView()
    func flush() {
      if known.isEmpty { return }
      if self == .decomposed { result += String(known)._nfd } else { result += String(known)._nfc }
      known = .init()
    }
    for scalar in scalars {
      if scalar.value < 0x2FF || Self.isKnown(scalar) {
        // The standard library does not reorder marks across the four that are starters but consist of marks.
        switch scalar.value {
        case 0x344: known.append(contentsOf: ["\u{308}", "\u{301}"])
        case 0xF73: known.append(contentsOf: ["\u{F71}", "\u{F72}"])
        case 0xF75: known.append(contentsOf: ["\u{F71}", "\u{F74}"])
        case 0xF81: known.append(contentsOf: ["\u{F71}", "\u{F80}"])
        default: known.append(scalar)
        }
      } else {
        flush()
        result.append(scalar)
      }
    }
    flush()
    return result
  }

  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return true }
    if scalar.properties.canonicalCombiningClass != .notReordered { return age.major <= 9 }
    return age.major < 12 || (age.major == 12 && age.minor <= 1)
  }
}
