import TemperCore
import TemperData
import TemperMetrics
import TemperNN
import TemperTables
import TemperTrain

/// A model of features with as many outputs as they are, and how well it repeats them.
struct ReconstructionEvaluator {
  let model: any Model<Tensor>
  private let (names, batchSize): ([String], Int)

  /// Makes or loads the model of `config` with its parameters in `store`.
  init(_ encoder: FeatureEncoder, _ config: RunConfig, _ store: ParameterStore) {
    model = encoder.model(store.root, config, outputs: OutputLayer(encoder.width))
    (names, batchSize) = (encoder.preprocessor.featureNames, config.train.evalBatchSize)
  }

  /// What the model makes of `samples`, row-major.
  func reconstructions(_ samples: Dataset) -> [Float] {
    var all: [Float] = []
    samples.evaluationBatches(size: batchSize).forEachBatch { batch, _ in all += model(batch.inputs, .evaluation()).values }
    return all
  }

  func evaluate<Problem: Error>(
    _ samples: Dataset, _ loss: RegressionLoss, hooks: ActivationHooks? = nil, betweenBatches: () throws(Problem) -> Void
  ) throws(Problem) -> Evaluation {
    var report = ReconstructionReport(names)
    var (sum, weight) = (0.0, 0.0)
    try samples.evaluationBatches(size: batchSize).forEachBatch { (batch, _) throws(Problem) in
      try betweenBatches()
      let (outputs, features) = (model(batch.inputs, .evaluation(hooks: hooks)), batch.inputs.values)
      let value = loss(outputs, features)
      (sum, weight) = (sum + Double(value.sum.scalar), weight + value.weight)
      report.add(outputs.values, features)
    }
    return Evaluation(loss: weight > 0 ? sum / weight : nil, report: report)
  }
}
