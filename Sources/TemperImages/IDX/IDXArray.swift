import TemperData
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A file that is not an IDX file.
  public static let notIDX = Diagnostic.Code("E0250", "a file is not in the IDX format")
  /// An IDX file with elements other than unsigned bytes.
  public static let idxType = Diagnostic.Code("E0251", "an IDX file has an unsupported element type")
  /// An IDX file of images where labels are expected, or vice versa.
  public static let idxAxes = Diagnostic.Code("E0252", "an IDX file has the wrong number of axes")
  /// An IDX file larger or smaller than its header says.
  public static let idxSize = Diagnostic.Code("E0253", "an IDX file does not have the size given in its header")
  /// A file of images and a file of labels that do not match.
  public static let idxCounts = Diagnostic.Code("E0254", "the numbers of images and labels differ")
  /// Images of a different size than the model was trained on.
  public static let imageSize = Diagnostic.Code("E0255", "images have the wrong size")
}

/// An array of unsigned bytes in the IDX format of the MNIST files: two zeros, the element type, the number of axes, the length of each
/// axis as a big-endian 32-bit integer, then the elements.
struct IDXArray: Sendable {
  let file: FileBytes
  /// The length of each axis.
  let shape: [Int]

  /// Reads `file`, which must hold `what`, with `axes` axes. Throws `E0250` to `E0253`.
  init(_ file: FileBytes, axes: Int, what: String) throws(Diagnostics) {
    (self.file, shape) = (file, try file.withBytes { (bytes) throws(Diagnostics) in try Self.shape(bytes, file.name, axes, what) })
  }

  private static func shape(
    _ bytes: UnsafeBufferPointer<UInt8>, _ name: String, _ axes: Int, _ what: String
  ) throws(Diagnostics) -> [Int] {
    let place = Place.wholeFile(path: name)
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[3] > 0 else {
      throw Diagnostics(
        .notIDX, at: place, "not an IDX file: it does not begin with two zeros, a type and a number of axes. Check the path.")
    }
    guard bytes[2] == 0x08 else {
      let types: [UInt8: String] = [
        0x09: "signed bytes", 0x0B: "16-bit integers", 0x0C: "32-bit integers", 0x0D: "32-bit floats", 0x0E: "64-bit floats",
      ]
      guard let type = types[bytes[2]] else {
        throw Diagnostics(.notIDX, at: place, "not an IDX file: unknown element type \(bytes[2]). Check the path.")
      }
      throw Diagnostics(.idxType, at: place, "unsupported element type: \(type). Convert to unsigned bytes, or write a table.")
    }
    guard bytes[3] == axes else {
      throw Diagnostics(
        .idxAxes, at: place, "it has \(counted(Int(bytes[3]), "axis", "axes")), but \(what) have \(axes). Check which file is which.")
    }
    let header = 4 + 4 * axes
    guard bytes.count >= header else {
      throw Diagnostics(.idxSize, at: place, "the file ends inside its header. Copy or download it again.")
    }
    let shape = (0..<axes).map { axis in (0..<4).reduce(0) { $0 << 8 | Int(bytes[4 + 4 * axis + $1]) } }
    // Each length is below 2^32: the product of three may overflow.
    let size = shape.reduce((partialValue: 1, overflow: false)) { product, length in
      let next = product.partialValue.multipliedReportingOverflow(by: length)
      return (next.partialValue, next.overflow || product.overflow)
    }
    guard !size.overflow, bytes.count - header == size.partialValue else {
      let wanted = shape.map(String.init).joined(separator: " x ")
      throw Diagnostics(
        .idxSize, at: place,
        "its header gives \(wanted) bytes, but \(bytes.count - header) follow. Copy or download it again.")
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw Diagnostics(.idxSize, at: place, "the array is empty: one of its axes has length 0. Check the path.")
    }
    return shape
  }

  /// Calls `body` with the elements, row-major.
  func withElements<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    file.withBytes { body(UnsafeBufferPointer(rebasing: $0[(4 + 4 * shape.count)...])) }
  }
}

/// Greyscale images of one size, from an IDX file with three axes.
public struct IDXImages: Sendable {
  private let array: IDXArray

  /// The images in `file`. Throws `E0250` to `E0253` where there are none.
  public init(_ file: FileBytes) throws(Diagnostics) {
    array = try IDXArray(file, axes: 3, what: "images")
  }

  /// Whether the file at `path` is named as IDX files of images are.
  public static func isNamedLike(_ path: String) -> Bool {
    path.hasSuffix("-ubyte") || path.hasSuffix("-ubyte.gz") || path.hasSuffix(".idx")
  }

  /// The file.
  public var file: FileBytes { array.file }
  /// The number of images.
  public var count: Int { array.shape[0] }
  /// The rows of pixels per image.
  public var rows: Int { array.shape[1] }
  /// The pixels per row.
  public var columns: Int { array.shape[2] }
  /// Calls `body` with every pixel, image by image and row by row, 0 to 255.
  func withPixels<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result { array.withElements(body) }

  /// Lets the system reclaim the memory of the images `rows`. Throws `E0227` where the file has been truncated since it was opened.
  public func release(_ rows: Range<Int>) throws(Diagnostics) {
    let start = file.contentCount - count * self.rows * columns
    file.release(start + rows.lowerBound * self.rows * columns..<start + rows.upperBound * self.rows * columns)
    try file.checkUncut()
  }

  /// The names of the pixels in file order, `pixel_ROW_COLUMN` from 0: the columns of a table of the same images.
  public var pixelNames: [String] { Self.pixelNames(height: rows, width: columns) }

  static func pixelNames(height: Int, width: Int) -> [String] {
    (0..<height).flatMap { row in (0..<width).map { "pixel_\(row)_\($0)" } }
  }
}

extension IDXImages: ByteStore {
  /// See ``ByteStore``.
  public func withRow<Result>(_ row: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withPixels { body($0.baseAddress! + row * rows * columns) }
  }
}
