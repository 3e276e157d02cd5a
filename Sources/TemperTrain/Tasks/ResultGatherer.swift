import TemperCore
import TemperMetrics
import TemperNN
import TemperTables

/// What an evaluation adds up over its batches: the loss, and what the report of the objective is made of.
struct ResultGatherer {
  private let objective: Objective
  private let training: TargetCounts
  private var (sum, weight) = (0.0, 0.0)
  // One of these is used, each of a kind of objective. Numbers are kept as they are: they are one a row.
  private var classes: ClassificationAccumulator?
  private var labels: MultilabelAccumulator?
  private var numbers: (predictions: [Float], targets: [Float]) = ([], [])

  /// For `rows` rows of a model that learned from rows with the targets `training`.
  init(_ objective: Objective, training: TargetCounts, rows: Int) {
    (self.objective, self.training) = (objective, training)
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
  var evaluation: Evaluation {
    let (report, baseline) = results
    return Evaluation(loss: weight > 0 ? sum / weight : nil, report: report, baseline: baseline)
  }

  private var results: (any Report, Baseline?) {
    switch objective {
    case .classification(_, let names):
      let rows = classes ?? ClassificationAccumulator(classes: names.count, rows: 0)
      return (ClassificationReport(rows, classes: names), Baseline(rows, counts: training.counts))
    case .multilabel(_, let names):
      let rows = labels ?? MultilabelAccumulator(width: names.count, rows: 0)
      return (MultilabelReport(rows, labels: names), Baseline(rows, counts: training.counts, total: training.rows))
    case .regression(_, let target):
      let (predictions, targets) = (target.unscaled(numbers.predictions), target.unscaled(numbers.targets))
      return (
        RegressionReport(predictions: predictions, targets: targets),
        Baseline(mean: target.unscaled([0])[0], predictions: predictions, targets: targets)
      )
    }
  }
}

/// What is known of the training rows' targets: what a guess goes by.
struct TargetCounts {
  /// How many rows each class or label has; empty where numbers are predicted, whose mean the target has.
  let counts: [Int]
  /// How many rows there are.
  let rows: Int
}
