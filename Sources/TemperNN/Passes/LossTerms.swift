import TemperCore

/// What a layer may need to know of the training that a pass belongs to.
public struct TrainingFacts: Sendable, Equatable {
  /// How many rows there are to learn from.
  public let rows: Int
  /// How many times a negative log-likelihood the loss is: 2 for a squared error, which leaves out the ½ of the normal distribution.
  public let likelihoodFactor: Double

  /// Facts about a training.
  public init(rows: Int, likelihoodFactor: Double = 1) {
    (self.rows, self.likelihoodFactor) = (rows, likelihoodFactor)
  }
}

/// What layers add to the objective in one training pass, besides the loss. Terms of one name are one term: their sum.
///
/// A term of the batch, such as a penalty on activations, counts as much as the mean loss of the batch does; a term of the parameters alone is
/// computed once a step, however many batches the step has.
public final class LossTerms {
  /// One of the terms and its value, times its weight.
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

  /// What the pass belongs to.
  public let facts: TrainingFacts
  private var ofBatch: [(name: String, value: Tensor)] = []
  private var ofParameters: [(name: String, value: () -> Tensor)] = []
  private var isClosed = false

  /// No terms yet.
  public init(_ facts: TrainingFacts) { self.facts = facts }

  /// Adds `weight` times `value`, of rank 0 and a mean over the rows of the batch where it depends on them.
  public func add(_ name: String, weight: Double = 1, _ value: Tensor) {
    demandOpen(name)
    require(value.shape.rank == 0, "the term \"\(name)\" of the loss must be one number, not \(value.shape)")
    ofBatch.append((name, Float(weight) * value))
  }

  /// Adds `weight` times what `value` computes of parameters alone, of rank 0.
  public func add(_ name: String, weight: Double = 1, ofParameters value: @escaping () -> Tensor) {
    demandOpen(name)
    ofParameters.append((name, { Float(weight) * value() }))
  }

  /// What a batch adds to the sum that is minimised: the sum of its loss, and its terms as often as the loss counts.
  public func objective(_ loss: Loss) -> Tensor {
    ofBatch.isEmpty ? loss.sum : loss.sum + Self.sum(ofBatch.map(\.value)) * Float(loss.weight)
  }

  /// Whether there is a term of parameters alone.
  public var hasParameterTerms: Bool { !ofParameters.isEmpty }

  /// What parameters alone add to the mean that is minimised, at their present values.
  public var parameterObjective: Tensor { Self.sum(ofParameters.map { $0.value() }) }

  /// The terms of the batch.
  public var batchValues: [Value] { Self.values(ofBatch.map { ($0.name, $0.value) }) }

  /// The terms of the parameters, at their present values.
  public var parameterValues: [Value] { Self.values(ofParameters.map { ($0.name, $0.value()) }) }

  /// Runs `body`, in which no term can be added: what it computes is computed again by the derivative, and what it adds would have none.
  func closed<Result>(_ body: () -> Result) -> Result {
    let before = isClosed
    isClosed = true
    defer { isClosed = before }
    return body()
  }

  private func demandOpen(_ name: String) {
    require(!isClosed, "the term \"\(name)\" of the loss cannot come from a block that is computed again in the backward pass")
  }

  private static func sum(_ values: [Tensor]) -> Tensor { values.reduce(Tensor(0), +) }

  /// In the order of the names' first terms; sums are of 32 bits, as those that are minimised.
  private static func values(_ terms: [(name: String, value: Tensor)]) -> [Value] {
    var names: [String] = []
    for term in terms where !names.contains(term.name) { names.append(term.name) }
    return names.map { name in
      Value(name: name, value: Double(sum(terms.filter { $0.name == name }.map(\.value.detached)).scalar))
    }
  }
}
