import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperOptim

/// Takes training steps: accumulate, reduce, clip, update.
public final class Trainer {
  /// The results of one step.
  public struct Step: Sendable {
    /// The mean loss over the step's rows, without penalties; nil if no row had any weight.
    public let loss: Double?
    /// The mean over the step's rows of the terms that layers added to the loss; see ``TemperNN/LossTerms``.
    public let terms: [LossTerms.Value]
    /// The gradient's global norm before clipping, penalties included.
    public let gradientNorm: Double
    /// The learning rate used.
    public let learningRate: Double
    /// The number of rows.
    public let rows: Int
    /// ‖Δw‖ / ‖w‖, of a sample of the weights, where it was measured; see ``Trainer/measuresUpdates``.
    public let updateRatio: Double?
  }

  /// The parameters.
  public let store: ParameterStore
  /// How epochs are divided into batches.
  public let plan: BatchPlan
  /// Hyperparameters that may change during the run.
  private(set) var numbers: ScheduledNumbers
  /// Steps taken so far.
  public private(set) var stepsTaken: Int
  /// Steps of the whole run, unless it stops early.
  public let totalSteps: Int
  /// Steps per epoch.
  public let stepsPerEpoch: Int
  private let optimizer: any Optimizer
  /// What layers know about the training.
  private let facts: TrainingFacts
  /// The terms that layers added to the loss of the last batch; nil before the first step.
  private var terms: LossTerms?
  /// The parameter-dependent terms in the state that the trainer resumed from.
  private var restoredTerms: [LossTerms.Value] = []
  private let l1Method: L1Method
  private let proximal: ProximalL1
  private let decayScope: DecayScope
  /// The average of the weights, if there is one.
  public let average: WeightAverage?
  let makeBatches: (_ random: RandomStreams, _ first: Int) -> TrainingBatches
  private let batches: TrainingBatches
  /// Whether the average needs running statistics of its own.
  let averageHasStatistics: Bool
  /// Batches for measurements, apart from those of training.
  let measuredBatches: MeasuredBatches
  /// Whether steps that an evaluation follows tell how far they move the weights.
  var measuresUpdates = false
  private let weightSample: WeightSample
  let gradients: GradientBuffer
  private(set) var gradientPass: GradientPass
  private let config: TrainConfig
  /// The rows of the current batch, to be reported if the step fails.
  private var currentRows: [Int32] = []
  /// The values of buffers, such as running statistics, before the step: forward passes change them before a step can fail.
  private let buffersBefore: Tensor

  /// Creates a trainer of the parameters in `store` on batches of `plan`, of which a row has `targetsPerRow`; `batches` returns those from a
  /// given number on. To resume after `step` steps, call ``restore(_:tensors:)`` before the next.
  init(
    _ store: ParameterStore, _ plan: BatchPlan, config: RunConfig, targetsPerRow: Int = 1, after step: Int = 0,
    batches: @escaping (_ random: RandomStreams, _ first: Int) -> TrainingBatches
  ) {
    self.store = store
    self.plan = plan
    self.config = config.train
    stepsPerEpoch = (plan.batches + config.train.accumulationSteps - 1) / config.train.accumulationSteps
    totalSteps = config.train.length.steps(perEpoch: stepsPerEpoch)
    stepsTaken = step
    let (epoch, stepOfEpoch) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    makeBatches = batches
    self.batches = batches(store.random, epoch * plan.batches + stepOfEpoch * config.train.accumulationSteps)
    measuredBatches = MeasuredBatches { batches(store.random.apart("measurements"), $0) }
    weightSample = WeightSample(store)
    numbers = ScheduledNumbers(config, total: totalSteps, stepsPerEpoch: stepsPerEpoch)
    optimizer = config.optimizer.optimizer(for: store)
    l1Method = config.regularization.penalties.l1Method
    facts = TrainingFacts(rows: plan.rows * targetsPerRow, likelihoodFactor: config.loss.likelihoodFactor)
    decayScope = config.optimizer.decayOn
    gradientPass = GradientPass(store, penalizing: decayScope)
    proximal = ProximalL1(store, penalizing: decayScope, factors: config.optimizer.rateFactors)
    let rule = config.average?.rule(total: totalSteps, stepsPerEpoch: stepsPerEpoch)
    average = rule.map { WeightAverage(store, $0) }
    averageHasStatistics = rule?.source == .swa && config.model.normalizesBatches
    gradients = store.makeGradients()
    buffersBefore = Tensor(uninitialized: [store.arena.count - store.trainableCount])
  }

  /// Passes the metrics of an evaluation, by full name, to the schedules.
  public func observe(_ metrics: [String: Double]) { numbers.observe(metrics) }

