import CTurboJPEG

/// JPEG images, by TurboJPEG.
final class JPEGDecoder {
  private let handle: tjhandle?

  init() { handle = tjInitDecompress() }

  deinit { if let handle { tjDestroy(handle) } }

  func header(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImageProblem) -> (ImageHeader, Orientation) {
    guard bytes.starts(with: [0xFF, 0xD8]) else {
      throw ImageProblem(message: "neither a PNG nor a JPEG file. Convert it to one of these, or remove it.")
    }
    var (width, height, sampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let failed = tjDecompressHeader3(handle, bytes.baseAddress, UInt(bytes.count), &width, &height, &sampling, &space) != 0
    // A warning about the first bytes leaves the header known.
    guard !failed || (width > 0 && height > 0 && tjGetErrorCode(handle) == TJERR_WARNING.rawValue) else { throw problem() }
    if space == TJCS_CMYK.rawValue || space == TJCS_YCCK.rawValue {
      throw ImageProblem(
        message: "a JPEG in CMYK, the colours of printers, which are not those of screens. Convert it to RGB, or remove it.")
    }
    return (
      ImageHeader(width: Int(width), height: Int(height), isGrey: space == TJCS_GRAY.rawValue), Orientation(jpeg: bytes)
    )
  }

  func image(
    _ bytes: UnsafeBufferPointer<UInt8>, isGrey: Bool, enough: (width: Int, height: Int)?
  ) throws(ImageProblem) -> (DecodedImage, Orientation) {
    let (header, turn) = try header(bytes)
    let shift = enough.map { Self.shift(header, turn.swapsSides ? ($0.height, $0.width) : $0) } ?? 0
    let (width, height) = ((header.width + (1 << shift) - 1) >> shift, (header.height + (1 << shift) - 1) >> shift)
    let channels = isGrey ? 1 : 3
    var failed = false
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { target, count in
      failed =
        tjDecompress2(
          handle, bytes.baseAddress, UInt(bytes.count), target.baseAddress, Int32(width), Int32(width * channels), Int32(height),
          isGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue, TJFLAG_LIMITSCANS) != 0
      count = width * height * channels
    }
    if failed, !isHarmless { throw problem() }
    return (DecodedImage(width: width, height: height, channels: channels, pixels: pixels), turn)
  }

  /// How often the sides can be halved so that there are still `enough` pixels.
  private static func shift(_ header: ImageHeader, _ enough: (width: Int, height: Int)) -> Int {
    (1...3).last { header.width >> $0 >= enough.width && header.height >> $0 >= enough.height } ?? 0
  }

  /// Whether what the library complains of leaves all pixels as they were saved: many cameras and programs write such files.
  private var isHarmless: Bool {
    guard tjGetErrorCode(handle) == TJERR_WARNING.rawValue else { return false }
    return message.contains("extraneous bytes before marker") || message.contains("Unknown Adobe color transform")
      || message.contains("Unknown JFIF")
  }

  private var message: String { tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error" }

  private func problem() -> ImageProblem {
    ImageProblem(message: "damaged JPEG file: \(message). Copy or make it again, or remove it.")
  }
}
