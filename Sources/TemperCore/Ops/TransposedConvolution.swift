/// The transposed convolution of images with a kernel, as `torch.nn.functional.conv_transpose2d` but for the order of axes: channels are last. It is the
/// gradient of a ``convolution(_:_:_:_:)`` with the same geometry with respect to its images, and makes of each place as many as that makes one of.
///
/// - Parameters:
///   - x: `[rows, height, width, channels]`.
///   - w: `[channels, outputs / groups, kernel height, kernel width]`, as PyTorch and safetensors lay it out.
///   - b: `[outputs]`, or nil.
///   - geometry: how the kernel of that convolution moves.
///   - outputPadding: by how much images are larger, behind, than the smallest of which the convolution makes the size of x; less than the stride.
/// - Returns: `[rows, height, width, outputs]`, where a length is `(length of x - 1) stride - 2 padding + dilation (kernel - 1) + output padding + 1`.
public func transposedConvolution(
  _ x: Tensor, _ w: Tensor, _ b: Tensor? = nil, _ geometry: ConvolutionGeometry, outputPadding: Extent = Extent(0)
) -> Tensor {
  let plan = checkTransposedConvolution(x, w, b, geometry, outputPadding)
  let places = plan.rows * plan.size.height * plan.size.width
  let y = Tensor(uninitialized: [plan.rows, plan.size.height, plan.size.width, plan.channels])
  if let b {
    for place in 0..<places { (y.pointer + place * plan.channels).update(from: b.pointer, count: plan.channels) }
  }
  plan.inputGradient(x.pointer, w.pointer, into: y.pointer, beta: b == nil ? 0 : 1)
  let (input, target) = (x.saved, x.target)
  return y.recording(x, w, b) { dy, into in
    if let b {
      into.accumulate(b) { db, beta in Kernels.addColumnSums(of: dy.pointer, rows: places, columns: plan.channels, into: db, beta: beta) }
    }
    let taps = plan.forwardTaps()
    into.accumulate(w) { dw, beta in input.withPointer { plan.weightGradient(dy.pointer, $0, taps, into: dw, beta: beta) } }
    into.accumulate(target) { dx, beta in plan.forward(dy.pointer, w.pointer, nil, taps, to: dx, beta: beta) }
  }
}

/// The plan of the convolution whose gradient it is: from images of the size of the result to those of x.
private func checkTransposedConvolution(
  _ x: Tensor, _ w: Tensor, _ b: Tensor?, _ geometry: ConvolutionGeometry, _ outputPadding: Extent
) -> ConvolutionPlan {
  require(
    x.shape.rank == 4 && w.shape.rank == 4,
    "transposedConvolution: x \(x.shape) must be [rows, height, width, channels], and w \(w.shape) have four axes")
  let (channels, outputs) = (x.shape[3], w.shape[1] * geometry.groups)
  require(
    geometry.groups > 0 && channels % geometry.groups == 0 && w.shape[0] == channels,
    "transposedConvolution: \(geometry.groups) groups of \(channels) channels do not fit w \(w.shape)")
  require(
    Extent(w.shape[2], w.shape[3]) == geometry.kernel, "transposedConvolution: w \(w.shape) does not have the kernel of \(geometry)")
  require(b == nil || b!.shape == Shape(outputs), "transposedConvolution: b \(b!.shape) needs one element for each of \(outputs) outputs")
  func length(_ length: Int, _ axis: KeyPath<Extent, Int>) -> Int {
    (length - 1) * geometry.stride[keyPath: axis] - 2 * geometry.padding[keyPath: axis]
      + geometry.dilation[keyPath: axis] * (geometry.kernel[keyPath: axis] - 1) + outputPadding[keyPath: axis] + 1
  }
  let (size, result) = (Extent(length(x.shape[1], \.height), length(x.shape[2], \.width)), Extent(x.shape[1], x.shape[2]))
  require(
    size.height > 0 && size.width > 0 && geometry.output(of: size) == result,
    "transposedConvolution: no size of images gives \(x.shape) with \(geometry) and an output padding of \(outputPadding)")
  return ConvolutionPlan(geometry: geometry, rows: x.shape[0], channels: outputs, outputs: channels, size: size, result: result)
}
