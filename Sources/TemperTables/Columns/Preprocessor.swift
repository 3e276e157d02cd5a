import TemperData
import TemperJSON

/// Converts rows of a table to features and labels, as fitted on the training rows alone.
///
/// It is stored beside the weights (`json`), so that a model predicts from its own folder alone.
public struct Preprocessor: Sendable, Equatable {
  /// The transform of a column.
  public enum Transform: Sendable, Equatable {
    /// A scaled number.
    case numeric(NumericTransform)
    /// A feature per category, or its index among them.
    case categorical(CategoricalTransform)
    /// 1 or 0.
    case boolean(BooleanTransform)
    /// Elapsed time, and positions in cycles.
    case date(DateTransform)
    /// TF-IDF weights of words.
    case text(TextTransform)

    /// One feature: (value - mean) / deviation.
    public static func numeric(mean: Double, deviation: Double) -> Transform {
      .numeric(NumericTransform(.linear(Scale(center: mean, unit: deviation))))
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

    /// The number of features.
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

  /// A column that has features.
  public struct Column: Sendable, Equatable {
    /// Its name in the header.
    public var name: String
    /// Its transform.
    public var transform: Transform

    /// Creates a column with its transform.
    public init(_ name: String, _ transform: Transform) {
      (self.name, self.transform) = (name, transform)
    }

    /// The number of its features.
    public var width: Int { transform.width }

    /// The names of its features: the column name if there is only one, else with a suffix: `color=red`, `day.month_sin`. Parentheses
    /// mark what is not a value of the column: `age=(missing)`.
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

  /// The columns that have features, in feature order.
  public let columns: [Column]
  /// The target.
  public let target: Target

  /// Words that mean missing, besides empty fields.
  public let missingValues: [String]
  /// The finding of every column of the training table, including those without features; empty if there was no table.
  public let findings: [InferredColumn]

  /// Creates a preprocessor from known parts.
  public init(columns: [Column], target: Target, missingValues: [String] = [], findings: [InferredColumn] = []) {
    (self.columns, self.target) = (columns, target)
    (self.missingValues, self.findings) = (missingValues, findings)
  }

  /// Creates a preprocessor from known parts for the classes of the column `label`.
  public init(columns: [Column], label: String, classes: [String]) {
    self.init(columns: columns, target: .classes(label: label, names: classes))
  }

  /// The names of the classes, by index; empty unless the target is a class.
  public var classes: [String] { target.classes }

  /// The number of features per row.
  public var width: Int { columns.reduce(0) { $0 + $1.width } }

  /// The names of the features, column by column.
  public var featureNames: [String] { columns.flatMap(\.featureNames) }

  /// Whether both produce bit-identical features and predictions.
  public static func == (a: Preprocessor, b: Preprocessor) -> Bool {
    // Strings that are equal in Swift may differ in their bytes; the stored form keeps bits and bytes.
    a.transformJSON.serialized().utf8.elementsEqual(b.transformJSON.serialized().utf8)
  }
}
