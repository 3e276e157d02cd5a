import TemperCore
import TemperData
import TemperNN
import TemperOptim

/// A loss or gradient that is no finite number: the run cannot go on. The weights are those of the step before.
public struct Divergence: Error, Sendable, CustomStringConvertible {
  /// The step, counted from 1.
  public let step: Int
  /// What was not finite.
  public let what: String
  /// The global row numbers of the step's last batch.
  public let rows: [Int32]
  /// The learning rate of the step.
  public let learningRate: Double

  /// Names step, batch and what may help.
  public var description: String {
    let shown = rows.prefix(8).map(String.init).joined(separator: ", ") + (rows.count > 8 ? ", ... (\(rows.count) rows)" : "")
    return "step \(step): the \(what) is not finite, at learning rate \(learningRate), on rows \(shown). "
      + "Lower optimizer.learning_rate, set train.max_grad_norm, or look at these rows."
  }
}

/// Takes training steps: each a fixed sequence of accumulate, reduce, clip, update.
public final class Trainer {
  /// What one step found.
  public struct Step: Sendable {
    /// The mean loss of the step's rows, without penalties; nil if no row had any weight.
    public let loss: Double?
    /// The gradient's global norm before clipping, penalties included.
    public let gradientNorm: Double
    /// The learning rate used.
    public let learningRate: Double
    /// How many rows there were.
    public let rows: Int
  }

  /// The parameters.
  public let store: ParameterStore
  /// How epochs are cut.
  public let plan: BatchPlan
  /// The learning rate's course.
  public private(set) var schedule: Schedule
  /// Steps taken so far.
  public private(set) var stepsTaken = 0
  private let model: any Model
  private let objective: Objective
  private let optimizer: any Optimizer
  private var weightDecay: ScalarSchedule?
  private var l1: ScalarSchedule
  private var l2: ScalarSchedule
  private var dropoutRates: [ScalarSchedule]
  /// What dropout with learned rates adds to the objective, at the present weights; nil where none are learned.
  private let dropoutPenalty: (() -> Tensor)?
  private let l1Method: L1Method
  private let proximal: ProximalL1
  private let decayScope: DecayScope
  /// The moving average of the weights, if there is one.
  public let average: WeightAverage?
  private let batches: BatchStream
  private let gradients: GradientBuffer
  private var gradientPass: GradientPass
  private let config: TrainConfig
  /// The batch that was looked at last, to be named if it spoils the step.
  private var current: Batch?
  /// What buffers, such as running statistics, held before the step: forward passes change them before a step can fail.
  private let buffersBefore: Tensor

  /// A trainer at step 0 of a model whose parameters lie in `store`, on the training rows `dataset`.
  init(_ model: any Model, _ store: ParameterStore, dataset: Dataset, objective: Objective, config: RunConfig) {
    self.model = model
    self.store = store
    self.objective = objective
    self.config = config.train
    batches = BatchStream(dataset, batchSize: config.train.batchSize, smallestBatch: model.smallestBatch, random: store.random)
    plan = batches.plan
    let stepsPerEpoch = Self.stepsPerEpoch(batches.plan, config.train)
    let total = config.train.length.steps(perEpoch: stepsPerEpoch)
    schedule = config.schedule.schedule(peak: config.optimizer.learningRate, total: total, stepsPerEpoch: stepsPerEpoch)
    optimizer = config.optimizer.optimizer(for: store)
    weightDecay = config.optimizer.weightDecay
    (l1, l2) = (config.regularization.penalties.l1, config.regularization.penalties.l2)
    l1Method = config.regularization.penalties.l1Method
    dropoutRates = config.regularization.dropout.rates
    if case .concrete(let dropout) = config.regularization.dropout {
      dropoutPenalty = { dropout.penalty(model.units, rows: dataset.count, lossIsSquaredError: objective.isSquaredError) }
    } else {
      dropoutPenalty = nil
    }
    decayScope = config.optimizer.decayOn
    gradientPass = GradientPass(store, penalizing: decayScope)
    proximal = ProximalL1(store, penalizing: decayScope)
    average = config.average.map { WeightAverage(store, $0) }
    gradients = store.makeGradients()
    buffersBefore = Tensor(uninitialized: [store.arena.count - store.trainableCount])
  }

  /// Steps of the whole run, unless it stops early.
  public var totalSteps: Int { schedule.total }
  /// Steps of one epoch.
  public var stepsPerEpoch: Int { Self.stepsPerEpoch(plan, config) }

  /// The metrics that ``observe(_:)`` must be given; none where every schedule depends on the step alone.
  public var monitors: Set<String> {
    Set(schedule.monitors + (weightDecay?.monitors ?? []) + l1.monitors + l2.monitors + dropoutRates.flatMap(\.monitors))
  }

  /// Tells schedules the metrics of an evaluation, by their full names.
  public func observe(_ metrics: [String: Double]) {
    schedule.observe(metrics)
    weightDecay?.observe(metrics)
    l1.observe(metrics)
    l2.observe(metrics)
    for index in dropoutRates.indices { dropoutRates[index].observe(metrics) }
  }

