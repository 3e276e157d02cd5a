import TemperData
import TemperJSON
import TemperTables
import TemperTrain

/// What a model does with the rows of a split, read and predicted again: how its confidence agrees with its accuracy, and which rows it predicts worst.
struct RowSurvey {
  /// A range of confidences.
  struct Bin {
    /// The rows in it, and those predicted correctly.
    var (rows, hits) = (0, 0)
    /// The sum of the confidences.
    var confidence = 0.0
  }

  /// The number of bins, as of the expected calibration error.
  static let binCount = 15
  /// Points of a plot of numbers, beyond which every second, third and so on is taken.
  private static let mostPairs = 1500
  /// Predictions in memory at a time.
  private static let pieceSize = 1 << 22

  /// The kind of target.
  let kind: TargetKind
  /// The rows that were predicted.
  private(set) var rows = 0
  /// By confidence: of the predicted class, or of each label.
  private(set) var bins = Array(repeating: Bin(), count: binCount)
  /// The rows that are predicted worst.
  private(set) var worst = WorstRows()
  /// Rows that are images, evenly spaced: what they show and what was predicted.
  private(set) var samples: [RowExample] = []
  /// The number of samples.
  private static let mostSamples = 24
  /// What is true and what was predicted, for numbers.
  private(set) var pairs: [(truth: Double, prediction: Double)] = []

  /// Surveys the rows of `split` that the models in `folders` held out. Nil if the models predict no labelled rows, or there is no such split; throws if
  /// a model or its data cannot be read.
  init?(_ folders: [String], _ split: DataSplit) throws(Diagnostics) {
    let models = try folders.map { folder throws(Diagnostics) in try StoredModel.read(folder) as? any LabelledPredicting }
    guard let first = models.first, let target = first?.preprocessor.target else { return nil }
    kind = target.kind
    if kind == .value { worst.countNone() }
    for case let model? in models {
      guard let selection = try model.ownRows().rows[split] else { return nil }
      try add(selection, model)
    }
  }

  private mutating func add(_ selection: RowSelection, _ model: any LabelledPredicting) throws(Diagnostics) {
    let (target, columns) = (model.preprocessor.target, model.neededColumns)
    let size = max(1, min(4096, Self.pieceSize / max(1, target.width, model.width)))
    let stride = max(1, (selection.rows.count + Self.mostPairs - 1) / Self.mostPairs)
    let sampled = Set((0..<Self.mostSamples).map { $0 * selection.rows.count / Self.mostSamples })
    var start = 0
    while start < selection.rows.count {
      let end = min(start + size, selection.rows.count)
      let piece = RowSelection(selection.store, selection.rows[start..<end])
      // Images are decoded once for both.
      let (outputs, truths) = try model.predictionsAndTargets(piece)
      switch kind {
      case .classes:
        addClasses(outputs, truths.labels, target, piece, columns) { model.picture(of: piece, $0) }
        for row in piece.rows.indices where sampled.contains(start + row) {
          guard let picture = model.picture(of: piece, row) else { break }
          let own = outputs[row * target.width..<(row + 1) * target.width]
          guard let best = own.indices.max(by: { own[$0] < own[$1] }) else { continue }
          samples.append(
            RowExample(
              score: 0, place: piece.placeText(row), truth: target.classes[Int(truths.labels[row])],
              prediction: target.classes[best - row * target.width], measure: fixed(own[best], 3), content: "", picture: picture))
        }
      case .value: addNumbers(outputs, target.unscaled(truths.values), piece, columns, stride: stride)
      case .labels: addLabels(outputs, truths.values, target, piece, columns)
      }
      rows += piece.rows.count
      start = end
    }
  }

  /// The worst are those that are wrong with the highest confidence.
  private mutating func addClasses(
    _ probabilities: [Double], _ truths: [Int32], _ target: Target, _ piece: RowSelection, _ columns: [String],
    picture: (Int) -> [UInt8]?
  ) {
    let (width, names) = (target.width, target.classes)
    for (row, truth) in truths.enumerated() {
      let own = probabilities[row * width..<(row + 1) * width]
      guard let best = own.indices.max(by: { own[$0] < own[$1] }), own[best].isFinite else { continue }
      let (predicted, confidence) = (best - row * width, own[best])
      note(confidence, isHit: predicted == Int(truth))
      if predicted == Int(truth) { continue }
      worst.count()
      worst.add(confidence) {
        RowExample(
          score: confidence, place: piece.placeText(row), truth: names[Int(truth)], prediction: names[predicted],
          measure: fixed(confidence, 3), content: piece.content(row, columns: columns), picture: picture(row))
      }
    }
  }

  /// The worst are those with the largest errors.
  private mutating func addNumbers(
    _ predictions: [Double], _ truths: [Double], _ piece: RowSelection, _ columns: [String], stride: Int
  ) {
    for (row, (prediction, truth)) in zip(predictions, truths).enumerated() where prediction.isFinite && truth.isFinite {
      if (rows + row) % stride == 0 { pairs.append((truth, prediction)) }
      let error = prediction - truth
      worst.add(abs(error)) {
        RowExample(
          score: abs(error), place: piece.placeText(row), truth: shortNumber(truth), prediction: shortNumber(prediction),
          measure: (error > 0 ? "+" : "") + shortNumber(error), content: piece.content(row, columns: columns))
      }
    }
  }

  /// The worst are those with the label that is wrong with the highest confidence.
  private mutating func addLabels(
    _ probabilities: [Double], _ truths: [Float], _ target: Target, _ piece: RowSelection, _ columns: [String]
  ) {
    let (width, names) = (target.width, target.outputNames)
    for row in piece.rows.indices where width > 0 {
      var (wrong, confidence) = (nil as Int?, 0.0)
      for label in 0..<width {
        let (p, has) = (probabilities[row * width + label], truths[row * width + label] > 0.5)
        guard p.isFinite else { continue }
        note(p, isHit: has)
        let own = p > 0.5 ? p : 1 - p
        if (p > 0.5) != has, own > confidence { (wrong, confidence) = (label, own) }
      }
      guard let wrong else { continue }
      worst.count()
      worst.add(confidence) {
        let has = truths[row * width + wrong] > 0.5
        let name = names[wrong]
        return RowExample(
          score: confidence, place: piece.placeText(row), truth: has ? name : "not " + name, prediction: has ? "not " + name : name,
          measure: fixed(confidence, 3), content: piece.content(row, columns: columns))
      }
    }
  }

  private mutating func note(_ confidence: Double, isHit: Bool) {
    let bin = min(max(Int((confidence * Double(Self.binCount)).rounded(.up)) - 1, 0), Self.binCount - 1)
    bins[bin].rows += 1
    bins[bin].hits += isHit ? 1 : 0
    bins[bin].confidence += confidence
  }
}
