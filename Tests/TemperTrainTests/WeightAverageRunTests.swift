import TemperData
import TemperJSON
import TemperOptim
import TemperRunSupport
import Testing

@testable import TemperTrain

/// Running statistics of batch normalisation where the weights are an average.
@Suite struct WeightAverageRunTests {
  private let lab = Lab()

  /// The training rows of the sample, standardised.
  private var features: [[Double]] {
    let lines = SampleTable.csv().split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let rows = lines.filter { $0[4] == "train" }.map { $0[0..<3].compactMap { Double($0) } }
    let n = Double(rows.count)
    let means = (0..<3).map { i in rows.reduce(0) { $0 + $1[i] } / n }
    let deviations = (0..<3).map { i in (rows.reduce(0) { $0 + ($1[i] - means[i]) * ($1[i] - means[i]) } / n).squareRoot() }
    return rows.map { row in (0..<3).map { (row[$0] - means[$0]) / deviations[$0] } }
  }

  /// The greatest relative difference between the stored running variances of the first layer and those of its outputs on all training
  /// rows, which are one batch. Their mean is 0.
  private func difference(_ average: String) throws -> Double {
    let run = try lab.train([
      "data.columns={\"color\": \"ignore\"}", "data.split={\"column\": \"part\"}", "model={\"hidden\": [8], \"norm\": \"batch\"}",
      "optimizer={\"type\": \"sgd\", \"learning_rate\": 1}",
      "train={\"max_steps\": 12, \"eval_every_steps\": 3, \"batch_size\": 1000}", "weight_average=\(average)",
    ])
    let (weights, variances) = (try run.values("layers.0.linear.weight"), try run.values("layers.0.norm.running_var"))
    #expect(weights.count == 24 && variances.count == 8)
    // The stored model is the one that was evaluated.
    #expect(try StoredModel.rows(run.directory).evaluate(.validation)?.loss == run.outcome.validation?.loss)
    let features = features
    return variances.indices.map { unit in
      let squares = features.reduce(0.0) { sum, row in
        let y = (0..<3).reduce(0.0) { $0 + Double(weights[3 * unit + $1]) * row[$1] }
        return sum + y * y
      }
      let expected = squares / Double(features.count - 1)
      return abs(Double(variances[unit]) - expected) / expected
    }.max() ?? .nan
  }

  @Test func aStochasticAverageHasStatisticsOfItsOwn() throws {
    #expect(try difference("{\"type\": \"swa\", \"start_step\": 4, \"every_steps\": 2}") < 1e-4)
    // Those of the weights lag behind even these.
    #expect(try difference("{\"decay\": 0.9}") > 0.01)
  }

  /// Training goes on from the weights and their statistics, whatever was computed for the average.
  @Test func trainingTakesNoNotice() throws {
    let changes = [
      "model={\"hidden\": [8], \"norm\": \"batch\"}", "train={\"max_steps\": 12, \"eval_every_steps\": 3, \"batch_size\": 16}",
    ]
    func losses(_ run: TrainedRun) throws -> [Double?] { try run.metrics().map { $0["train"]?["loss"]?.number } }
    let plain = try lab.train(changes)
    let swa = try lab.train(changes + ["weight_average={\"type\": \"swa\", \"start_step\": 3, \"every_steps\": 1}"])
    #expect(try losses(swa) == losses(plain))
    // An average that never begins is none.
    #expect(throws: Diagnostics.self) { try lab.train(changes + ["weight_average={\"type\": \"swa\", \"start_step\": 99}"]) }
  }
}