  /// The value of a number at a step, counted from 0; 0 if the config has no such number.
  private func value(of number: ScheduledNumber, at step: Int) -> Double { numbers.value(of: number, at: step) ?? 0 }

  /// The learning rate of the last step taken, or of the first.
  public var lastLearningRate: Double { value(of: .learningRate, at: max(0, stepsTaken - 1)) }

  /// Overrides the schedule of `number` by `value`; nil returns to the schedule.
  func hold(_ number: ScheduledNumber, at value: Double?) { numbers.hold(number, at: value) }

  /// The L1 and L2 penalty at the current weights and the strengths of the last step.
  public var penalty: Double {
    let step = max(0, stepsTaken - 1)
    return store.penalty(l1: value(of: .l1, at: step), l2: value(of: .l2, at: step), on: decayScope)
  }

  /// The loss terms of layers that depend on parameters alone, at the current weights; empty before the first step.
  public var parameterTerms: [LossTerms.Value] { terms?.parameterValues ?? restoredTerms }

  /// Takes one step. Throws if the loss or the gradient is not finite, before anything is updated.
  public func step() throws(Divergence) -> Step {
    let learningRate = value(of: .learningRate, at: stepsTaken)
    saveBuffers()
    do {
      return try update(try accumulate(), learningRate)
    } catch {
      restoreBuffers()
      throw error
    }
  }

  private var buffers: UnsafeMutablePointer<Float> { store.arena.pointer + store.trainableCount }
  func saveBuffers() { buffersBefore.pointer.update(from: buffers, count: buffersBefore.count) }
  func restoreBuffers() { buffers.update(from: buffersBefore.pointer, count: buffersBefore.count) }

  /// Whether the run is evaluated after so many steps, unless a callback ends it at another.
  func isEvaluated(after steps: Int) -> Bool {
    steps % config.evalEvery.steps(perEpoch: stepsPerEpoch) == 0 || steps == totalSteps
  }

  /// Updates the weights with the accumulated gradients.
  private func update(_ sums: Sums, _ learningRate: Double) throws(Divergence) -> Step {
    gradientPass.l2 = value(of: .l2, at: stepsTaken)
    let strength = value(of: .l1, at: stepsTaken)
    gradientPass.l1 = l1Method == .subgradient ? strength : 0
    let lossNorm = numbers.followNorms ? gradientPass.norm(of: gradients, scale: meanScale(sums.weight)) : 0
    let (norm, scale) = gradientPass.prepare(gradients, scale: meanScale(sums.weight))
    guard norm.isFinite else { throw divergence("gradient") }
    if numbers.followNorms { numbers.observe(gradientNorm: lossNorm, weightNorm: store.weightNorm) }
    if let decay = numbers.value(of: .weightDecay, at: stepsTaken), let optimizer = optimizer as? any DecayingOptimizer {
      optimizer.weightDecay = decay
    }
    let isMeasured = measuresUpdates && isEvaluated(after: stepsTaken + 1)
    if isMeasured { weightSample.take() }
    optimizer.step(gradients, scale: scale * clip(norm), learningRate: learningRate)
    if l1Method == .proximal, strength > 0 { proximal.shrink(by: learningRate * strength) }
    average?.update()
    stepsTaken += 1
    return Step(
      loss: sums.weight > 0 ? sums.loss / sums.weight : nil, terms: sums.weight > 0 ? sums.terms.means(of: sums.weight) : [],
      gradientNorm: norm, learningRate: learningRate, rows: sums.rows, updateRatio: isMeasured ? weightSample.updateRatio : nil)
  }

  /// The sums over the batches of a step, besides gradients.
  struct Sums {
    var loss = 0.0
    var weight = 0.0
    var rows = 0
    var terms = NamedSums()
  }

  /// Accumulates the gradients of the step's batches, of which an epoch's last step may have fewer.
  private func accumulate() throws(Divergence) -> Sums {
    gradients.reset()
    var sums = Sums()
    let first = stepsTaken % stepsPerEpoch * config.accumulationSteps
    for _ in first..<min(first + config.accumulationSteps, plan.batches) { terms = try accumulate(batches, to: &sums) }
    // Once per step, whatever the number of batches; gradients are divided by their weight later.
    if sums.weight > 0, let terms, terms.hasParameterTerms {
      _ = store.addGradients(to: gradients) { terms.parameterObjective * Float(sums.weight) }
    }
    return sums
  }

