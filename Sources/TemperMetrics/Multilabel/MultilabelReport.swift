import TemperJSON

/// Multilabel metrics: of probabilities of independent labels, of which a row may have any number. They follow scikit-learn 1.9, which the
/// tests compare them with; a label is predicted if its probability is above one half.
///
/// A metric that is not defined for these rows is nil and prints as `null`.
public struct MultilabelReport: ClassReport, Equatable {
  /// The number of rows evaluated.
  public let count: Int
  /// The share of rows with every label correct.
  public let subsetAccuracy: Double?
  /// F1 over all labels of all rows at once; 0 if no label is given or predicted.
  public let microF1: Double?
  /// The mean of the labels' F1.
  public let macroF1: Double?
  /// The mean of the labels' areas under the curve; nil if one of them has none.
  public let rocAUC: Double?
  /// The share of labels that are wrong, over all rows.
  public let hammingLoss: Double?
  /// The scores of every label, in their order.
  public let scores: [ClassScore]
  /// Whether the areas under the curve are left out because they would need too much memory.
  let lacksAreas: Bool

  /// See ``ClassReport``.
  public static let scoredName = "label"

  /// The metrics, in the order they are printed.
  public static let metricDefinitions: [ReportedMetric<MultilabelReport>] = [
    ReportedMetric(.subsetAccuracy) { $0.subsetAccuracy },
    ReportedMetric(.macroF1) { $0.macroF1 },
    ReportedMetric(.microF1) { $0.microF1 },
    ReportedMetric(.rocAUC) { $0.rocAUC },
    ReportedMetric(.hammingLoss) { $0.hammingLoss },
  ]

  /// Evaluates `probabilities` against `targets`, 1 if a row has a label and 0 otherwise; both row-major with one number for each of `labels`.
  public init(probabilities: [Float], targets: [Float], labels: [String]) {
    precondition(probabilities.count == targets.count, "probabilities and targets must agree")
    var rows = MultilabelAccumulator(width: labels.count, rows: targets.count / max(1, labels.count))
    probabilities.withUnsafeBufferPointer { all in
      if let base = all.baseAddress { rows.add(base, targets: targets) }
    }
    self.init(rows, labels: labels)
  }

  /// Evaluates the rows that were collected, whose labels are called `labels`.
  public init(_ rows: MultilabelAccumulator, labels: [String]) {
    precondition(rows.width == labels.count, "there must be a name for every label")
    func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
    let (hits, support, predicted) = (rows.hits, rows.support, rows.predicted)
    let scores = labels.indices.map { c in
      ClassScore(
        name: labels[c], precision: share(hits[c], predicted[c]), recall: share(hits[c], support[c]),
        f1: share(2 * hits[c], support[c] + predicted[c]), rocAUC: rows.rocAUC(label: c), support: support[c], predicted: predicted[c])
    }
    let areas = scores.compactMap(\.rocAUC)
    let isEmpty = rows.rows == 0
    count = rows.rows
    subsetAccuracy = isEmpty ? nil : share(rows.perfect, rows.rows)
    hammingLoss = isEmpty ? nil : share(rows.wrong, rows.rows * labels.count)
    microF1 = isEmpty ? nil : share(2 * hits.reduce(0, +), support.reduce(0, +) + predicted.reduce(0, +))
    macroF1 = isEmpty ? nil : scores.reduce(0) { $0 + $1.f1 } / Double(labels.count)
    rocAUC = areas.count == labels.count ? areas.reduce(0, +) / Double(labels.count) : nil
    self.scores = scores
    lacksAreas = rows.scores == nil
  }

  /// What is left out if there are very many labels.
  public var notes: [String] {
    lacksAreas ? ["roc_auc is not computed for more than \(ClassificationAccumulator.classLimit) labels"] : []
  }

  /// The report as it is printed and stored.
  public var json: JSON {
    .object(
      [("count", .integer(count))] + metrics.map { ($0.name, .number($0.value)) } + [
        (
          "labels",
          .array(
            scores.map { score in
              .object([
                ("name", .string(score.name)), ("precision", .number(score.precision)), ("recall", .number(score.recall)),
                ("f1", .number(score.f1)), ("roc_auc", .number(score.rocAUC)), ("support", .integer(score.support)),
                ("predicted", .integer(score.predicted)),
              ])
            })
        )
      ] + (notes.isEmpty ? [] : [("notes", .array(notes.map { .string($0) }))]))
  }
}
