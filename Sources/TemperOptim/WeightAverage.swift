import TemperCore
import TemperJSON
import TemperNN

/// The configuration of a moving average of the weights.
public struct WeightAverageConfig: Sendable {
  /// The share of the old average that a step keeps.
  public let decay: Double
  /// The steps after which averaging begins; until then the average equals the weights.
  public let startStep: Int

  /// Settings in code.
  public init(decay: Double = 0.999, startStep: Int = 0) {
    (self.decay, self.startStep) = (decay, startStep)
  }

  /// Reads the block.
  public init(_ c: FieldReader) {
    decay = c.number("decay", default: 0.999, in: 0..<1, doc: "Decay: the share of the old average that a step keeps.")
    startStep = c.integer(
      "start_step", default: 0, in: 0..., doc: "Steps after which averaging begins; until then the average equals the weights.")
  }
}

/// The exponential moving average of the weights (Polyak and Juditsky 1992): θ̄ ← d θ̄ + (1 - d) θ after each update, starting from the initial
/// weights, without correction. Buffers, such as running statistics, are copied.
public final class WeightAverage {
  private let config: WeightAverageConfig
  private let store: ParameterStore
  private let average: Tensor
  /// The number of steps taken.
  public private(set) var steps = 0
  /// Whether the store holds the average, and this object the weights.
  public private(set) var isSwappedIn = false

  /// An average of the parameters of `store`, equal to them at first.
  public init(_ store: ParameterStore, _ config: WeightAverageConfig = .init()) {
    (self.store, self.config) = (store, config)
    average = store.arena.copy()
  }

  /// Takes the weights after an update.
  public func update() {
    require(!isSwappedIn, "WeightAverage: swap the weights back before training continues")
    steps += 1
    let decay = steps > config.startStep ? Float(config.decay) : 0
    // The two shares add up to 1 exactly, so that constant weights are their own average.
    let (a, w, rest, trained) = (average.pointer, store.arena.pointer, 1 - decay, store.trainableCount)
    Partition(trained, cost: 3).run { _, items in
      for i in items { a[i] = decay * a[i] + rest * w[i] }
    }
    (a + trained).update(from: w + trained, count: average.count - trained)
  }

  /// Exchanges the store's values with the average: in before an evaluation, and out after it.
  public func swap() {
    let (a, w) = (average.pointer, store.arena.pointer)
    Partition(average.count, cost: 2).run { _, items in
      for i in items { (a[i], w[i]) = (w[i], a[i]) }
    }
    isSwappedIn.toggle()
  }

  /// The average and the number of steps, for a checkpoint; the memory itself, laid out as the store's arena. Not while swapped in.
  public var state: (average: Tensor, steps: Int) {
    require(!isSwappedIn, "WeightAverage: swap the weights back before saving")
    return (average, steps)
  }

  /// Restores a saved ``state``, to the same bits.
  public func restore(average saved: Tensor, steps: Int) throws(OptimizerMismatch) {
    guard saved.count == average.count, steps >= 0 else {
      throw OptimizerMismatch("expected an average of \(average.count) numbers, found one of \(saved.count)")
    }
    average.pointer.update(from: saved.pointer, count: average.count)
    (self.steps, isSwappedIn) = (steps, false)
  }
}
