import Glibc
import TemperCore

/// A group of hidden units as the parameters see it. Counting dead units, resetting or pruning them needs nothing else of the model.
public struct HiddenUnits {
  /// The group's name: that of its layer.
  public let name: String
  /// How many units there are.
  public let count: Int
  /// The weight whose row i leads into unit i.
  public let incoming: Parameter
  /// The bias whose element i belongs to unit i.
  public let bias: Parameter?
  /// The weight whose column i leads out of unit i.
  public let outgoing: Parameter
  /// The logit of the rate at which the units are dropped, where that is learned.
  public internal(set) var dropoutLogit: Parameter? = nil

  /// The name under which ``ActivationHooks`` get the units' values, `[rows, units]`.
  public var activation: String { Self.activation(of: name) }

  /// The learned rate of dropout, if there is one.
  public var learnedDropoutRate: Double? {
    dropoutLogit.map { 1 / (1 + exp(-Double($0.value.pointer[0]))) }
  }

  /// The name of the activation of the layer called `layer`.
  static func activation(of layer: String) -> String { layer + ".activation" }
}
