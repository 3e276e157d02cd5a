import TemperData
import TemperMetrics
import TemperTables

extension RowScores {
  /// Scores `predictions`, row-major with a number for each output of `target`, against `truths`, which are in the terms of `own`.
  init(_ predictions: [Double], of target: Target, truths: RowTargets, in own: Target) {
    switch target.kind {
    case .classes: self.init(classes: predictions, of: target, truths: truths.labels, in: own)
    case .value: self.init(numbers: predictions, truths: own.unscaled(truths.values))
    case .labels: self.init(labels: predictions, of: target, truths: truths.values)
    }
  }

  private init(classes probabilities: [Double], of target: Target, truths: [Int32], in own: Target) {
    let (width, names) = (target.width, target.classes)
    measure = nil
    for (row, truth) in truths.enumerated() {
      let name = own.classes[Int(truth)]
      let predicted = names[ClassificationReport.argmax(probabilities[row * width..<(row + 1) * width].map { Float($0) }[...])]
      isRight.append(predicted == name)
      self.truths.append(name)
      predictions.append(predicted)
    }
  }

  private init(numbers: [Double], truths: [Double]) {
    measure = .rmse
    values = zip(numbers, truths).map { ($0 - $1) * ($0 - $1) }
    predictions = numbers.map { "\(Float($0))" }
    self.truths = truths.map { "\(Float($0))" }
  }

  private init(labels probabilities: [Double], of target: Target, truths: [Float]) {
    let (width, names) = (target.width, target.outputNames)
    measure = .hammingLoss
    for row in 0..<truths.count / max(1, width) {
      let range = row * width..<(row + 1) * width
      let (predicted, given) = (range.map { probabilities[$0] > 0.5 }, range.map { truths[$0] > 0.5 })
      func text(_ has: [Bool]) -> String {
        let labels = zip(names, has).filter(\.1).map(\.0)
        return labels.isEmpty ? "none" : labels.joined(separator: " + ")
      }
      values.append(Double(zip(predicted, given).count { $0 != $1 }) / Double(width))
      isRight.append(predicted == given)
      self.truths.append(text(given))
      predictions.append(text(predicted))
    }
  }
}
