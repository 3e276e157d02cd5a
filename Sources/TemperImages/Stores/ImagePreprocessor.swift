import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Converts images to samples of one size, with a scale for each channel, and stores their target. It is saved beside the weights, so that
/// a model's folder is all that prediction needs.
public struct ImagePreprocessor: Sendable, Equatable {
  /// The size and the channels of an image.
  public let fit: ImageFit
  /// The scale of each channel.
  public let scales: [Scale]
  /// The target.
  public let target: Target

  /// A preprocessor of images as `fit` has them, with a scale for each channel.
  init(_ fit: ImageFit, _ scales: [Scale], _ target: Target) { (self.fit, self.scales, self.target) = (fit, scales, target) }

  /// The shape of an image.
  public var shape: SampleShape { fit.shape }

  /// The samples of the images `rows`, of which up to `budget` bytes stay in memory. Throws `E0255` for images of a size that is not changed, and `E0256`
  /// for those that cannot be decoded.
  public func samples(of images: any ImageStore, rows: [Int], budget: Int = .max) throws(Diagnostics) -> Samples {
    let (bytes, places) = try images.bytes(rows, fit, budget: budget)
    return Samples(bytes, rows: places, shape, scales: scales)
  }

  /// The image `row` as the model sees it, in a PNG file. Throws as ``samples(of:rows:budget:)`` does.
  public func picture(of images: any ImageStore, _ row: Int) throws(Diagnostics) -> [UInt8] {
    let (bytes, places) = try images.bytes([row], fit, budget: .max)
    let (channels, area) = (fit.channels, fit.height * fit.width)
    let pixels = bytes.withRow(places[0]) { planes in
      (0..<channels * area).map { planes[$0 % channels * area + $0 / channels] }
    }
    return ImageFormat.png.encoded(pixels, width: fit.width, height: fit.height)
  }

  /// A preprocessor that makes the same samples from a table with a column for each pixel (``IDXImages/pixelNames``); one without columns for images
  /// in colours, of which there are no tables.
  public var ofTables: Preprocessor {
    let names = fit.isGrey ? IDXImages.pixelNames(height: fit.height, width: fit.width) : []
    return Preprocessor(
      columns: names.map { .init($0, .numeric(mean: scales[0].center, deviation: scales[0].unit)) }, target: target)
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
          ("resize", .string(fit.resizing.rawValue)),
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
    guard lengths.count == 3, [1, 3].contains(lengths[0]), lengths.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw reader.failure("shape", image["shape"] ?? image, "1 or 3 channels, a height and a width")
    }
    guard let channels = image["channels"]?.array, channels.count == lengths[0] else {
      throw reader.failure("channels", image["channels"] ?? image, "a scale for each channel")
    }
    let fit = ImageFit(
      height: lengths[1], width: lengths[2], isGrey: lengths[0] == 1, resizing: image["resize"]?.string.flatMap(ImageResizing.init) ?? .crop
    )
    self.init(
      fit, try channels.map { channel throws(Diagnostics) in try reader.scale(in: channel) }, try Target(reader, json["target"] ?? json))
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
    return ImagePreprocessor(ImageFit(height: last[0] + 1, width: last[1] + 1, isGrey: true), [scale], old.target)
  }
}
