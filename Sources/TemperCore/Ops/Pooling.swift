import CTemperKernels

/// The greatest number of each window of images and channel, as `torch.nn.functional.max_pool2d` but with channels last: `[rows, height, width,
/// channels]` to the size that `geometry` gives. Padding does not count; it must be at most half of the kernel, which has at most 256 taps.
public func maxPool(_ x: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
  let pool = Pool(x, geometry, "maxPool")
  require(geometry.kernel.height * geometry.kernel.width <= 256, "maxPool: the kernel of \(geometry) has more than 256 taps")
  let y = Tensor(uninitialized: pool.shape)
  // A byte for each number, in the memory of floats.
  let taps = Storage(uninitialized: (y.count + 3) / 4)
  let which = UnsafeMutableRawPointer(taps.pointer).assumingMemoryBound(to: UInt8.self)
  let (px, py) = (x.pointer, y.pointer)
  pool.byRows.run { _, items in
    for row in items {
      temper_max_pool(px + row * pool.inputCount, pool.window, py + row * pool.resultCount, which + row * pool.resultCount)
    }
  }
  let target = x.target
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      let which = UnsafeMutableRawPointer(taps.pointer).assumingMemoryBound(to: UInt8.self)
      pool.byRows.run { _, items in
        for row in items {
          let to = dx + row * pool.inputCount
          if beta == 0 { to.update(repeating: 0, count: pool.inputCount) }
          temper_max_pool_gradient(dy.pointer + row * pool.resultCount, which + row * pool.resultCount, pool.window, to)
        }
      }
    }
  }
}

/// The mean of each window of images and channel, as `torch.nn.functional.avg_pool2d` but with channels last: `[rows, height, width, channels]` to the
/// size that `geometry` gives. Padding counts as zeros.
public func averagePool(_ x: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
  var geometry = geometry
  geometry.groups = x.shape[-1]
  let taps = geometry.kernel.height * geometry.kernel.width
  return convolution(x, .filled([x.shape[-1], 1, geometry.kernel.height, geometry.kernel.width], 1 / Float(taps)), nil, geometry)
}

/// A window over the images of a tensor.
private struct Pool {
  let window: temper_pool
  let shape: Shape
  let byRows: Partition
  var inputCount: Int { window.image_height * window.image_width * window.channels }
  var resultCount: Int { window.result_height * window.result_width * window.channels }

  init(_ x: Tensor, _ geometry: ConvolutionGeometry, _ op: StaticString) {
    require(x.shape.rank == 4, "\(op): x \(x.shape) must be [rows, height, width, channels]")
    let (size, channels, k, p) = (Extent(x.shape[1], x.shape[2]), x.shape[3], geometry.kernel, geometry.padding)
    let result = geometry.output(of: size)
    require(
      result.height > 0 && result.width > 0 && geometry.dilation == Extent(1) && 2 * p.height <= k.height && 2 * p.width <= k.width,
      "\(op): the window of \(geometry) does not fit \(x.shape)")
    window = temper_pool(
      image_height: size.height, image_width: size.width, channels: channels, height: k.height, width: k.width,
      stride_height: geometry.stride.height, stride_width: geometry.stride.width, padding_height: p.height, padding_width: p.width,
      result_height: result.height, result_width: result.width)
    shape = [x.shape[0], result.height, result.width, channels]
    byRows = Partition(x.shape[0], cost: 4 * result.height * result.width * channels * k.height * k.width, minItems: 1)
  }
}
