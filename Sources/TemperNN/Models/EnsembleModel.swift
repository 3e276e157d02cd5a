import TemperCore

/// How the predictions of an ensemble's members are averaged into its output.
public enum MemberAverage: Sendable {
  /// Outputs are logits of classes: the logarithm of the mean probability.
  case softmax
  /// Outputs are logits of labels: the logit of the mean probability.
  case sigmoid
  /// Outputs are values, or probabilities: their mean.
  case values

  /// `[rows · members, outputs]` to `[rows, outputs]`.
  func callAsFunction(_ outputs: Tensor, members: Int) -> Tensor {
    let shape: Shape = [outputs.shape[0] / members, members, outputs.shape[1]]
    func mean(_ x: Tensor) -> Tensor { x.reshaped(shape).mean(axis: 1) }
    switch self {
    case .softmax:
      return (mean(outputs.softmax()) + Float.leastNormalMagnitude).log()
    case .sigmoid:
      let tiny = Float.leastNormalMagnitude
      return (mean(outputs.sigmoid()) + tiny).log() - (mean((-outputs).sigmoid()) + tiny).log()
    case .values: return mean(outputs)
    }
  }
}

/// A model of several members, each of which is trained on every row, and whose predictions are averaged.
public protocol EnsembleModel<Inputs>: Model {
  /// The number of members.
  var members: Int { get }
  /// The outputs of all members, `[rows · members, outputs]`, member by member for each row.
  func memberOutputs(_ x: Inputs, _ context: Context) -> Tensor
}
