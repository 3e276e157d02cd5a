import TemperCore
import TemperNN

/// An average of the weights, without correction for its start: until averaging begins it equals the weights. Buffers, such as running
/// statistics, are copied.
public final class WeightAverage {
  private let rule: WeightAverageRule
  private let store: ParameterStore
  private let average: Tensor
  /// The number of steps taken.
  public private(set) var steps = 0
  /// Whether the store holds the average, and this object the weights.
  public private(set) var isSwappedIn = false

  /// An average of the parameters of `store`, equal to them at first.
  public init(_ store: ParameterStore, _ rule: WeightAverageRule) {
    (self.store, self.rule) = (store, rule)
    average = store.arena.copy()
  }

  /// Takes the weights after an update.
  public func update() {
    require(!isSwappedIn, "WeightAverage: swap the weights back before training continues")
    steps += 1
    let kept = rule.kept(at: steps)
    // The two shares add up to 1 exactly, so that constant weights are their own average.
    let (a, w, rest, trained) = (average.pointer, store.arena.pointer, 1 - kept, store.trainableCount)
    if rest > 0 {
      Partition(trained, cost: 3).run { _, items in
        for i in items { a[i] = kept * a[i] + rest * w[i] }
      }
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

  /// The weights that the store holds: those of the average only once it has begun.
  public var source: WeightSource { isSwappedIn && hasBegun ? rule.source : .raw }

  /// Whether the average is more than the weights.
  public var hasBegun: Bool { hasBegun(after: steps) }

  /// Whether the average is more than the weights after so many steps.
  public func hasBegun(after steps: Int) -> Bool { rule.hasBegun(at: steps) }

  /// While swapped in, gives the average the buffers of the weights again.
  public func restoreBuffers() {
    let trained = store.trainableCount
    (store.arena.pointer + trained).update(from: average.pointer + trained, count: average.count - trained)
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
