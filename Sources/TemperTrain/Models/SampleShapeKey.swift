import TemperCore
import TemperJSON
import TemperNN

/// The key `shape` of models of images and sequences, for data whose samples have no shape.
struct SampleShapeKey: Sendable {
  /// The shape of a row's features; nil for that of the data.
  let dimensions: [Int]?

  init(_ c: FieldReader) {
    dimensions = c.optionalIntegers(
      "shape", in: 1...1_000_000, count: 1...3,
      doc: "Shape of a row's features where the data have none: `[length]`, `[height, width]` or `[channels, height, width]`.")
  }

  /// What the model reads of samples whose data have `shape`; nil for features without a shape.
  func input(_ shape: SampleShape) -> ImageInput? {
    guard let own = dimensions else { return ImageInput(shape) }
    return switch own.count {
    case 1: ImageInput(.sequence(length: own[0], features: 1))
    case 2: ImageInput(.image(channels: 1, height: own[0], width: own[1]))
    default: ImageInput(.image(channels: own[0], height: own[1], width: own[2]))
    }
  }

  /// ``input(_:)`` of samples for which there is no ``problem(with:)``.
  func checkedInput(_ shape: SampleShape) -> ImageInput {
    guard let input = input(shape) else { fail("a model of images has been made for features without a shape") }
    return input
  }

  /// Why samples of `shape` cannot be read, and the key to change; nil if they can.
  func problem(with shape: SampleShape) -> (key: String, text: String)? {
    guard let input = input(shape) else {
      return (
        "model.shape",
        "is required: the \(shape.count) features of a row have no shape; set it to [length], [height, width] or [channels, height, width]"
      )
    }
    let count = input.channels * input.size.height * input.size.width
    if count == shape.count { return nil }
    return (
      "model.shape", "has \(count) values, but a row has \(shape.count) features; correct it, or declare the columns in data.columns"
    )
  }
}
