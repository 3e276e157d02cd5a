import TemperCore

/// What a model of images reads: rows with so many channels at each place. Sequences are images of height 1.
public struct ImageInput: Sendable {
  /// The channels of a place.
  public var channels: Int
  /// The size.
  public var size: Extent
  /// Whether the channels of a place lie side by side.
  public var isChannelsLast: Bool

  /// Images, or a sequence; nil for features in no order.
  public init?(_ shape: SampleShape) {
    switch shape {
    case .features: return nil
    case .image(let channels, let height, let width): (self.channels, size, isChannelsLast) = (channels, Extent(height, width), false)
    case .sequence(let length, let features): (channels, size, isChannelsLast) = (features, Extent(1, length), true)
    }
  }

  /// Whether it is a sequence.
  public var isSequence: Bool { size.height == 1 }

  /// `[rows, values]` to `[rows, height, width, channels]`.
  func callAsFunction(_ x: Tensor) -> Tensor {
    isChannelsLast
      ? x.reshaped([x.shape[0], size.height, size.width, channels]) : TemperCore.channelsLast(x, channels: channels, size: size)
  }
}
