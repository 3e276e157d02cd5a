import CTemperKernels
import TemperCore

/// How images of any size get the one that a model takes.
public enum ImageResizing: String, Sendable, CaseIterable {
  /// The middle part with the proportions of that size.
  case crop
  /// The whole image, whose proportions change.
  case stretch
}

/// The size and the channels of a model's images.
public struct ImageFit: Sendable, Equatable {
  /// Rows of pixels.
  public let height: Int
  /// Pixels of a row.
  public let width: Int
  /// Whether images are grey, with one channel, and not red, green and blue.
  public let isGrey: Bool
  /// What happens to images of another size.
  public let resizing: ImageResizing

  /// Images of the given size and colours.
  public init(height: Int, width: Int, isGrey: Bool, resizing: ImageResizing = .crop) {
    (self.height, self.width, self.isGrey, self.resizing) = (height, width, isGrey, resizing)
  }

  /// The channels of an image.
  public var channels: Int { isGrey ? 1 : 3 }
  /// The shape of an image.
  public var shape: SampleShape { .image(channels: channels, height: height, width: width) }

  /// Decodes `bytes` and writes the image to `target`, channel by channel. Where it must shrink, neighbours are averaged (a triangle filter, as
  /// Pillow's `BILINEAR`).
  func write(_ bytes: UnsafeBufferPointer<UInt8>, by decoder: ImageDecoder, to target: UnsafeMutablePointer<UInt8>) throws(ImageProblem) {
    let image = try decoder.image(bytes, isGrey: isGrey, enough: (2 * width, 2 * height))
    if image.width == width, image.height == height {
      return image.pixels.withUnsafeBufferPointer { temper_planes($0.baseAddress, width * height, channels, target) }
    }
    var (across, down) = (Double(image.width), Double(image.height))
    if resizing == .crop {
      let scale = min(across / Double(width), down / Double(height))
      (across, down) = (Double(width) * scale, Double(height) * scale)
    }
    let (left, top) = ((Double(image.width) - across) / 2, (Double(image.height) - down) / 2)
    let isResized = image.pixels.withUnsafeBufferPointer {
      temper_resize_image($0.baseAddress, image.width, image.height, channels, left, top, across, down, target, width, height)
    }
    require(isResized != 0, "there is no memory to resize an image")
  }
}
