import TemperData
import TemperFiles
import TemperJSON

/// Encodes a category as features.
public struct CategoricalTransform: Sendable, Equatable {
  /// The encoding.
  public enum Form: Sendable, Equatable {
    /// One-hot: a feature per category, then one for rare and one for missing ones, if training rows have such.
    case onehot
    /// The scaled index in the list of categories; unknown or missing ones get the training rows' mean index.
    case ordinal(Scaling, mean: Double)
  }

  /// How missing categories are filled.
  public enum Fill: Sendable, Equatable {
    /// Missing is an error.
    case error
    /// A separate feature.
    case feature
    /// A category, or nil if no training row has it, for no feature at all.
    case category(String?)
  }

  /// The distinguished categories, in the order of their features.
  public var categories: [String]
  /// The rare categories, merged into one feature.
  public var rare: [String]
  /// The encoding.
  public var form: Form
  /// How missing categories are filled.
  public var fill: Fill
  /// How categories in neither list are handled.
  public var unknown: UnknownCategory

  /// Creates a transform from known parts.
  public init(
    _ categories: [String], rare: [String] = [], form: Form = .onehot, fill: Fill = .error, unknown: UnknownCategory = .error
  ) {
    (self.categories, self.rare, self.form, self.fill, self.unknown) = (categories, rare, form, fill, unknown)
  }

  /// The number of features.
  var width: Int { featureNames("").count }

  /// Names in parentheses are not categories of the table.
  func featureNames(_ column: String) -> [String] {
    guard form == .onehot else { return [column] }
    return categories.map { "\(column)=\($0)" } + (rare.isEmpty ? [] : ["\(column)=(other)"])
      + (fill == .feature ? ["\(column)=(missing)"] : [])
  }

  struct Encoder: FieldEncoder {
    let transform: CategoricalTransform
    let missing: MissingValues
    private let index: ValueIndex
    private let otherPlace: Int
    private let fillPlace: Int?

    init(transform: CategoricalTransform, missing: MissingValues) {
      (self.transform, self.missing) = (transform, missing)
      index = ValueIndex(transform.categories + transform.rare)
      otherPlace = transform.categories.count
      if case .category(let name?) = transform.fill { fillPlace = index.find(name) } else { fillPlace = nil }
    }

    func encode(_ field: UnsafeBufferPointer<UInt8>, to features: UnsafeMutablePointer<Float>) -> FieldProblem? {
      var place = missing.isWord(field) ? nil : index.find(field)
      if place == nil {
        if missing.contains(field) {
          if transform.fill == .error { return .missing }
          if transform.fill == .feature {
            features[otherPlace + (transform.rare.isEmpty ? 0 : 1)] = 1
            return nil
          }
          place = fillPlace
        } else {
          switch transform.unknown {
          case .error: return .unknownCategory
          case .ignore: break
          case .other: place = transform.rare.isEmpty ? nil : otherPlace
          }
        }
      }
      switch transform.form {
      case .onehot: if let place { features[min(place, otherPlace)] = 1 }
      case .ordinal(let scaling, let mean): features[0] = scaling(place.map(Double.init) ?? mean)
      }
      return nil
    }
  }
}

extension ColumnFitting {
  /// Fits a categorical column.
  mutating func categorical(_ rules: CategoricalRules) -> CategoricalTransform? {
    let imputation = rules.impute ?? defaults.categorical
    guard reportMissing(isError: imputation == .error), hasValues() else { return nil }
    // The categories in the training rows, with their counts.
    var (found, counts) = table.valueCounts(column: column, rows: profile.valueRows)
    let names = found.names
    var transform = CategoricalTransform(
      rules.categories ?? names.sorted(by: bytesBefore), unknown: rules.unknown ?? defaults.unknown)
    switch imputation {
    case .error: break
    case .category: transform.fill = profile.missingRows.isEmpty ? .category(nil) : .feature
    case .constant: transform.fill = .category(rules.fill)
    case .mode:
      let most = counts.max() ?? 0
      transform.fill = .category(zip(names, counts).filter { $0.1 == most }.map(\.0).min(by: bytesBefore))
    }
    if case .category(let name?) = transform.fill, !profile.missingRows.isEmpty {
      let number = found.find(name)
      if let number {
        counts[number] += profile.missingRows.count
      } else {
        counts.append(profile.missingRows.count)
        if rules.categories == nil { transform.categories = (names + [name]).sorted(by: bytesBefore) }
        var name = name
        _ = name.withUTF8 { found.insert($0) }
      }
    }
    if let declared = rules.categories {
      checkDeclared(ValueIndex(declared), isError: transform.unknown == .error)
    } else if let rare = rules.rare ?? defaults.rare {
      let least: Double =
        switch rare {
        case .count(let count): Double(count)
        case .share(let share): share * Double(profile.rows.count)
        }
      let isRare = { (name: String) in found.find(name).map { Double(counts[$0]) < least } ?? false }
      (transform.rare, transform.categories) = (transform.categories.filter(isRare), transform.categories.filter { !isRare($0) })
    }
    let kept = ValueIndex(transform.categories)
    loneCategories = zip(found.names, counts).filter { $0.1 == 1 && kept.find($0.0) != nil }.map(\.0)
    if rules.encoding == .ordinal {
      // The mean index of the training rows' categories, and the scale.
      let places = found.names.enumerated().flatMap { number, name in
        kept.find(name).map { Array(repeating: Double($0), count: counts[number]) } ?? []
      }
      let mean = places.isEmpty ? 0 : places.reduce(0, +) / Double(places.count)
      transform.form = .ordinal(Scaling(rules.normalize ?? defaults.normalize, of: places), mean: mean)
    }
    return transform
  }

  /// Reports training rows with a category that is not in the declared list.
  private mutating func checkDeclared(_ declared: ValueIndex, isError: Bool) {
    guard isError else { return }
    let (table, column, name) = (table, column, name)
    for row in profile.valueRows where table.withField(row: row, column: column, { declared.find($0) }) == nil {
      findings.add(
        .unknownCategory, at: table.place(row: row, column: column),
        "\(quoted(name)) is \(quoted(table.text(row: row, column: column))), which is not in data.columns[\(quoted(name))].categories "
          + "(\(listed(declared.names))). Add it, correct the value, or set \"unknown\" to \"ignore\".")
      if findings.isFull { return }
    }
  }
}
