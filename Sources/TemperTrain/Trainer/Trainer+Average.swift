import TemperData
import TemperNN
import TemperOptim

extension Trainer {
  /// The most training batches that running statistics of an average are computed from.
  static let statisticsBatches = 100

  /// Gives the model the average of the weights, if there is one, until ``hideAverage()``: before an evaluation.
  ///
  /// A stochastic weight average mixes weights that are far apart, whose running statistics would be wrong for their mean. With batch
  /// normalisation those are therefore computed anew, as the mean over the first batches of training, at most an epoch and without scheduled
  /// dropout (Izmailov et al. 2018). An exponential average stays near the weights, and has theirs.
  func showAverage() {
    guard let average, !average.isSwappedIn else { return }
    average.swap()
    guard averageHasStatistics, average.hasBegun else { return }
    let batches = makeBatches(store.random, 0)
    // Rows are mixed only where that does not depend on the moment.
    batches.mixup?.alpha = 0
    for index in 0..<min(plan.batches, Self.statisticsBatches) {
      let rows = batches.next()
      _ = batches.loss(.training(step: stepsTaken, rows: rows, normMomentum: 1 / Float(index + 1)), smoothing: nil)
    }
  }

  /// Gives the model the trained weights again.
  func hideAverage() {
    guard let average, average.isSwappedIn else { return }
    average.restoreBuffers()
    average.swap()
  }

  /// Which weights the model has.
  var weightSource: WeightSource { average?.source ?? .raw }
}
