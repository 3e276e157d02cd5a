import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Converts images of one size to samples, with a scale for each channel, and stores their target. It is saved beside the weights, so that
/// a model's folder is all that prediction needs.
public struct ImagePreprocessor: Sendable, Equatable {
  /// The shape of an image.
  public let shape: SampleShape
  /// The scale of each channel.
  public let scales: [Scale]
  /// The target.
  public let target: Target

  /// A preprocessor of greyscale images of `height` x `width` pixels.
  init(height: Int, width: Int, scale: Scale, _ target: Target) {
    (shape, scales, self.target) = (.image(channels: 1, height: height, width: width), [scale], target)
  }

  private var height: Int { shape.dimensions[1] }
  private var width: Int { shape.dimensions[2] }

  /// The samples of the images `rows`, which stay in place. Throws `E0255` for images of another size.
  public func samples(of images: IDXImages, rows: [Int]) throws(Diagnostics) -> Samples {
    guard images.rows == height, images.columns == width else {
      throw Diagnostics(
        .imageSize, at: .wholeFile(path: images.file.name),
        "images of \(images.rows) x \(images.columns) pixels, but the model was trained on images of \(height) x \(width). "
          + "Use images of the same size.")
    }
    return Samples(images, rows: rows, shape, scales: scales)
  }

  /// A preprocessor that makes the same samples from a table with a column for each pixel (``IDXImages/pixelNames``).
  public var ofTables: Preprocessor {
    Preprocessor(
      columns: IDXImages.pixelNames(height: height, width: width).map {
        .init($0, .numeric(mean: scales[0].center, deviation: scales[0].unit))
      }, target: target)
  }

  /// Earlier versions are those of tables, ``Preprocessor/json``, with a column for each pixel.
  private static let version = 4

  /// The whole preprocessor; numbers are stored exactly.
  public var json: JSON {
    .object([
      ("version", .integer(Self.version)), ("target", target.json),
      (
        "image",
        .object([
          ("shape", .array(shape.dimensions.map { .integer($0) })),
          ("channels", .array(scales.map { .object([("mean", .number($0.center)), ("deviation", .number($0.unit))]) })),
        ])
      ),
    ])
  }

  /// Reads what ``json`` wrote, or the earlier format of pixel columns with a single scale. Throws `E0220` with the place of what is
  /// missing or wrong.
  public init(json: JSON) throws(Diagnostics) {
    let reader = StoredReader(file: json.place)
    guard json["version"]?.integer == Self.version else {
      self = try Self.fromColumns(json, reader)
      return
    }
    let image = json["image"] ?? json
    let lengths = image["shape"]?.array?.compactMap(\.integer) ?? []
    guard lengths.count == 3, lengths[0] == 1, lengths.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw reader.failure("shape", image["shape"] ?? image, "1, a height and a width")
    }
    guard let channels = image["channels"]?.array, channels.count == lengths[0] else {
      throw reader.failure("channels", image["channels"] ?? image, "a scale for each channel")
    }
    self.init(height: lengths[1], width: lengths[2], scale: try reader.scale(in: channels[0]), try Target(reader, json["target"] ?? json))
  }

  /// The preprocessor from a version with a scale for each pixel, where these are all equal.
  private static func fromColumns(_ json: JSON, _ reader: StoredReader) throws(Diagnostics) -> ImagePreprocessor {
    let old = try Preprocessor(json: json)
    let scales = old.columns.compactMap { column -> Scale? in
      if case .numeric(let transform) = column.transform { transform.scaling.linear } else { nil }
    }
    let last = old.columns.last?.name.split(separator: "_").compactMap { Int($0) } ?? []
    guard let scale = scales.first, scales.allSatisfy({ $0 == scale }), last.count == 2,
      old.columns.map(\.name) == IDXImages.pixelNames(height: last[0] + 1, width: last[1] + 1)
    else {
      throw reader.failure("version", json["version"] ?? json, "\(version): earlier versions scaled each pixel separately")
    }
    return ImagePreprocessor(height: last[0] + 1, width: last[1] + 1, scale: scale, old.target)
  }
}
