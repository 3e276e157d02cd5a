import TemperData
import TemperGuard
import TemperJSON
import TemperMetrics
import TemperNN

extension Diagnostic.Code {
  /// The best step is far before the last.
  public static let trainedTooLong = Diagnostic.Code("W0303", "the best step is far before the last, and later results are worse")
  /// A model no better than the baseline on the evaluated rows.
  public static let noBetterThanGuessing = Diagnostic.Code("W0304", "the results are no better than the baseline")
  /// A class that is never predicted.
  public static let neverPredicted = Diagnostic.Code("W0305", "a class is never predicted")
}

extension Warning {
  /// Warns if `evaluations`, the lines of metrics.jsonl, of a completed run have their best value in the first half, and a last value
  /// clearly worse. `stopping` names the monitored metric.
  static func trainedTooLong(_ evaluations: [JSON], _ stopping: EarlyStoppingConfig?) -> Warning? {
    let name = stopping?.monitor ?? "validation.loss"
    guard let metric = Metric.named(name) else { return nil }
    let better = stopping?.mode.direction(of: name) ?? metric.better
    let series = evaluations.compactMap { line -> (step: Int, value: Double)? in
      guard let step = line["step"]?.integer, step > 0, let value = line["validation"]?[metric.name]?.number else { return nil }
      return (step, value)
    }
    guard series.count > 3, let last = series.last else { return nil }
    var best = series[0]
    for point in series where better.improves(point.value, on: best.value) { best = point }
    guard 2 * best.step <= last.step, better.improves(best.value, on: last.value, by: share * abs(best.value)) else { return nil }
    let kept =
      stopping.map {
        $0.restoreBest
          ? "The metrics are those of step \(best.step), whose weights are in best/"
          : "best/ has the weights of step \(best.step); the metrics are those of the last"
      }
      ?? "early_stopping is null, so best/ and the metrics are those of the last weights; set it"
    return Warning(
      .trainedTooLong,
      "\(name) was best at step \(best.step) (\(fixed(best.value, 4))) and is \(fixed(last.value, 4)) at the last, step \(last.step): "
        + "the run trained for too long. \(kept). Train for fewer steps\(stopping == nil ? "" : ", or lower early_stopping.patience").")
  }

  /// The relative difference from the best value beyond which the last is worse.
  private static let share = 0.02

  /// Warns if the predictions for the rows of `part` are no better than the baseline.
  static func noBetterThanGuessing(_ evaluation: Evaluation, of part: DataSplit) -> Warning? {
    guard let baseline = evaluation.baseline, !baseline.isBeaten else { return nil }
    let compared = baseline.metrics.compactMap { guess in
      evaluation.metrics.first { $0.name == guess.name }.map { "\(guess.name) \(fixed($0.value, 4)) (baseline \(fixed(guess.value, 4)))" }
    }
    return Warning(
      .noBetterThanGuessing,
      "\(part.rawValue): not significantly better than \(baseline.kind.words), on \(evaluation.report.count) "
        + "\(type(of: evaluation.report).countName): \(compared.joined(separator: ", ")). Check whether the data allow this "
        + "prediction, and whether there are enough of them.")
  }

  /// Warns about classes or labels of several rows in the last of `parts` that are predicted in no split, or not in the last.
  static func neverPredicted(_ parts: [(DataSplit, Evaluation)], _ config: RunConfig) -> Warning? {
    let scores = parts.compactMap { part, evaluation in (evaluation.report as? any ClassReport).map { (part, $0.scores) } }
    guard let (lastPart, last) = scores.last else { return nil }
    let missed = last.indices.filter { index in
      let predicted = scores.reduce(0) { $0 + $1.1[index].predicted }
      return last[index].support > 0 && predicted == 0 || last[index].support >= leastRows && last[index].predicted == 0
    }
    if missed.isEmpty { return nil }
    let rows = missed.reduce(0) { $0 + last[$1].support }
    return Warning(
      .neverPredicted,
      "never predicted: \(listed(missed.map { last[$0].name })), which \(rows) of \(parts.last?.1.report.count ?? 0) \(lastPart.rawValue) rows "
        + "\(rows == 1 ? "has" : "have"). Train for longer\(config.loss.isBalanced ? "" : "; if a class is rare, set loss.class_weights to \"balanced\"")."
    )
  }

  /// With this many rows of a class, at least one prediction is expected.
  private static let leastRows = 5
}

extension Baseline.Kind {
  /// The text in a sentence.
  fileprivate var words: String {
    switch self {
    case .majorityClass: "always predicting the most frequent class of the training rows"
    case .majorityLabels: "always predicting the labels that most training rows have"
    case .mean: "always predicting the mean of the training rows"
    case .uniform: "giving every token the same probability"
    }
  }
}
