import TemperCore

/// What a layer may need to know about the training run of a pass.
public struct TrainingFacts: Sendable, Equatable {
  /// The number of training rows; of tokens for a language model, as its loss is a mean over them.
  public let rows: Int
  /// The loss as a multiple of a negative log-likelihood: 2 for a squared error, which leaves out the ½ of the normal distribution.
  public let likelihoodFactor: Double

  /// Facts about a training run.
  public init(rows: Int, likelihoodFactor: Double = 1) {
    (self.rows, self.likelihoodFactor) = (rows, likelihoodFactor)
  }
}

/// What layers add to the objective in one training pass, besides the loss. Terms with the same name are summed.
///
/// A term of the batch, such as an activation penalty, has the weight of the batch's mean loss; a term of the parameters alone is computed
/// once a step, however many micro-batches the step has.
public final class LossTerms {
  /// A term and its weighted value.
  public struct Value: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// What it adds to the objective.
    public var value: Double

    /// A name and a value.
    public init(name: String, value: Double) {
      (self.name, self.value) = (name, value)
    }
  }

  /// The training run of the pass.
  public let facts: TrainingFacts
  private var ofBatch: [(name: String, value: Tensor)] = []
  private var ofParameters: [(name: String, value: () -> Tensor)] = []
  private var isClosed = false

  /// No terms yet.
  public init(_ facts: TrainingFacts) { self.facts = facts }

  /// Adds `weight` times `value`, of rank 0 and a mean over the rows of the batch where it depends on them.
  public func add(_ name: String, weight: Double = 1, _ value: Tensor) {
    demandOpen(name)
    require(value.shape.rank == 0, "the term \"\(name)\" of the loss must be a scalar, not \(value.shape)")
    ofBatch.append((name, Float(weight) * value))
  }

  /// Adds `weight` times what `value` computes of parameters alone, of rank 0.
  public func add(_ name: String, weight: Double = 1, ofParameters value: @escaping () -> Tensor) {
    demandOpen(name)
    ofParameters.append((name, { Float(weight) * value() }))
  }

  /// The contribution of a batch to the minimised sum: the sum of its loss, and its terms times the weight of the loss.
  public func objective(_ loss: Loss) -> Tensor {
    ofBatch.isEmpty ? loss.sum : loss.sum + Self.sum(ofBatch.map(\.value)) * Float(loss.weight)
  }

  /// Whether there are terms of parameters alone.
  public var hasParameterTerms: Bool { !ofParameters.isEmpty }

  /// The contribution of parameters alone to the minimised mean, at their current values.
  public var parameterObjective: Tensor { Self.sum(ofParameters.map { $0.value() }) }

  /// The terms of the batch.
  public var batchValues: [Value] { Self.values(ofBatch.map { ($0.name, $0.value) }) }

  /// The terms of the parameters, at their current values.
  public var parameterValues: [Value] { Self.values(ofParameters.map { ($0.name, $0.value()) }) }

  /// Runs `body`, in which no term can be added: it is recomputed in the backward pass, and terms added in it would have no derivative.
  func closed<Result>(_ body: () -> Result) -> Result {
    let before = isClosed
    isClosed = true
    defer { isClosed = before }
    return body()
  }

  private func demandOpen(_ name: String) {
    require(!isClosed, "the term \"\(name)\" of the loss cannot come from a block that is recomputed in the backward pass")
  }

  private static func sum(_ values: [Tensor]) -> Tensor { values.reduce(Tensor(0), +) }

  /// In order of first occurrence; sums are 32-bit, like those that are minimised.
  private static func values(_ terms: [(name: String, value: Tensor)]) -> [Value] {
    var names: [String] = []
    for term in terms where !names.contains(term.name) { names.append(term.name) }
    return names.map { name in
      Value(name: name, value: Double(sum(terms.filter { $0.name == name }.map(\.value.detached)).scalar))
    }
  }
}
