import TemperCore
import TemperJSON

/// How classes weigh in a loss, as a config says it. Class weights name classes, so the weights themselves are made once the data has told
/// which classes there are.
public struct ClassWeighting: Sendable {
  /// Whose weights are given.
  public enum Weights: Sendable {
    /// All alike.
    case none
    /// Inversely to how often they occur in the training rows.
    case balanced
    /// By class name; a class not named weighs 1.
    case named([MapEntry<Double>])
  }

  /// How classes weigh.
  public let weights: Weights
  /// What a weighted sum is divided by.
  public let normalization: CrossEntropyOptions.Normalization

  /// Reads the keys `class_weights` and `normalize` of a loss.
  public init(_ c: FieldReader) {
    weights = Weights(
      c, "class_weights", doc: "A weight for each class named, 1 for the others; `balanced` weighs classes inversely to their rows.")
    normalization = c.choice(
      "normalize", default: CrossEntropyOptions.Normalization.weight,
      doc: "What a weighted loss is divided by: the sum of the rows' weights (PyTorch) or their number (Keras).")
  }

  /// The weights of `classes`, of which the training rows have `counts`; nil where all weigh 1. `find` gives the number of a class by the way
  /// a config writes it. Throws for a weight of a class that does not exist.
  public func values(classes: [String], counts: [Int], find: ((String) -> Int?)? = nil) throws(Diagnostics) -> [Float]? {
    try weights.values("loss.class_weights", classes: classes, counts: counts, find: find)
  }

  /// The weights of the positives of `labels`, of which `positives` of `rows` training rows have each; nil where all weigh 1. Balanced ones
  /// are the label's negatives / positives. Throws for a weight of a label that does not exist.
  public func values(labels: [String], positives: [Int], rows: Int) throws(Diagnostics) -> [Float]? {
    try weights.values("loss.class_weights", labels) { positives.map { $0 == 0 ? 1 : Float(rows - $0) / Float($0) } }
  }
}

extension ClassWeighting.Weights {
  /// Whether all classes are alike.
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

  /// The weights of `classes`, of which the training rows have `counts`; nil where all weigh 1. Balanced ones are rows / (classes · rows of
  /// the class), as scikit-learn's. `find` gives the number of a class by the way a config writes it, by default byte for byte. Throws for a weight of a
  /// class that does not exist; `path` is the key that gives the weights.
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
              Diagnostic(.invalidValue, at: entry.place, "\(path): \"\(other)\" and \"\(entry.key)\" are one class; name it once"))
          }
          table[index] = Float(entry.value)
        } else {
          unknown.append(
            Diagnostic(
              .unknownClass, at: entry.place,
              "\(path): there is no class \"\(entry.key)\". Classes: \(names.prefix(20).joined(separator: ", "))"))
        }
      }
      if !unknown.isEmpty { throw Diagnostics(unknown) }
      return table
    }
  }
}

extension Diagnostic.Code {
  /// A config names a class that the data does not have.
  public static let unknownClass = Diagnostic.Code("E0120", "a class is named that the training rows do not have")
}
