import TemperCore
import TemperMetrics
import TemperNN

/// What an evaluation adds up over its batches: the loss, and what the report of the objective is made of.
struct ResultGatherer {
  private let objective: Objective
  private var (sum, weight) = (0.0, 0.0)
  // One of these is used, each of a kind of objective. Numbers are kept as they are: they are one a row.
  private var classes: ClassificationAccumulator?
  private var labels: MultilabelAccumulator?
  private var numbers: (predictions: [Float], targets: [Float]) = ([], [])

  /// For `rows` rows.
  init(_ objective: Objective, rows: Int) {
    self.objective = objective
    switch objective {
    case .classification(_, let names): classes = ClassificationAccumulator(classes: names.count, rows: rows)
    case .regression: break
    case .multilabel(_, let names): labels = MultilabelAccumulator(width: names.count, rows: rows)
    }
  }

  /// Adds the outputs for a batch of rows, of which `labels` or `values` are the targets and `places` the numbers among all rows.
  mutating func add(_ outputs: Tensor, labels targets: [Int32], values: [Float], places: some Collection<Int>) {
    let loss = objective.loss(outputs, labels: targets, values: values)
    sum += Double(loss.sum.scalar)
    weight += loss.weight
    switch objective {
    case .classification(let loss, _):
      let probabilities = loss.probabilities(outputs)
      withExtendedLifetime(probabilities) { classes?.add(probabilities.pointer, labels: targets, places: places) }
    case .multilabel:
      let probabilities = outputs.sigmoid()
      withExtendedLifetime(probabilities) { labels?.add(probabilities.pointer, targets: values) }
    case .regression:
      numbers.predictions += objective.predictions(outputs)
      numbers.targets += values
    }
  }

  /// The evaluation, once all rows are there.
  var evaluation: Evaluation { Evaluation(loss: weight > 0 ? sum / weight : nil, report: report) }

  private var report: any Report {
    switch objective {
    case .classification(_, let names):
      ClassificationReport(classes ?? ClassificationAccumulator(classes: names.count, rows: 0), classes: names)
    case .multilabel(_, let names): MultilabelReport(labels ?? MultilabelAccumulator(width: names.count, rows: 0), labels: names)
    case .regression(_, let target):
      RegressionReport(predictions: target.unscaled(numbers.predictions), targets: target.unscaled(numbers.targets))
    }
  }
}
