import TemperCore
import TemperData
import TemperJSON

extension Diagnostic.Code {
  /// An image that cannot be decoded.
  public static let badImage = Diagnostic.Code("E0256", "an image file is damaged or of a kind that is not read")
  /// Images of different sizes, and no size given.
  public static let imageSizesDiffer = Diagnostic.Code("E0257", "images have different sizes")
  /// A folder without images.
  public static let folderWithoutImages = Diagnostic.Code("E0306", "a folder has no images")
}

/// Images as they are stored, which become samples of one size.
public protocol ImageStore: Sendable {
  /// The number of images.
  var count: Int { get }
  /// The source of image `row`, for messages.
  func place(ofImage row: Int) -> Place
  /// The images `rows` as `fit` has them: bytes, and where each image is in these. At most about `budget` bytes of decoded images are kept in memory.
  ///
  /// Throws `E0255` for images of a size that is not changed, and `E0256` for those that cannot be decoded.
  func bytes(_ rows: [Int], _ fit: ImageFit, budget: Int) throws(Diagnostics) -> (bytes: any ByteStore, rows: [Int])
}

/// Calls `body` with every number below `count`, on all threads of the engine.
func onThreads(_ count: Int, _ body: (Int) -> Void) {
  Partition(count, cost: 1 << 20, maxChunks: 32, minItems: 1).run { _, items in
    for item in items { body(item) }
  }
}
