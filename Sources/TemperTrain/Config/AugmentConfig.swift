import TemperCore
import TemperData
import TemperImages
import TemperJSON
import TemperNN
import TemperTables

/// The `train.augment` block of a config: how training rows are augmented each time they are used.
public struct AugmentConfig: Sendable {
  /// The standard deviation of the noise added to numbers, after scaling.
  public let noise: Double
  /// The maximum shift in positions.
  public let shift: Int
  /// The probability of a horizontal flip.
  public let flip: Double
  /// The side of the square, or the length of the segment, that is cut out.
  public let cutout: Int
  /// The parameter of the beta distribution of mixup.
  public let mixup: ScalarSchedule
  /// The parameter of the beta distribution of CutMix.
  public let cutmix: Double
  /// Crops, rotations, colours and the operations of RandAugment.
  public let distortion: Augmentation.Distortion
  /// Rows and columns of an image, or the length of a sequence, if the columns of a table represent one.
  public let shape: [Int]?

  /// The keys that need a shape.
  private static let spatial = ["shift", "flip", "cutout", "cutmix"] + distorting + ofBytes
  /// The keys that need an image.
  private static let distorting = ["crop", "rotate"]
  /// The keys that need an image with pixels from 0 to 255.
  private static let ofBytes = ["color", "randaugment"]

  /// Reads the block; `metrics` are the names that a schedule may monitor.
  public init(_ c: FieldReader, metrics: [String]) {
    noise = c.number(
      "noise", default: 0, in: 0..., doc: "Standard deviation of Gaussian noise added to numbers, after scaling; not to categories.")
    shift = c.integer(
      "shift", default: 0, in: 0...1_000_000, doc: "Maximum shift of an image in pixels, in both directions; positions of a sequence."
    )
    flip = c.number("flip", default: 0, in: 0...1, doc: "Probability of flipping an image horizontally.")
    cutout = c.integer(
      "cutout", default: 0, in: 0...1_000_000, doc: "Side of the square cut out of each image; length of the segment of a sequence.")
    mixup = c.scalarOrSchedule(
      "mixup", default: 0, in: 0...1000, metrics: metrics,
      doc: "Mix each row with another, inputs and losses alike, with weights drawn from Beta(mixup, mixup) (Zhang et al. 2018).")
    cutmix = c.number(
      "cutmix", default: 0, in: 0...1000,
      doc:
        "Replace a part of each image by that of another, and its share of the loss (Yun et al. 2019), with areas drawn from Beta(cutmix, cutmix); with "
        + "mixup, one of both at random.")
    var distortion = Augmentation.Distortion(
      crop: c.number(
        "crop", default: 1, in: .above(0, through: 1),
        doc: "Smallest share of the area that a random crop of each image keeps before it is resized to the whole; 1 for no crops."),
      rotation: c.number("rotate", default: 0, in: 0...180, doc: "Largest angle of a random rotation, in degrees."),
      color: c.number(
        "color", default: 0, in: 0...1,
        doc: "Largest change of brightness, contrast and saturation: by factors from 1 - color to 1 + color."))
    if let random = c.optionalObject(
      "randaugment", doc: "Random operations on each image (RandAugment, Cubuk et al. 2020).", RandAugment.init)
    {
      (distortion.operations, distortion.magnitude) = (random.operations, random.magnitude)
    }
    self.distortion = distortion
    shape = c.optionalIntegers(
      "shape", in: 1...1_000_000, count: 1...2,
      doc: "Shape of the columns of a table, in order and including constant ones: `[rows, columns]` of an image, or `[length]` "
        + "of a sequence.")
    if c.isSet("shape"), !Self.spatial.contains(where: { c.has($0) }) {
      c.fail("shape", .invalidValue, "has no effect without shift, flip, cutout or another change of images; set one of them, or remove it")
    }
  }

  /// The key that needs a shape, if one is used.
  private var spatialKey: String? {
    if shift > 0 { return "shift" }
    return flip > 0 ? "flip" : cutout > 0 ? "cutout" : cutmix > 0 ? "cutmix" : distortingKey ?? byteKey
  }

  /// The key that needs an image, if one is used.
  private var distortingKey: String? { distortion.crop < 1 ? "crop" : distortion.rotation > 0 ? "rotate" : nil }
  /// The key that needs pixels from 0 to 255, if one is used.
  private var byteKey: String? { distortion.color > 0 ? "color" : distortion.operations > 0 ? "randaugment" : nil }

  /// The block `randaugment`.
  private struct RandAugment {
    let operations: Int
    let magnitude: Double

    init(_ c: FieldReader) {
      operations = c.integer("operations", default: 2, in: 1...14, doc: "Number of operations on an image, each one of fourteen.")
      magnitude = c.number("magnitude", default: 9, in: 0...30, doc: "Strength of the operations.")
    }
  }

