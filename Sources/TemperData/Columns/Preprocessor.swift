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
  /// The name of the column with the labels.
  public let label: String
  /// The labels of the training rows, each once: by value if all are whole numbers, else by bytes. A class is its number in this list.
  public let classes: [String]

  /// A preprocessor of known parts.
  public init(columns: [Column], label: String, classes: [String]) {
    (self.columns, self.label, self.classes) = (columns, label, classes)
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
    return same([a.label], [b.label]) && same(a.classes, b.classes) && same(a.columns.map(\.name), b.columns.map(\.name))
      && zip(a.columns, b.columns).allSatisfy { same($0.transform, $1.transform) }
  }
}
