import TemperJSON

/// How good probabilities of independent labels are, of which a row may have any number. Follows scikit-learn 1.9, to which the tests hold
/// it; a label is predicted where its probability is above one half.
///
/// A figure that is not defined for these rows is nil and prints as `null`.
public struct MultilabelReport: Report, Equatable {
  /// How one label fares.
  public struct LabelScore: Sendable, Equatable {
    /// The label's name.
    public let name: String
    /// Of the rows predicted to have the label, the share that has it; 0 if none was predicted.
    public let precision: Double
    /// Of the rows that have the label, the share that was predicted so; 0 if there is none.
    public let recall: Double
    /// The harmonic mean of precision and recall; 0 where both are 0.
    public let f1: Double
    /// The area under the curve; nil unless there are rows with and without the label.
    public let rocAUC: Double?
    /// How many rows have the label.
    public let support: Int
    /// How many rows were predicted to have it.
    public let predicted: Int
  }

  /// How many rows were judged.
  public let count: Int
  /// The share of rows of which every label is right.
  public let subsetAccuracy: Double?
  /// F1 over all labels of all rows at once; 0 where no label is given or predicted.
  public let microF1: Double?
  /// The mean of the labels' F1.
  public let macroF1: Double?
  /// The mean of the labels' areas under the curve; nil if one of them has none.
  public let rocAUC: Double?
  /// The share of labels that are wrong, over all rows.
  public let hammingLoss: Double?
  /// A score for every label, in their order.
  public let scores: [LabelScore]

  /// The figures, in the order they are printed.
  public static let metrics: [Metric<MultilabelReport>] = [
    Metric("subset_accuracy") { $0.subsetAccuracy },
    Metric("macro_f1") { $0.macroF1 },
    Metric("micro_f1") { $0.microF1 },
    Metric("roc_auc") { $0.rocAUC },
    Metric("hamming_loss", higherIsBetter: false) { $0.hammingLoss },
  ]

  /// Judges `probabilities` against `targets`, 1 where a row has a label and else 0; both row-major with one number for each of `labels`.
  public init(probabilities: [Float], targets: [Float], labels: [String]) {
    let width = labels.count
    precondition(width > 0 && probabilities.count == targets.count && targets.count % width == 0, "probabilities and targets must agree")
    let rows = targets.count / width
    var (hits, support, predicted) = (
      [Int](repeating: 0, count: width), [Int](repeating: 0, count: width), [Int](repeating: 0, count: width)
    )
    var (perfect, wrong) = (0, 0)
    for row in 0..<rows {
      var mistakes = 0
      for label in 0..<width {
        let (has, says) = (targets[row * width + label] > 0.5, probabilities[row * width + label] > 0.5)
        if has { support[label] += 1 }
        if says { predicted[label] += 1 }
        if has, says { hits[label] += 1 }
        if has != says { mistakes += 1 }
      }
      wrong += mistakes
      if mistakes == 0 { perfect += 1 }
    }
    func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
    let scores = labels.indices.map { c in
      let area = probabilities.withUnsafeBufferPointer { p in
        targets.withUnsafeBufferPointer { t in
          ROCCurve.area(count: rows, score: { p[$0 * width + c] }, isPositive: { t[$0 * width + c] > 0.5 })
        }
      }
      return LabelScore(
        name: labels[c], precision: share(hits[c], predicted[c]), recall: share(hits[c], support[c]),
        f1: share(2 * hits[c], support[c] + predicted[c]), rocAUC: area, support: support[c], predicted: predicted[c])
    }
    let areas = scores.compactMap(\.rocAUC)
    count = rows
    subsetAccuracy = rows > 0 ? share(perfect, rows) : nil
    hammingLoss = rows > 0 ? share(wrong, rows * width) : nil
    microF1 = rows > 0 ? share(2 * hits.reduce(0, +), support.reduce(0, +) + predicted.reduce(0, +)) : nil
    macroF1 = rows > 0 ? scores.reduce(0) { $0 + $1.f1 } / Double(width) : nil
    rocAUC = areas.count == width ? areas.reduce(0, +) / Double(width) : nil
    self.scores = scores
  }

  /// The report as it is printed and stored.
  public var json: JSON {
    .object(
      [("count", .integer(count))] + figures.map { ($0.name, .number($0.value)) } + [
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
      ])
  }
}
