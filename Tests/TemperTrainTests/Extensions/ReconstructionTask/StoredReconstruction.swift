import TemperData
import TemperJSON
import TemperNN
import TemperTables
import TemperTrain

/// A model that repeats rows.
protocol Reconstructing: TrainedModel {
  /// What it makes of the rows of the file `input`, row-major and scaled as the features are.
  func reconstructions(_ input: String) throws(Diagnostics) -> [Float]
}

/// A model of the task `reconstruction`, as it was stored.
struct StoredReconstruction: Reconstructing {
  let step: Int
  let store: ParameterStore
  private let config: RunConfig
  private let encoder: FeatureEncoder
  private let evaluator: ReconstructionEvaluator

  init(_ folder: ModelFolder) throws(Diagnostics) {
    config = try ConfigFile(folder).config
    encoder = try FeatureEncoder(folder)
    (step, store) = (folder.step, try folder.store())
    evaluator = ReconstructionEvaluator(encoder, config, store)
    try folder.finishLoading(store)
  }

  func evaluate(firstOf splits: [DataSplit]) throws(Diagnostics) -> (split: DataSplit, evaluation: Evaluation)? {
    let rows = try config.rowsInput.splits(seed: UInt64(config.seed)).rows
    guard let split = splits.first(where: { rows[$0] != nil }), let own = rows[split] else { return nil }
    return (split, try evaluate(own))
  }

  func evaluate(input: String, labels: String?) throws(Diagnostics) -> Evaluation {
    try evaluate(try config.rowsInput.labelledRows(input, labels: labels))
  }

  private func evaluate(_ rows: RowSelection) throws(Diagnostics) -> Evaluation {
    evaluator.evaluate(try encoder.samples(of: rows), try config.loss.regressionLoss(), betweenBatches: {})
  }

  func reconstructions(_ input: String) throws(Diagnostics) -> [Float] {
    evaluator.reconstructions(try encoder.samples(of: try config.rowsInput.labelledRows(input, labels: nil)))
  }
}
