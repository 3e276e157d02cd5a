import CTemperKernels
import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Images of unsigned bytes in an NPY file or a member of an NPZ archive: `[images, height, width]` in grey; in colours, or with one channel, also
/// `[images, height, width, channels]` or `[images, channels, height, width]`.
public struct NPYImages: ArrayImages {
  private let array: NPYBytes
  /// See ``ArrayImages``.
  public let fit: ImageFit
  /// Whether the colours of a pixel lie side by side.
  private let isInterleaved: Bool

  /// Reads the array at `path`. Throws `E0267` for one of another shape, `E0266` for other elements than unsigned bytes.
  public init(reading path: String) throws(Diagnostics) {
    array = try NPYBytes(reading: path)
    let shape = array.shape
    switch shape.count {
    case 3: (fit, isInterleaved) = (ImageFit(height: shape[1], width: shape[2], isGrey: true), false)
    case 4 where [1, 3].contains(shape[3]):
      (fit, isInterleaved) = (ImageFit(height: shape[1], width: shape[2], isGrey: shape[3] == 1), shape[3] == 3)
    case 4 where [1, 3].contains(shape[1]):
      (fit, isInterleaved) = (ImageFit(height: shape[2], width: shape[3], isGrey: shape[1] == 1), false)
    default:
      throw Diagnostics(
        .arrayShape, at: .wholeFile(path: path),
        "its shape is [\(shape.map(String.init).joined(separator: ", "))], but images have [images, height, width], and 1 or 3 channels after these or "
          + "after the first. Reshape the array.")
    }
  }

  /// See ``ImageStore``.
  public var count: Int { array.shape[0] }
  /// See ``ArrayImages``.
  public var file: FileBytes { array.file }
  /// See ``ArrayImages``.
  public var name: String { array.name }

  /// See ``ByteStore``.
  public func withRow<Result>(_ row: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    let width = fit.shape.count
    return array.withBytes { bytes in
      let image = bytes.baseAddress! + row * width
      guard isInterleaved else { return body(image) }
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width) { planes in
        temper_planes(image, width / 3, 3, planes.baseAddress)
        return body(UnsafePointer(planes.baseAddress!))
      }
    }
  }
}
