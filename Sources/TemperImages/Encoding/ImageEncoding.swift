import CPNG
import CTurboJPEG
import TemperCore

/// The formats that images are written in.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// PNG, by libpng: every pixel as it is.
  case png
  /// JPEG of quality 95 without loss of colour resolution, by TurboJPEG.
  case jpeg

  /// The ending of file names.
  public var ending: String { self == .png ? ".png" : ".jpg" }

  /// The file of an image: `pixels` of grey, or of red, green and blue side by side, row by row.
  public func encoded(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    let isGrey = pixels.count == width * height
    require(isGrey || pixels.count == 3 * width * height, "an image of \(width) x \(height) has \(pixels.count) samples")
    return self == .png ? Self.png(pixels, width, height, isGrey) : Self.jpeg(pixels, width, height, isGrey)
  }

  private static func png(_ pixels: [UInt8], _ width: Int, _ height: Int, _ isGrey: Bool) -> [UInt8] {
    var image = png_image()
    (image.version, image.width, image.height) = (png_uint_32(PNG_IMAGE_VERSION), png_uint_32(width), png_uint_32(height))
    image.format = isGrey ? 0 : PNG_FORMAT_FLAG_COLOR
    // Filters, and stored blocks where nothing can be compressed.
    var size = pixels.count + pixels.count / 8 + height + 4096
    var isWritten = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      isWritten = png_image_write_to_memory(&image, target.baseAddress, &size, 0, pixels, 0, nil) != 0
      count = isWritten ? size : 0
    }
    require(isWritten, "libpng wrote no image")
    return bytes
  }

  private static func jpeg(_ pixels: [UInt8], _ width: Int, _ height: Int, _ isGrey: Bool) -> [UInt8] {
    let handle = tjInitCompress()
    defer { tjDestroy(handle) }
    var (target, size) = (nil as UnsafeMutablePointer<UInt8>?, UInt(0))
    let isWritten =
      tjCompress2(
        handle, pixels, Int32(width), 0, Int32(height), isGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue, &target, &size,
        isGrey ? Int32(TJSAMP_GRAY.rawValue) : Int32(TJSAMP_444.rawValue), 95, 0) == 0
    defer { tjFree(target) }
    require(isWritten && target != nil, "TurboJPEG wrote no image")
    return Array(UnsafeBufferPointer(start: target, count: Int(size)))
  }
}
