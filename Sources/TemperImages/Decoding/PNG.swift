import CPNG

/// PNG images, by the simplified interface of libpng.
enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func header(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImageProblem) -> ImageHeader {
    try withOpened(bytes) { image throws(ImageProblem) in
      ImageHeader(
        width: Int(image.pointee.width), height: Int(image.pointee.height), isGrey: image.pointee.format & PNG_FORMAT_FLAG_COLOR == 0)
    }
  }

  /// Its size has been checked before.
  static func image(_ bytes: UnsafeBufferPointer<UInt8>, isGrey: Bool) throws(ImageProblem) -> DecodedImage {
    try withOpened(bytes) { image throws(ImageProblem) in
      let (width, height) = (Int(image.pointee.width), Int(image.pointee.height))
      let format = image.pointee.format & (PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
      let (isColored, hasAlpha) = (format & PNG_FORMAT_FLAG_COLOR != 0, format & PNG_FORMAT_FLAG_ALPHA != 0)
      // What the file has, with 8 bits a sample; it is converted here, in the values that are stored, and not by libpng, in those of light.
      image.pointee.format = format
      let channels = (isColored ? 3 : 1) + (hasAlpha ? 1 : 0)
      var isRead = false
      let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { target, count in
        isRead = png_image_finish_read(image, nil, target.baseAddress, Int32(width * channels), nil) != 0
        count = isRead ? width * height * channels : 0
      }
      guard isRead else { throw problem(image.pointee) }
      let converted = PixelFormat(channels: channels, hasAlpha: hasAlpha).converted(pixels, count: width * height, isGrey: isGrey)
      return DecodedImage(width: width, height: height, channels: isGrey ? 1 : 3, pixels: converted)
    }
  }

  /// The orientation in the chunk `eXIf`, where there is one before the pixels.
  static func orientation(_ bytes: UnsafeBufferPointer<UInt8>) -> Orientation {
    var place = signature.count
    while place + 12 <= bytes.count {
      let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
      let type = bytes[place + 4..<place + 8]
      guard length <= bytes.count - place - 12, !type.elementsEqual("IDAT".utf8) else { break }
      if type.elementsEqual("eXIf".utf8) {
        return Orientation(tiff: UnsafeBufferPointer(rebasing: bytes[place + 8..<place + 8 + length]))
      }
      place += 12 + length
    }
    return .upright
  }

  /// Calls `body` with the opened file. The structure stays where it is: the library keeps its address.
  private static func withOpened<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeMutablePointer<png_image>) throws(ImageProblem) -> Result
  ) throws(ImageProblem) -> Result {
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    defer {
      png_image_free(image)
      image.deallocate()
    }
    image.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
    guard png_image_begin_read_from_memory(image, bytes.baseAddress, bytes.count) != 0 else { throw problem(image.pointee) }
    // Samples of 16 bits without a colour space are not taken for amounts of light.
    image.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    return try body(image)
  }

  private static func problem(_ image: png_image) -> ImageProblem {
    let text = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return ImageProblem(message: "damaged PNG file: \(text). Copy or make it again, or remove it.")
  }
}

/// How the samples of a place lie in memory.
struct PixelFormat {
  /// 1 for grey or 3 for colours, and 1 for opacity.
  let channels: Int
  /// Whether the last channel is opacity.
  let hasAlpha: Bool

  /// `count` places as grey or as colours, on white where they are transparent.
  func converted(_ pixels: [UInt8], count: Int, isGrey: Bool) -> [UInt8] {
    let colors = channels - (hasAlpha ? 1 : 0)
    let outputs = isGrey ? 1 : 3
    if !hasAlpha, colors == outputs { return pixels }
    return [UInt8](unsafeUninitializedCapacity: count * outputs) { target, length in
      pixels.withUnsafeBufferPointer { pixels in
        for place in 0..<count {
          let from = place * channels
          func sample(_ channel: Int) -> Int {
            let value = Int(pixels[from + min(channel, colors - 1)])
            guard hasAlpha else { return value }
            let opacity = Int(pixels[from + colors])
            return (value * opacity + 255 * (255 - opacity) + 127) / 255
          }
          if !isGrey {
            for channel in 0..<3 { target[place * 3 + channel] = UInt8(sample(channel)) }
          } else if colors == 1 {
            target[place] = UInt8(sample(0))
          } else {
            // The weights of ITU-R 601-2 in 16 bits.
            target[place] = UInt8((sample(0) * 19595 + sample(1) * 38470 + sample(2) * 7471 + 0x8000) >> 16)
          }
        }
      }
      length = count * outputs
    }
  }
}
