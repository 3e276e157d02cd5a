/// A height and a width.
public struct Extent: Sendable, Equatable {
  /// The length of the first axis of an image.
  public var height: Int
  /// That of the second.
  public var width: Int

  /// Of two lengths.
  public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }

  /// The same length in both directions.
  public init(_ both: Int) { self.init(both, both) }
}

/// How a kernel moves over images, as in `torch.nn.Conv2d`.
public struct ConvolutionGeometry: Sendable, Equatable {
  /// The size of the kernel.
  public var kernel: Extent
  /// The steps of the kernel.
  public var stride: Extent
  /// Zeros on each side of an image.
  public var padding: Extent
  /// The distance of neighbouring taps of the kernel.
  public var dilation: Extent
  /// The groups of channels, each with outputs of its own.
  public var groups: Int

  /// A geometry with PyTorch's defaults.
  public init(
    kernel: Extent, stride: Extent = Extent(1), padding: Extent = Extent(0), dilation: Extent = Extent(1), groups: Int = 1
  ) {
    (self.kernel, self.stride, self.padding) = (kernel, stride, padding)
    (self.dilation, self.groups) = (dilation, groups)
  }

  /// The size of the result for images of `size`; not positive where the kernel does not fit.
  public func output(of size: Extent) -> Extent {
    func length(_ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
      let room = size + 2 * padding - dilation * (kernel - 1) - 1
      return room < 0 ? 0 : room / stride + 1
    }
    return Extent(
      length(size.height, kernel.height, stride.height, padding.height, dilation.height),
      length(size.width, kernel.width, stride.width, padding.width, dilation.width))
  }
}