  /// Adds the gradient and the loss of the next of `batches`; returns the terms that layers added to its loss.
  func accumulate(_ batches: TrainingBatches, to sums: inout Sums) throws(Divergence) -> LossTerms {
    batches.mixup?.alpha = value(of: .mixup, at: stepsTaken)
    currentRows = batches.next()
    sums.rows += currentRows.count
    let terms = LossTerms(facts)
    let skipping = SkippingRates(
      weights: value(of: .dropConnect, at: stepsTaken), blocks: value(of: .stochasticDepth, at: stepsTaken))
    let context = Context.training(
      step: stepsTaken, rows: currentRows, dropoutRates: numbers.values(of: .dropout, at: stepsTaken), skipping: skipping,
      klWeight: value(of: .klWeight, at: stepsTaken), activationL1: value(of: .activationL1, at: stepsTaken), random: store.random,
      terms: terms)
    let smoothing = numbers.changingSmoothing(at: stepsTaken)
    var (lossSum, weight) = (0.0, 0.0)
    let value = store.addGradients(to: gradients) {
      let loss = batches.loss(context, smoothing: smoothing)
      (lossSum, weight) = (Double(loss.sum.scalar), loss.weight)
      return terms.objective(loss)
    }
    let values = terms.batchValues
    guard value.scalar.isFinite else {
      throw divergence(values.first { lossSum.isFinite && !$0.value.isFinite }.map { "loss term \"\($0.name)\"" } ?? "loss")
    }
    sums.loss += lossSum
    sums.weight += weight
    sums.terms.add(values, times: weight)
    return terms
  }

  /// The factor that turns sums over rows of a total `weight` into means.
  func meanScale(_ weight: Double) -> Float { weight > 0 ? Float(1 / weight) : 0 }

  /// The factor that reduces the gradient to the maximum norm (Pascanu et al. 2013, with PyTorch's 1e-6).
  private func clip(_ norm: Double) -> Float {
    guard let most = config.maxGradNorm, norm > most else { return 1 }
    return Float(most / (norm + 1e-6))
  }

  /// The state of the trainer besides the parameters and the tensors of ``stateTensors``, for a checkpoint.
  var state: JSON {
    .object([
      ("optimizer", .object(optimizer.scalars.map { ($0.name, .integer($0.value)) })),
      ("average_steps", average.map { .integer($0.state.steps) } ?? .null), ("numbers", numbers.state),
      ("loss_terms", parameterTerms.exactJSON),
    ])
  }

  /// The state of the optimiser and of the weight average, for a checkpoint.
  var stateTensors: [(String, Tensor)] {
    optimizer.state.map { ($0.name, $0.tensor) } + (average.map { [(Self.averageName, $0.state.average)] } ?? [])
  }

  /// The same for a file: values that are still zero, as for table rows that no batch has used, take no space. Every parameter begins
  /// at a multiple of sixteen numbers.
  var storedState: [(String, StoredTensor)] { stateTensors.map { ($0, .usedRows($1, width: 16)) } }

  /// Restores a ``state`` and the tensors saved with it.
  func restore(_ state: JSON, tensors: SafeTensors) throws {
    let saved = tensors.names.filter { $0 != Self.averageName }.compactMap { name in tensors.tensor(name).map { (name, $0) } }
    let counts = state["optimizer"]?.members?.compactMap { member in member.value.integer.map { (member.name, $0) } }
    try optimizer.restore(state: saved, scalars: counts ?? [])
    if let average {
      guard let tensor = tensors.tensor(Self.averageName), let steps = state["average_steps"]?.integer else {
        throw MalformedState(of: "weight_average")
      }
      try average.restore(average: tensor, steps: steps)
    }
    try numbers.restore(state["numbers"] ?? .null)
    restoredTerms = try [LossTerms.Value](exact: state["loss_terms"])
  }

  private static let averageName = "weight_average"

  /// Throws if a parameter, a buffer or the optimiser state is not finite after the last step, even if no loss or gradient has shown it
  /// yet.
  func demandFinite() throws(Divergence) {
    if let parameter = store.firstNonFinite {
      let kind = parameter.isTrainable ? "parameter" : "buffer"
      throw divergence(after: stepsTaken, "the \(kind) \"\(parameter.name)\" is not finite")
    }
    if let (name, _) = stateTensors.first(where: { !$0.1.isFinite }) {
      throw divergence(after: stepsTaken, "the optimizer state \"\(name)\" is not finite")
    }
  }

  /// The error for a non-finite `what` of an evaluation after a step.
  func divergence(ofEvaluation step: Int, _ what: String) -> Divergence {
    Divergence(step: step, problem: "the \(what) is not finite", rows: [], learningRate: value(of: .learningRate, at: max(0, step - 1)))
  }

  /// The error for a `problem` with the batches of a step.
  func divergence(after step: Int, _ problem: String) -> Divergence {
    Divergence(step: step, problem: problem, rows: currentRows, learningRate: value(of: .learningRate, at: max(0, step - 1)))
  }

  private func divergence(_ what: String) -> Divergence { divergence(after: stepsTaken + 1, "the \(what) is not finite") }
}
