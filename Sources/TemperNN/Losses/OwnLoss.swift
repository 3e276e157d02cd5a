import TemperJSON

/// A loss that an objective outside this library brings along: a config may name it, and the objective knows what it means.
public protocol OwnLoss: Sendable {
  /// The value of `loss.type`.
  static var type: String { get }
  /// One line about it.
  static var doc: String { get }
  /// Reads the other keys of the block.
  init(_ c: FieldReader)
}
