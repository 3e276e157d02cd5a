import TemperCore
import TemperJSON

/// Cross-entropy between logits and integer labels: "sparse" says that labels are numbers of classes, nothing about the gradient.
public struct SparseCategoricalCrossEntropy: Sendable {
  /// The options of the op.
  public let options: CrossEntropyOptions

  /// A loss with the given options.
  public init(_ options: CrossEntropyOptions = .init()) {
    self.options = options
  }

  /// The loss of logits, `[rows, classes]`, against a class for each row, or the ignored one.
  public func callAsFunction(_ logits: Tensor, _ labels: [Int32]) -> Loss {
    let (sum, weight) = softmaxCrossEntropy(logits, labels, options: options)
    return Loss(sum: sum, weight: weight)
  }
}

/// What `loss` in a config says. Class weights name classes, so the loss itself is made once the data has told which classes there are.
public struct LossConfig: Sendable {
  /// How classes weigh.
  public enum ClassWeights: Sendable {
    /// All alike.
    case none
    /// Inversely to how often they occur in the training rows: rows / (classes · rows of the class), as scikit-learn's "balanced".
    case balanced
    /// By class name; a class not named weighs 1.
    case named([MapEntry<Double>])
  }

  /// The share of the target spread over all classes.
  public let labelSmoothing: Double
  /// How classes weigh.
  public let classWeights: ClassWeights
  /// What a weighted sum is divided by.
  public let normalization: CrossEntropyOptions.Normalization
  /// The label that is left out.
  public let ignoreIndex: Int

  /// Reads the block.
  public init(_ c: FieldReader) {
    c.variant(
      "type", default: "sparse_categorical_crossentropy", doc: "The loss.",
      [.init("sparse_categorical_crossentropy", "Cross-entropy of logits against one class a row.") { _ in }])
    labelSmoothing = c.number("label_smoothing", default: 0, in: 0..<1, doc: "Share of the target spread evenly over all classes.")
    let weights = c.optional(
      "class_weights", .either(.choice(["balanced"]), .map(of: .number(in: 0...))),
      doc: "A weight for each class named, 1 for the others; `balanced` weighs classes inversely to their rows.")
    classWeights =
      switch weights {
      case nil: .none
      case .first: .balanced
      case .second(let named): .named(named)
      }
    normalization = c.choice(
      "normalize", default: CrossEntropyOptions.Normalization.weight,
      doc: "What a weighted loss is divided by: the sum of the rows' weights (PyTorch) or their number (Keras).")
    ignoreIndex = c.integer("ignore_index", default: -100, doc: "Rows whose class has this number add nothing to the loss.")
  }

  /// The loss for `classes`, of which the training rows have `counts`. Throws for a weight of a class that does not exist.
  public func loss(classes: [String], counts: [Int]) throws(Diagnostics) -> SparseCategoricalCrossEntropy {
    var weights: [Float]?
    switch classWeights {
    case .none: break
    case .balanced:
      let rows = Float(counts.reduce(0, +))
      weights = counts.map { $0 == 0 ? 1 : rows / (Float(classes.count) * Float($0)) }
    case .named(let named):
      var table = Array(repeating: Float(1), count: classes.count)
      var unknown: [Diagnostic] = []
      for entry in named {
        if let index = classes.firstIndex(of: entry.key) {
          table[index] = Float(entry.value)
        } else {
          unknown.append(
            Diagnostic(
              .unknownClass, at: entry.place,
              "loss.class_weights: there is no class \"\(entry.key)\". Classes: \(classes.prefix(20).joined(separator: ", "))"))
        }
      }
      if !unknown.isEmpty { throw Diagnostics(unknown) }
      weights = table
    }
    return SparseCategoricalCrossEntropy(
      CrossEntropyOptions(
        ignoreIndex: Int32(clamping: ignoreIndex), classWeights: weights, normalization: normalization,
        labelSmoothing: Float(labelSmoothing)))
  }
}

extension Diagnostic.Code {
  /// A config names a class that the data does not have.
  public static let unknownClass = Diagnostic.Code("E0120", "a class is named that the training rows do not have")
}
