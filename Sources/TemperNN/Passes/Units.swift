import Glibc
import TemperCore

/// A group of hidden units as the parameters see it. Counting dead units, resetting or pruning them needs nothing else of the model.
public struct Units {
  /// The group's name: what ``Taps`` reports its activations under.
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

  /// The learned rate of dropout, if there is one.
  public var learnedDropoutRate: Double? {
    dropoutLogit.map { 1 / (1 + exp(-Double($0.value.pointer[0]))) }
  }
}
