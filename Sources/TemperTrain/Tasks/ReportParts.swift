import TemperCore
import TemperData

/// What a report is made of, gathered batch by batch of an evaluation.
struct ReportParts {
  private let objective: Objective
  /// Of classes.
  private var rows: ClassificationRows
  /// Of numbers and of several labels: what was predicted of each row, in the order of the batches.
  private var predictions: [Float] = []

  /// Nothing yet.
  init(_ objective: Objective) {
    self.objective = objective
    if case .classification(_, let classes) = objective { rows = ClassificationRows(width: classes.count) } else { rows = .init(width: 0) }
  }

  /// Adds the `outputs` of a batch, whose rows have `labels` where classes are predicted.
  mutating func add(_ outputs: Tensor, labels: [Int32]) {
    let own = objective.predictions(outputs)
    if case .classification = objective { rows.add(own, labels: labels) } else { predictions += own }
  }

  /// The report on all rows; `values` are the numbers to predict, in the order of the batches.
  func report(values: [Float]) -> any Report {
    switch objective {
    case .classification(_, let classes): ClassificationReport(rows, classes: classes)
    case .regression(_, let target): RegressionReport(predictions: target.unscaled(predictions), targets: target.unscaled(values))
    case .multilabel(_, let labels): MultilabelReport(probabilities: predictions, targets: values, labels: labels)
    }
  }
}
