/// Encodes a boolean as a feature: 1 for yes, 0 for no.
public struct BooleanTransform: Sendable, Equatable {
  /// The fill value for a missing boolean; nil if missing is an error.
  public var fill: Bool?
  /// Whether a second feature indicates missing values.
  public var hasIndicator: Bool

  /// Creates a transform from known parts.
  public init(fill: Bool? = nil, hasIndicator: Bool = false) {
    (self.fill, self.hasIndicator) = (fill, hasIndicator)
  }

  /// Pairs of spellings of yes and no, in lower case; case is ignored.
  static let spellings: [(yes: String, no: String)] = [("true", "false"), ("yes", "no"), ("t", "f"), ("y", "n"), ("1", "0")]

  /// The boolean in a field, ignoring spaces around it; nil if it is not one.
  static func value(_ field: UnsafeBufferPointer<UInt8>) -> Bool? {
    let (start, end) = NumberGrammar.trimmed(field)
    guard end - start <= 5 else { return nil }
    let word = field[start..<end]
    func spells(_ name: String) -> Bool {
      // OR with 0x20 makes letters lower case and keeps digits.
      name.utf8.count == word.count && zip(word, name.utf8).allSatisfy { $0 | 0x20 == $1 }
    }
    for (yes, no) in spellings {
      if spells(yes) { return true }
      if spells(no) { return false }
    }
    return nil
  }

  struct Encoder: FieldEncoder {
    let transform: BooleanTransform
    let missing: MissingValues

    func encode(_ field: UnsafeBufferPointer<UInt8>, to features: UnsafeMutablePointer<Float>) -> FieldProblem? {
      if missing.contains(field) {
        guard let fill = transform.fill else { return .missing }
        features[0] = fill ? 1 : 0
        if transform.hasIndicator { features[1] = 1 }
      } else {
        guard let value = BooleanTransform.value(field) else { return .notABoolean }
        features[0] = value ? 1 : 0
      }
      return nil
    }
  }
}

extension ColumnFitting {
  /// Fits a boolean column.
  mutating func boolean(_ rules: BooleanRules) -> BooleanTransform? {
    let imputation = rules.impute ?? defaults.boolean
    var (yes, no, wrong) = (0, 0, 0)
    for row in profile.valueRows {
      switch table.withField(row: row, column: column, { BooleanTransform.value($0) }) {
      case true?: yes += 1
      case false?: no += 1
      case nil:
        wrong += 1
        findings.add(.notABoolean, table, row, column, kind)
      }
    }
    guard reportMissing(isError: imputation == .error), wrong == 0 else { return nil }
    let fill: Bool?
    switch imputation {
    case .error: fill = nil
    case .true: fill = true
    case .false: fill = false
    case .mode:
      guard hasValues() else { return nil }
      fill = yes > no
    }
    return BooleanTransform(
      fill: fill, hasIndicator: fill != nil && (rules.indicator ?? defaults.indicator) && !profile.missingRows.isEmpty)
  }
}