  /// What the objective has more than the loss, at the present weights and the strengths of the last step.
  public var penalty: Double {
    let step = max(0, stepsTaken - 1)
    return store.penalty(l1: value(l1, step), l2: value(l2, step), on: decayScope) + Double(dropoutPenalty?().scalar ?? 0)
  }

  /// The dropout rates that the hidden layers have learned so far; empty where none are learned.
  public var learnedDropoutRates: [Double] { model.units.compactMap(\.learnedDropoutRate) }

  /// What `number` is at a step, counted from 0; nil where the config has no such number.
  func value(of number: ScheduledNumber, step: Int) -> Double? {
    switch number {
    case .learningRate: schedule(step)
    case .weightDecay: weightDecay.map { value($0, step) }
    case .l1: value(l1, step)
    case .l2: value(l2, step)
    case .dropout: dropoutRates.first.map { value($0, step) }
    }
  }

  private func value(_ schedule: ScalarSchedule, _ step: Int) -> Double {
    schedule.value(step: step, totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch)
  }

  private static func stepsPerEpoch(_ plan: BatchPlan, _ config: TrainConfig) -> Int {
    (plan.batches + config.accumulationSteps - 1) / config.accumulationSteps
  }

  /// Takes one step. Throws where the loss or the gradient is not finite; nothing has been updated then.
  public func step() throws(Divergence) -> Step {
    let learningRate = schedule(stepsTaken)
    let buffers = store.arena.pointer + store.trainableCount
    buffersBefore.pointer.update(from: buffers, count: buffersBefore.count)
    do {
      let (sum, weight, rows) = try accumulate()
      return try update(sum, weight, rows, learningRate)
    } catch {
      buffers.update(from: buffersBefore.pointer, count: buffersBefore.count)
      throw error
    }
  }

  /// Moves the weights by the gradients that were added up.
  private func update(_ sum: Double, _ weight: Double, _ rows: Int, _ learningRate: Double) throws(Divergence) -> Step {
    gradientPass.l2 = value(l2, stepsTaken)
    let strength = value(l1, stepsTaken)
    gradientPass.l1 = l1Method == .subgradient ? strength : 0
    let (norm, scale) = reduce(weight: weight)
    guard norm.isFinite else { throw divergence("gradient") }
    if let weightDecay, let optimizer = optimizer as? any DecayingOptimizer {
      optimizer.weightDecay = value(weightDecay, stepsTaken)
    }
    optimizer.step(gradients, scale: scale * clip(norm), learningRate: learningRate)
    if l1Method == .proximal, strength > 0 { proximal.shrink(by: learningRate * strength) }
    average?.update()
    stepsTaken += 1
    return Step(loss: weight > 0 ? sum / weight : nil, gradientNorm: norm, learningRate: learningRate, rows: rows)
  }

  /// Adds up the gradients of the step's batches: an epoch's last step may have fewer of them.
  private func accumulate() throws(Divergence) -> (sum: Double, weight: Double, rows: Int) {
    gradients.reset()
    var (sum, weight, rows) = (0.0, 0.0, 0)
    let first = stepsTaken % stepsPerEpoch * config.accumulationSteps
    let rates = dropoutRates.map { value($0, stepsTaken) }
    for _ in first..<min(first + config.accumulationSteps, plan.batches) {
      let batch = batches.nextBatch()
      current = batch
      rows += batch.count
      let value = store.addGradients(to: gradients) {
        let outputs = model(batch.features, .training(step: stepsTaken, rows: batch.rowIDs, dropoutRates: rates))
        let loss = objective.loss(outputs, labels: batch.labels, values: batch.targets?.values ?? [])
        weight += loss.weight
        return loss.sum
      }
      guard value.scalar.isFinite else { throw divergence("loss") }
      sum += Double(value.scalar)
    }
    // Once a step, however many batches it has; gradients are divided by their weight later.
    if weight > 0, let dropoutPenalty { _ = store.addGradients(to: gradients) { dropoutPenalty() * Float(weight) } }
    return (sum, weight, rows)
  }

  /// Makes sums means, adds the penalty's gradient, and returns the global norm and what is left to multiply by.
  private func reduce(weight: Double) -> (norm: Double, scale: Float) {
    gradientPass.prepare(gradients, scale: weight > 0 ? Float(1 / weight) : 0)
  }

  /// The factor that brings the gradient down to the greatest norm allowed (Pascanu et al. 2013, with PyTorch's 1e-6).
  private func clip(_ norm: Double) -> Float {
    guard let most = config.maxGradNorm, norm > most else { return 1 }
    return Float(most / (norm + 1e-6))
  }

  private func divergence(_ what: String) -> Divergence {
    Divergence(step: stepsTaken + 1, what: what, rows: current?.rowIDs ?? [], learningRate: schedule(stepsTaken))
  }
}
