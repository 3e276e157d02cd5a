import TemperCore
import TemperJSON

/// Class weighting of a loss, as given in a config. It names classes, so the weights themselves are computed once the classes are known
/// from the data.
public struct ClassWeighting: Sendable {
  /// Which weights are given.
  public enum Weights: Sendable {
    /// All equal.
    case none
    /// Inversely proportional to the class frequencies in the training rows.
    case balanced
    /// By class name; classes not named have weight 1.
    case named([MapEntry<Double>])
  }

  /// The class weights.
  public let weights: Weights
  /// What the weighted sum is divided by.
  public let normalization: CrossEntropyOptions.Normalization

  /// Reads the keys `class_weights` and `normalize` of a loss.
  public init(_ c: FieldReader) {
    weights = Weights(
      c, "class_weights", doc: "Weights by class name, 1 for classes not named; `balanced`: inversely proportional to class frequencies.")
    normalization = c.choice(
      "normalize", default: CrossEntropyOptions.Normalization.weight,
      doc: "What a weighted loss is divided by: the sum of the rows' weights (PyTorch) or their number (Keras).")
  }

  /// The weights of `classes`, which have `counts` training rows; nil where all are 1. `find` gives the index of a class from its name in a
  /// config. Throws for a weight of a class that does not exist.
  public func values(classes: [String], counts: [Int], find: ((String) -> Int?)? = nil) throws(Diagnostics) -> [Float]? {
    try weights.values("loss.class_weights", classes: classes, counts: counts, find: find)
  }

  /// The positive weights of `labels`, which have `positives` of `rows` training rows; nil where all are 1. Balanced ones are the label's
  /// negatives / positives. Throws for a weight of a label that does not exist.
  public func values(labels: [String], positives: [Int], rows: Int) throws(Diagnostics) -> [Float]? {
    try weights.values("loss.class_weights", labels) { positives.map { $0 == 0 ? 1 : Float(rows - $0) / Float($0) } }
  }
}

extension ClassWeighting.Weights {
  /// Whether all classes have equal weight.
  public var isNone: Bool {
    if case .none = self { true } else { false }
  }

  /// Reads the key `key`.
  public init(_ c: FieldReader, _ key: String, doc: String) {
    self =
      switch c.optional(key, .either(.choice(["balanced"]), .map(of: .number(in: 0...))), doc: doc) {
      case nil: .none
      case .first: .balanced
      case .second(let named): .named(named)
      }
  }

  /// The weights of `classes`, which have `counts` training rows; nil where all are 1. Balanced ones are rows / (classes · rows of the
  /// class), as in scikit-learn. `find` gives the index of a class from its name in a config, by default compared byte for byte. Throws for
  /// a weight of a class that does not exist; `path` is the key that gives the weights.
  public func values(
    _ path: String, classes: [String], counts: [Int], find: ((String) -> Int?)? = nil
  ) throws(Diagnostics) -> [Float]? {
    try values(path, classes, find: find) {
      let rows = Float(counts.reduce(0, +))
      return counts.map { $0 == 0 ? 1 : rows / (Float(classes.count) * Float($0)) }
    }
  }

  fileprivate func values(
    _ path: String, _ names: [String], find: ((String) -> Int?)? = nil, balanced: () -> [Float]
  ) throws(Diagnostics) -> [Float]? {
    switch self {
    case .none: return nil
    case .balanced: return balanced()
    case .named(let named):
      var table = Array(repeating: Float(1), count: names.count)
      let numbers = Dictionary(zip(names, names.indices)) { first, _ in first }
      var unknown: [Diagnostic] = []
      var keys: [Int: String] = [:]
      for entry in named {
        if let index = find.map({ $0(entry.key) }) ?? numbers[entry.key] {
          if let other = keys.updateValue(entry.key, forKey: index) {
            unknown.append(
              Diagnostic(.invalidValue, at: entry.place, "\(path): \"\(other)\" and \"\(entry.key)\" are the same class; give it once"))
          }
          table[index] = Float(entry.value)
        } else {
          unknown.append(
            Diagnostic(
              .unknownClass, at: entry.place,
              "\(path): unknown class \"\(entry.key)\". Classes: \(names.prefix(20).joined(separator: ", "))"))
        }
      }
      if !unknown.isEmpty { throw Diagnostics(unknown) }
      return table
    }
  }
}

extension Diagnostic.Code {
  /// A config names a class that is not in the data.
  public static let unknownClass = Diagnostic.Code("E0120", "a class that does not occur in the training rows")
}
