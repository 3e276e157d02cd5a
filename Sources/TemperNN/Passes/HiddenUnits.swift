import TemperCore

/// A group of hidden units and its parameters: all that counting dead units, resetting or pruning needs from the model.
public struct HiddenUnits {
  /// The group's name: that of its layer.
  public let name: String
  /// How many units there are.
  public let count: Int
  /// The weight whose row i is the input of unit i.
  public let incoming: Parameter
  /// The bias whose element i belongs to unit i.
  public let bias: Parameter?
  /// The weight whose column i is the output of unit i.
  public let outgoing: Parameter

  /// The name of the units' values, `[rows, units]`, in ``ActivationHooks``.
  public var activation: String { Self.activation(of: name) }

  /// The name of the activation of layer `layer`.
  static func activation(of layer: String) -> String { layer + ".activation" }
}
