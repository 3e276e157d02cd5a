import TemperJSON

/// The block before the stages of a `cnn`.
struct CNNStem: Sendable {
  let channels: Int
  let kernel: Int
  let stride: Int
  /// The length of the window of pooling, which moves by two; nil for none.
  let poolSize: Int?

  init(channels: Int, kernel: Int, stride: Int, poolSize: Int?) {
    (self.channels, self.kernel, self.stride, self.poolSize) = (channels, kernel, stride, poolSize)
  }

  /// Reads the keys, with the defaults of `standard`.
  init(_ c: FieldReader, _ standard: CNNStem) {
    channels = c.integer("channels", default: standard.channels, in: 1...65_536, doc: "Outputs of the convolution.")
    kernel = c.integer(
      "kernel", default: standard.kernel, in: 1...1024, doc: "Length of the kernel in each direction, padded by half of it.")
    stride = c.integer("stride", default: standard.stride, in: 1...1024, doc: "Step of the kernel.")
    let doc = "Length of the window of a pooling by the greatest number, with a step of 2 and padded by half of it; `null` for none."
    let range = 2...16
    poolSize =
      standard.poolSize.map { c.valueUnlessNull("pool_size", .integer(in: range), default: .integer($0), doc: doc) }
      ?? c.optionalInteger("pool_size", in: range, doc: doc)
  }

  /// The stem of a `cnn`; nil for none. A preset that has one is without it by `null`.
  static func read(_ c: FieldReader, _ standard: CNNStem?) -> CNNStem? {
    let doc = "Block before the stages: a convolution, norm and activation, and pooling if it is asked for."
    if let standard { return c.objectUnlessNull("stem", doc: doc) { CNNStem($0, standard) } }
    return c.optionalObject("stem", doc: doc) { CNNStem($0, CNNStem(channels: 32, kernel: 3, stride: 1, poolSize: nil)) }
  }
}
