import TemperData
import TemperJSON

/// Turns rows of a table into features and labels, by what the training rows taught it and nothing else.
///
/// It is stored beside the weights (`json`), so that a model predicts from its own folder alone.
public struct Preprocessor: Sendable, Equatable {
  /// What a column becomes.
  public enum Transform: Sendable, Equatable {
    /// A scaled number.
    case numeric(NumericTransform)
    /// A feature for each category, or its place among them.
    case categorical(CategoricalTransform)
    /// 1 or 0.
    case boolean(BooleanTransform)
    /// Time passed, and places in cycles.
    case date(DateTransform)
    /// Weights of words.
    case text(TextTransform)

    /// One feature: (value - mean) / deviation.
    public static func numeric(mean: Double, deviation: Double) -> Transform {
      .numeric(NumericTransform(scale: Scale(center: mean, unit: deviation)))
    }

    /// The kind of the column.
    public var kind: ColumnKind {
      switch self {
      case .numeric: .numeric
      case .categorical: .categorical
      case .boolean: .boolean
      case .date: .date
      case .text: .text
      }
    }

    /// How many features there are.
    public var width: Int {
      switch self {
      case .numeric(let transform): transform.hasIndicator ? 2 : 1
      case .categorical(let transform): transform.width
      case .boolean(let transform): transform.hasIndicator ? 2 : 1
      case .date(let transform): transform.width
      case .text(let transform): transform.words.count
      }
    }
  }

  /// A column that features come from.
  public struct Column: Sendable, Equatable {
    /// Its name in the header.
    public var name: String
    /// What it becomes.
    public var transform: Transform

    /// A column and what it becomes.
    public init(_ name: String, _ transform: Transform) {
      (self.name, self.transform) = (name, transform)
    }

    /// How many features come from it.
    public var width: Int { transform.width }

    /// The features' names: that of the column where it is the only one, else with what tells them apart: `color=red`, `day.month_sin`.
    /// What is in parentheses is no value of the column: `age=(missing)`.
    public var featureNames: [String] {
      switch transform {
      case .numeric(let transform): named(hasIndicator: transform.hasIndicator)
      case .categorical(let transform): transform.featureNames(name)
      case .boolean(let transform): named(hasIndicator: transform.hasIndicator)
      case .date(let transform):
        named(
          transform.cycles.flatMap { ["\(name).\($0.rawValue)_sin", "\(name).\($0.rawValue)_cos"] }, hasIndicator: transform.hasIndicator)
      case .text(let transform): transform.words.map { "\(name)=\($0)" }
      }
    }

    private func named(_ others: [String] = [], hasIndicator: Bool) -> [String] {
      [name] + others + (hasIndicator ? ["\(name)=(missing)"] : [])
    }
  }

  /// The columns that features come from, in the order of the features.
  public let columns: [Column]
  /// What is predicted.
  public let target: Target

  /// Words that stand for a missing value, beside fields with nothing in them.
  public let missingValues: [String]
  /// What every column of the training table was taken for, those without features too; empty where there was no table.
  public let findings: [ColumnFinding]

  /// A preprocessor of known parts.
  public init(columns: [Column], target: Target, missingValues: [String] = [], findings: [ColumnFinding] = []) {
    (self.columns, self.target) = (columns, target)
    (self.missingValues, self.findings) = (missingValues, findings)
  }

  /// A preprocessor of known parts for the classes of the column `label`.
  public init(columns: [Column], label: String, classes: [String]) {
    self.init(columns: columns, target: .classes(label: label, names: classes))
  }

  /// The names of the classes, by number; empty where no classes are predicted.
  public var classes: [String] { target.classes }

  /// How many features a row has.
  public var width: Int { columns.reduce(0) { $0 + $1.width } }

  /// The features' names, column by column.
  public var featureNames: [String] { columns.flatMap(\.featureNames) }

  /// Whether both make the same features and predict the same, to the last bit and byte.
  public static func == (a: Preprocessor, b: Preprocessor) -> Bool {
    // Strings that are equal to Swift may differ in their bytes; what is stored keeps bits and bytes.
    a.transformJSON.serialized().utf8.elementsEqual(b.transformJSON.serialized().utf8)
  }
}
