import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperTables

/// Any number of labels per row.
struct Multilabel: Objective {
  static let name = "multilabel"
  static let doc = "any of several labels"
  static let metrics = MultilabelReport.metricNames
  static let defaultLoss = "binary_crossentropy"
  static let target = TargetKind.labels

  private let function: BinaryCrossEntropy
  private let labels: [String]

  init(_ config: LossConfig, _ target: Target, _ training: TargetCounts) throws(Diagnostics) {
    labels = target.columns.names
    function = try config.multiLabelLoss(labels: labels, positives: training.counts, rows: training.rows)
  }

  private init(_ function: BinaryCrossEntropy, _ labels: [String]) { (self.function, self.labels) = (function, labels) }

  var outputs: Int { labels.count }
  var average: MemberAverage { .sigmoid }

  func loss(_ outputs: Tensor, _ targets: TargetBatch) -> Loss { function(outputs, targets.values) }

  func smoothed(by share: Double?) -> Multilabel { share.map { Multilabel(function.smoothed(by: $0), labels) } ?? self }

  func predictions(_ outputs: Tensor) -> [Float] { outputs.sigmoid().values }

  func accumulator(rows: Int, training: TargetCounts) -> any ResultAccumulator {
    Results(names: labels, training: training, accumulator: MultilabelAccumulator(width: labels.count, rows: rows))
  }

  private struct Results: ResultAccumulator {
    let names: [String]
    let training: TargetCounts
    var accumulator: MultilabelAccumulator

    mutating func add(_ outputs: Tensor, _ targets: TargetBatch, places: [Int]) {
      let probabilities = outputs.sigmoid()
      withExtendedLifetime(probabilities) { accumulator.add(probabilities.pointer, targets: targets.values) }
    }

    var results: (report: any Report, baseline: Baseline?) {
      (MultilabelReport(accumulator, labels: names), Baseline(accumulator, counts: training.counts, total: training.rows))
    }
  }
}
