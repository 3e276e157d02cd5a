import TemperGuard
import TemperJSON
import TemperMetrics
import TemperOptim

extension SingleResult {
  /// The result as tables: facts, evaluations, classes, expectations.
  public var text: String? {
    var parts: [String] = []
    var facts: [(name: String, value: String)] = [("run", directory)]
    facts.append(("model", "\(model), \(grouped(parameters)) parameters, \(ResultTable.size(bytes))"))
    if hiddenUnits > 0 { facts.append(("dead units", "\(deadUnits) of \(hiddenUnits)")) }
    if let rates = Self.listed(learnedDropout.rates, "rates") { facts.append(("dropout", rates)) }
    if let shares = Self.listed(learnedDropout.prunedShares, "layers") { facts.append(("pruned", "weights of " + shares)) }
    facts.append(("stopped", "\(stopReason.words) after \(ResultTable.counted(steps, "step")), \(ResultTable.counted(epochs, "epoch"))"))
    for evidence in evidence { facts.append(("", evidence.words)) }
    facts.append(("best", "step \(bestStep)" + (bestWeights == .raw ? "" : ", average of weights (\(bestWeights.rawValue))")))
    if let temperature, temperature != 1 { facts.append(("temperature", "\(shortNumber(temperature)), fitted to the validation rows")) }
    for (index, sign) in signs.enumerated() { facts.append((index == 0 ? "guard" : "", sign)) }
    facts.append(("time", "\(fixed(seconds, 2)) s"))
    parts.append(ResultTable.facts(facts))

    var evaluations: [(name: String, evaluation: Evaluation)] = [("train", train)]
    if let validation { evaluations.append(("validation", validation)) }
    if let test { evaluations.append(("test", test)) }
    parts.append(ResultTable.table(evaluations))
    if let (name, evaluation) = evaluations.last, name != "train", let text = ResultTable.classes(evaluation.report, of: name) {
      parts.append(text)
    }
    if !checks.isEmpty { parts.append(ResultTable.expectations(checks)) }
    return parts.joined(separator: "\n\n")
  }

  /// `layers.0 0.123, layers.1 0.456`, or the range of many values; nil for none.
  private static func listed(_ values: [(name: String, value: Double)], _ noun: String) -> String? {
    guard let least = values.map(\.value).min(), let greatest = values.map(\.value).max() else { return nil }
    if values.count > 8 { return "\(values.count) \(noun): \(fixed(least, 3)) to \(fixed(greatest, 3))" }
    return values.map { "\($0.name) \(fixed($0.value, 3))" }.joined(separator: ", ")
  }

  /// Signs of burn-in that no warning has told of.
  private var signs: [String] {
    guard let report = guardReport else { return [] }
    let isTold = warnings.contains { $0.code == .trainedTooLong }
    return (isTold ? [] : [report.trainedTooLong].compactMap { $0 }) + report.otherSigns
  }
}
