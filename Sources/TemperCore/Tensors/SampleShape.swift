/// The shape of one sample, as a model sees it.
public enum SampleShape: Sendable, Equatable {
  /// So many features in no order that matters: a row of a table.
  case features(Int)
  /// An image, `[channels, height, width]`.
  case image(channels: Int, height: Int, width: Int)
  /// A sequence, `[length, features]`.
  case sequence(length: Int, features: Int)

  /// The length of each axis.
  public var dimensions: [Int] {
    switch self {
    case .features(let count): [count]
    case .image(let channels, let height, let width): [channels, height, width]
    case .sequence(let length, let features): [length, features]
    }
  }

  /// How many values a sample has.
  public var count: Int { dimensions.reduce(1, *) }

  /// How many channels are scaled apart: an image's channels, a sequence's features; 1 for features, whose scales are their own affair.
  public var channels: Int {
    switch self {
    case .features: 1
    case .image(let channels, _, _): channels
    case .sequence(_, let features): features
    }
  }
}
