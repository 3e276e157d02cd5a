import TemperCore

/// Pixels as they were decoded: of a place red, green and blue, or one grey, row by row from the top.
struct DecodedImage: Equatable {
  let width: Int
  let height: Int
  /// 1 for grey, 3 for colours.
  let channels: Int
  let pixels: [UInt8]
}

/// What the header of an image says, the image being turned upright.
struct ImageHeader: Equatable {
  let width: Int
  let height: Int
  let isGrey: Bool
}

/// Why an image cannot be decoded: what is wrong, and a remedy.
struct ImageProblem: Error, Equatable {
  let message: String
}

/// Decodes PNG by libpng and JPEG by TurboJPEG, told apart by their first bytes.
///
/// Images are turned as their EXIF orientation says, transparent parts lie on white, and 16-bit samples become 8-bit ones. Grey is
/// .299 red + .587 green + .114 blue (ITU-R 601-2), of a JPEG its own luma. It keeps memory between images and may be used by one thread at a time.
final class ImageDecoder: @unchecked Sendable {
  /// More pixels than any camera has take memory and time without end: some kilobytes of PNG may stand for gigabytes.
  static let pixelLimit = 1 << 27

  private let jpeg = JPEGDecoder()

  /// The header of the image in `bytes`.
  func header(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImageProblem) -> ImageHeader {
    let (header, turn) = isPNG(bytes) ? (try PNG.header(bytes), PNG.orientation(bytes)) : try jpeg.header(bytes)
    guard header.width > 0, header.height > 0, header.width <= Self.pixelLimit / header.height else {
      throw ImageProblem(
        message:
          "it has \(header.width) x \(header.height) pixels, more than the \(Self.pixelLimit >> 20) million that are read. Scale it down.")
    }
    return turn.swapsSides ? ImageHeader(width: header.height, height: header.width, isGrey: header.isGrey) : header
  }

  /// The image in `bytes`, in grey or in colours. A JPEG is decoded at half, a quarter or an eighth of its size where that still has at least
  /// `enough` pixels in each direction (width and height), as for a thumbnail.
  func image(
    _ bytes: UnsafeBufferPointer<UInt8>, isGrey: Bool, enough: (width: Int, height: Int)? = nil
  ) throws(ImageProblem) -> DecodedImage {
    try demandMemory(try header(bytes))
    let (image, turn) =
      isPNG(bytes)
      ? (try PNG.image(bytes, isGrey: isGrey), PNG.orientation(bytes)) : try jpeg.image(bytes, isGrey: isGrey, enough: enough)
    return turn.upright(image)
  }

  /// Throws where the pixels, with room to convert and turn them, do not fit into memory.
  private func demandMemory(_ header: ImageHeader) throws(ImageProblem) {
    let (count, bytesPerPixel) = (header.width * header.height, 8)
    guard count > 1 << 24, count * bytesPerPixel > MemoryLimit.available() else { return }
    throw ImageProblem(
      message:
        "its \(header.width) x \(header.height) pixels need \(MemoryLimit.text(count * bytesPerPixel)) of memory. Scale it down, or add memory."
    )
  }

  private func isPNG(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { bytes.starts(with: PNG.signature) }
}
