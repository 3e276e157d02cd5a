import TemperJSON

/// Turns rows of a table into features and labels, by what the training rows taught it and nothing else.
///
/// It is stored beside the weights (`json`), so that a model predicts from its own folder alone.
public struct Preprocessor: Sendable, Equatable {
  /// What a column becomes.
  public enum Transform: Sendable, Equatable {
    /// One feature: (value - mean) / deviation, in double precision and then rounded.
    case numeric(mean: Double, deviation: Double)
    /// A feature for each category, sorted by bytes: 1 for the row's own, else 0.
    case categorical([String])
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
    public var width: Int {
      if case .categorical(let categories) = transform { categories.count } else { 1 }
    }
  }

  /// The columns that features come from, in the order of the features.
  public let columns: [Column]
  /// What is predicted.
  public let target: Target

  /// A preprocessor of known parts.
  public init(columns: [Column], target: Target) {
    (self.columns, self.target) = (columns, target)
  }

  /// A preprocessor of known parts for the classes of the column `label`.
  public init(columns: [Column], label: String, classes: [String]) {
    self.init(columns: columns, target: .classes(label: label, names: classes))
  }

  /// The names of the classes, by number; empty where no classes are predicted.
  public var classes: [String] {
    if case .classes(_, let names) = target { names } else { [] }
  }

  /// How many features a row has.
  public var width: Int { columns.reduce(0) { $0 + $1.width } }

  /// The features' names: that of the column, or `column=category`.
  public var featureNames: [String] {
    columns.flatMap { column in
      switch column.transform {
      case .numeric: [column.name]
      case .categorical(let categories): categories.map { "\(column.name)=\($0)" }
      }
    }
  }

  /// Equal to the last bit and byte.
  public static func == (a: Preprocessor, b: Preprocessor) -> Bool {
    func same(_ x: [String], _ y: [String]) -> Bool {
      x.count == y.count && zip(x, y).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
    func same(_ x: Transform, _ y: Transform) -> Bool {
      switch (x, y) {
      case (.numeric(let m, let d), .numeric(let n, let e)): m.bitPattern == n.bitPattern && d.bitPattern == e.bitPattern
      case (.categorical(let c), .categorical(let d)): same(c, d)
      default: false
      }
    }
    func same(_ x: Target, _ y: Target) -> Bool {
      switch (x, y) {
      case (.classes(let a, let c), .classes(let b, let d)): same([a] + c, [b] + d)
      case (.value(let a, let m, let d), .value(let b, let n, let e)):
        same([a], [b]) && m.bitPattern == n.bitPattern && d.bitPattern == e.bitPattern
      case (.multilabel(let a), .multilabel(let b)): same(a, b)
      default: false
      }
    }
    return same(a.target, b.target) && same(a.columns.map(\.name), b.columns.map(\.name))
      && zip(a.columns, b.columns).allSatisfy { same($0.transform, $1.transform) }
  }
}
