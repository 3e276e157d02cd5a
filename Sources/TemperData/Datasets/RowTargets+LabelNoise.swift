import TemperCore

extension RowTargets {
  /// The same rows with injected label noise: a fraction `share` of them, rounded to whole rows, get another of `classes`, each other class
  /// with equal probability (symmetric noise). Rows must have one class each.
  ///
  /// Streams `label_noise` and `label_noise.class`: the same seed always selects the same rows, and those of a smaller fraction are a
  /// subset of those of a larger one, with the same wrong classes.
  ///
  /// - Returns: the targets, and the rows with noisy labels, in random order.
  public func withLabelNoise(_ share: Double, classes: Int, random: RandomStreams) -> (targets: RowTargets, changed: [Int]) {
    require(classes > 1 && width == 0, "withLabelNoise: needs one label per row and at least two classes")
    var order = Array(0..<count)
    var sequence = random.sequence("label_noise")
    sequence.shuffle(&order)
    let changed = Int((share * Double(count)).rounded())
    var labels = labels
    for row in order.prefix(changed) {
      var draw = random.sequence("label_noise.class", row)
      let other = Int32(draw.below(classes - 1))
      labels[row] = other < labels[row] ? other : other + 1
    }
    return (RowTargets(.classes(labels), rowIDs: rowIDs), Array(order.prefix(changed)))
  }
}
