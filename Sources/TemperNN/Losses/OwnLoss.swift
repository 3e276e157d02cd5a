import TemperJSON

/// A loss that comes with an objective defined outside this library: a config may name it, and the objective interprets it.
public protocol OwnLoss: Sendable {
  /// The value of `loss.type`.
  static var type: String { get }
  /// A one-line description.
  static var doc: String { get }
  /// Reads the other keys of the block.
  init(_ c: FieldReader)
}
