import TemperCore
import TemperData
import TemperFiles
import TemperImages
import TemperJSON

extension ImagesConfig {
  /// Reads the keys of the data block of images.
  init(_ c: FieldReader) {
    let train = Files(
      images: c.string("train_images", doc: "Training images; relative to this config."),
      labels: c.string("train_labels", doc: "Training labels."))
    let images = c.optionalString("test_images", doc: "Test images.")
    let labels = c.optionalString("test_labels", doc: "Test labels.")
    if (images == nil) != (labels == nil) {
      c.fail(images == nil ? "test_labels" : "test_images", .invalidValue, "must be set together: test_images and test_labels, or neither")
    }
    let held = c.presence(
      "validation", .number(in: .above(0, below: 1)),
      doc: "Fraction of the training images for validation; a tenth by default, `null` for none.")
    let validation: HeldOut? =
      switch held {
      case .absent: .share(0.1)
      case .value(let share): .share(share)
      case .null: nil
      }
    self.init(
      train: train, test: images.flatMap { images in labels.map { Files(images: images, labels: $0) } }, validation: validation,
      scaling: PixelScaling(c))
  }
}