  /// The augmentation of rows with `layout`; nil for none. Throws if it does not fit the features.
  func augmentation(of layout: FeatureLayout, _ file: ConfigFile) throws(Diagnostics) -> Augmentation? {
    var augmentation = Augmentation(mixup: mixup.constant ?? 0, mixupControl: mixup.constant == nil ? MixupControl(0) : nil)
    if noise > 0 {
      augmentation.noise = layout.areNumbers.map { $0 ? Float(noise) : 0 }
      if augmentation.noise.allSatisfy({ $0 == 0 }) {
        throw file.mistake("train.augment.noise", "requires numeric columns, and there are none; remove it")
      }
    }
    augmentation.geometry = try geometry(of: layout, file)
    augmentation.cutmix = cutmix
    return augmentation == Augmentation() ? nil : augmentation
  }

  private func geometry(of layout: FeatureLayout, _ file: ConfigFile) throws(Diagnostics) -> Augmentation.Geometry? {
    if shape != nil, let known = layout.image {
      throw file.mistake("train.augment.shape", "is not needed: the images have \(known.height) x \(known.width) pixels; remove it")
    }
    guard let key = spatialKey else { return nil }
    let width = layout.areNumbers.count
    guard let shape = layout.image.map({ [$0.height, $0.width] }) ?? shape else {
      throw file.mistake(
        "train.augment.\(key)",
        "requires the shape of the \(width) features; set train.augment.shape to [rows, columns] of an image or [length] of a sequence")
    }
    let name = shape.map(String.init).joined(separator: " x ")
    let channels = layout.image?.channels ?? 1
    guard channels * shape.reduce(1, *) == width else {
      throw file.mistake(
        "train.augment.shape",
        "is \(name), but the columns yield \(width) features; correct the shape, or \"ignore\" the other columns in data.columns")
    }
    guard let scales = layout.scales else {
      throw file.mistake(
        "train.augment.\(key)",
        layout.areNumbers.allSatisfy { $0 }
          ? "requires columns that are scaled linearly; set data.normalize to standard, minmax, robust or none"
          : "requires all columns to be numeric; \"ignore\" the others in data.columns")
    }
    let lengths = shape.filter { $0 > 1 }
    for (key, size) in [("shift", shift), ("cutout", cutout)] {
      if let least = lengths.min(), size >= least {
        throw file.mistake("train.augment.\(key)", "is \(size), but must be below \(least) for the shape \(name)")
      }
    }
    if let key = distortingKey ?? byteKey, shape.count == 1 || shape.contains(1) {
      throw file.mistake("train.augment.\(key)", "requires images, and the shape \(name) is a sequence; remove it")
    }
    if let key = byteKey, layout.image == nil {
      throw file.mistake(
        "train.augment.\(key)",
        "requires images with pixels from 0 to 255: data.type images or idx. Remove it, or use rotate, crop, shift or flip")
    }
    var geometry = Augmentation.Geometry(
      channels: channels, rows: shape.count == 1 ? 1 : shape[0], columns: shape[shape.count - 1], centers: scales.map { Float($0.center) },
      units: scales.map { Float($0.unit) }, shift: shift, flip: flip, cutout: cutout)
    if distortingKey ?? byteKey != nil { geometry.distortion = distortion }
    return geometry
  }
}

/// What augmentation needs to know about features.
struct FeatureLayout {
  /// Which of them are numeric, so that noise can be added.
  let areNumbers: [Bool]
  /// The shift and scale of each; nil unless every column is one number, scaled linearly.
  let scales: [Scale]?
  /// Their image shape; nil for the columns of a table.
  var image: (channels: Int, height: Int, width: Int)?

  /// The layout of a table.
  init(_ preprocessor: Preprocessor) {
    areNumbers = preprocessor.columns.flatMap { column in
      // The number is the first feature of its column.
      let isNumeric = if case .numeric = column.transform { true } else { false }
      return (0..<column.width).map { isNumeric && $0 == 0 }
    }
    let scales = preprocessor.columns.compactMap { column -> Scale? in
      if case .numeric(let numeric) = column.transform, !numeric.hasIndicator { numeric.scaling.linear } else { nil }
    }
    self.scales = scales.count == preprocessor.width ? scales : nil
  }

  /// The layout of images.
  init(_ images: ImagePreprocessor) {
    let lengths = images.shape.dimensions
    areNumbers = Array(repeating: true, count: images.shape.count)
    scales = images.scales.flatMap { Array(repeating: $0, count: lengths[1] * lengths[2]) }
    image = (lengths[0], lengths[1], lengths[2])
  }
}

extension ConfigFile {
  /// An error about the value at `path` that only shows once the data are loaded.
  public func mistake(_ path: String, at place: Place? = nil, _ message: String) -> Diagnostics {
    Diagnostics(.invalidValue, at: place ?? self.place(of: path) ?? .wholeFile(path: self.path), "\(path): \(message)")
  }
}
