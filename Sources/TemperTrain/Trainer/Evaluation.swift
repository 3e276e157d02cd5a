import TemperCore
import TemperData
import TemperJSON
import TemperNN

/// How good a model is on a data set: its loss, and what its probabilities are worth.
public struct Evaluation: Sendable {
  /// The configured loss, without penalties; nil if no row has any weight.
  public let loss: Double?
  /// The metrics.
  public let report: ClassificationReport

  /// The figures by name, in the order they are printed.
  public var figures: [(name: String, value: Double?)] {
    [("loss", loss), ("accuracy", report.accuracy), ("macro_f1", report.macroF1), ("log_loss", report.logLoss)]
  }

  /// The names of ``figures``.
  public static let figureNames = ["loss", "accuracy", "macro_f1", "log_loss"]
  /// What an expectation may be about.
  static let names = ["train", "validation", "test"].flatMap { part in figureNames.map { "\(part).\($0)" } }
  /// What early stopping may watch: test rows must not decide anything.
  static let watchable = figureNames.map { "validation.\($0)" }

  /// The figures and, from the report, the number of rows.
  public var json: JSON {
    .object(figures.map { ($0.name, .number($0.value)) } + [("rows", .integer(report.count))])
  }

  /// The figures with the classes' own and the confusion matrix.
  public var detailedJSON: JSON {
    .object((json.members ?? []).map { ($0.name, $0.value) } + ["classes", "confusion"].map { ($0, report.json[$0] ?? .null) })
  }
}

/// A trained or half-trained model with what it takes to judge it.
struct Classifier {
  let model: any Model
  let classes: [String]

  /// The probabilities of all rows of `features`, row-major, in batches of `batchSize`.
  func probabilities(_ features: [Float], width: Int, rows: Int, batchSize: Int, taps: Taps? = nil) -> [Float] {
    var all: [Float] = []
    all.reserveCapacity(rows * classes.count)
    forEachBatch(features, width: width, rows: rows, batchSize: batchSize, taps: taps) { logits, _ in
      let p = logits.softmax()
      all.append(contentsOf: UnsafeBufferPointer(start: p.pointer, count: p.count))
    }
    return all
  }

  /// Judges the model on `dataset`.
  func evaluate(_ dataset: Dataset, loss: SparseCategoricalCrossEntropy, batchSize: Int, taps: Taps? = nil) -> Evaluation {
    var probabilities: [Float] = []
    probabilities.reserveCapacity(dataset.count * classes.count)
    var (sum, weight) = (0.0, 0.0)
    forEachBatch(dataset.features, width: dataset.width, rows: dataset.count, batchSize: batchSize, taps: taps) { logits, rows in
      let value = loss(logits, Array(dataset.labels[rows]))
      sum += Double(value.sum.scalar)
      weight += value.weight
      let p = logits.softmax()
      probabilities.append(contentsOf: UnsafeBufferPointer(start: p.pointer, count: p.count))
    }
    return Evaluation(
      loss: weight > 0 ? sum / weight : nil,
      report: ClassificationReport(probabilities: probabilities, labels: dataset.labels, classes: classes))
  }

  private func forEachBatch(
    _ features: [Float], width: Int, rows: Int, batchSize: Int, taps: Taps?, _ body: (_ logits: Tensor, _ rows: Range<Int>) -> Void
  ) {
    let context = Context.evaluation(taps: taps)
    features.withUnsafeBufferPointer { features in
      for start in stride(from: 0, to: rows, by: batchSize) {
        let part = start..<min(start + batchSize, rows)
        let x = Tensor(uninitialized: [part.count, width])
        if let base = features.baseAddress { x.pointer.update(from: base + start * width, count: x.count) }
        body(model(x, context), part)
      }
    }
  }
}
