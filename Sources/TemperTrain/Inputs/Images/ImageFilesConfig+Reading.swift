import TemperCore
import TemperData
import TemperImages
import TemperJSON

extension ImageFilesConfig {
  /// Reads the keys of the data block of image files.
  init(_ c: FieldReader) {
    let path = c.optionalString(
      "path",
      doc:
        "Images: a folder with a folder for each class, or a list, a CSV file with the columns `path` and `label`; relative to this config, the paths of "
        + "a list to its folder.")
    let train = c.optionalString("train", doc: "The training images, if they are separate.")
    let validation = c.presence(
      "validation", .string, doc: "The validation images; by default a tenth of the training images, `null` for none.")
    let test = c.optionalString("test", doc: "The test images.")
    let split = c.optionalObject("split", doc: "Split of the images of `path`.") { Shares($0) }
    if path != nil, let other = ["train", "validation", "test"].first(where: { c.has($0) }) {
      c.fail(other, .contradiction, "cannot be combined with data.path, which data.split splits; remove one of the two", with: ["path"])
    } else if path == nil, train == nil {
      c.fail("", .missingKey, "requires \"path\", the images to train on, or \"train\" and others", with: ["path", "train"])
    } else if path == nil, c.has("split") {
      c.fail(
        "split", .contradiction, "splits data.path, but data.train sets the images of each split; remove one of the two", with: ["train"])
    }
    if let path {
      let shares = split ?? Shares()
      self.init(.single(path, validation: shares.validation, test: shares.test, stratify: shares.stratify))
    } else {
      var own: String?
      if case .value(let path) = validation { own = path }
      let holdsOut = if case .absent = validation { true } else { false }
      self.init(.parts(train: train ?? "", validation: own, test: test, heldOut: holdsOut ? Shares.standard : nil))
    }
    pathColumn = c.string("image", default: "path", doc: "Column of a list with the paths of the images.")
    labelColumn = c.string("label", default: "label", doc: "Column of a list with their classes.")
    let size = c.optionalIntegers(
      "size", in: 1...4096, count: 2...2,
      doc:
        "Height and width of the model's images, to which all others are resized; by default those of the training images, which must all be the same."
    )
    self.size = size.flatMap { $0.count == 2 ? (height: $0[0], width: $0[1]) : nil }
    resizing = c.choice(
      "resize", default: ImageResizing.crop,
      doc: "How images get that size: `crop` takes the middle part with its proportions, `stretch` all of the image.")
    let color = c.choice(
      "color", of: ["auto", "rgb", "grey"], default: "auto", doc: "Channels: `rgb`, `grey`, or `auto`: grey if all training images are.")
    isGrey = color == "auto" ? nil : color == "grey"
    scaling = .init(c)
    skipsDamaged =
      c.choice(
        "damaged", of: ["error", "skip"], default: "error",
        doc: "Handling of images that cannot be decoded: `error`, or `skip`, which leaves them out and says how many.") == "skip"
    cache =
      c.integer(
        "cache_mb", default: 2048, in: 0...1_000_000_000,
        doc: "Memory for decoded images, in MB; those beyond it are decoded whenever they are needed.") << 20
  }

  /// The block `split`.
  private struct Shares {
    static let standard = 0.1
    var validation: Double? = standard
    var test: Double?
    var stratify = true

    init() {}

    init(_ c: FieldReader) {
      let held = c.presence(
        "validation", .number(in: .above(0, below: 1)), doc: "Fraction of images for validation; a tenth by default, `null` for none.")
      switch held {
      case .absent: break
      case .value(let share): validation = share
      case .null: validation = nil
      }
      test = c.optionalNumber("test", in: .above(0, below: 1), doc: "Fraction of images for the test.")
      stratify = c.bool("stratify", default: true, doc: "Keep class proportions in each split.")
    }
  }
}

extension PixelScaling {
  /// Reads the key of a data block of images.
  init(_ c: FieldReader) {
    self = c.choice(
      "normalize", default: PixelScaling.unit,
      doc:
        "Scaling of pixels: `unit` divides by 255, `standard` is mean 0 and standard deviation 1 of each channel over the training images.")
  }
}
