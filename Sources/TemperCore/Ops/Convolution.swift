import CTemperKernels

/// The convolution of images with a kernel, as `torch.nn.functional.conv2d` but for the order of axes: channels are last.
///
/// Each output is summed in the order of taps and channels by kernels that read images directly, without copying the neighbourhood of each place
/// (as im2col does); those of each channel by itself, where there are as many groups, have their own.
///
/// - Parameters:
///   - x: `[rows, height, width, channels]`.
///   - w: `[outputs, channels / groups, kernel height, kernel width]`, as PyTorch and safetensors lay it out.
///   - b: `[outputs]`, or nil.
///   - geometry: how the kernel moves.
/// - Returns: `[rows, height, width, outputs]` of the size that the geometry gives.
public func convolution(_ x: Tensor, _ w: Tensor, _ b: Tensor? = nil, _ geometry: ConvolutionGeometry) -> Tensor {
  let plan = checkConvolution(x, w, b, geometry)
  let y = Tensor(uninitialized: [plan.rows, plan.result.height, plan.result.width, plan.outputs])
  let taps = plan.forwardTaps()
  plan.forward(x.pointer, w.pointer, b?.pointer, taps, to: y.pointer)
  let (input, target) = (x.saved, x.target)
  return y.recording(x, w, b) { dy, into in
    if let b {
      let places = plan.rows * plan.result.height * plan.result.width
      into.accumulate(b) { db, beta in Kernels.addColumnSums(of: dy.pointer, rows: places, columns: plan.outputs, into: db, beta: beta) }
    }
    into.accumulate(w) { dw, beta in input.withPointer { plan.weightGradient($0, dy.pointer, taps, into: dw, beta: beta) } }
    into.accumulate(target) { dx, beta in plan.inputGradient(dy.pointer, w.pointer, into: dx, beta: beta) }
  }
}

private func checkConvolution(_ x: Tensor, _ w: Tensor, _ b: Tensor?, _ geometry: ConvolutionGeometry) -> ConvolutionPlan {
  require(
    x.shape.rank == 4 && w.shape.rank == 4,
    "convolution: x \(x.shape) must be [rows, height, width, channels], and w \(w.shape) have four axes")
  let (channels, outputs, groups) = (x.shape[3], w.shape[0], geometry.groups)
  require(
    groups > 0 && channels % groups == 0 && outputs % groups == 0 && w.shape[1] == channels / groups,
    "convolution: \(groups) groups of \(channels) channels and \(outputs) outputs do not fit w \(w.shape)")
  require(
    Extent(w.shape[2], w.shape[3]) == geometry.kernel && geometry.stride.height > 0 && geometry.stride.width > 0
      && geometry.dilation.height > 0 && geometry.dilation.width > 0,
    "convolution: w \(w.shape) does not have the kernel of \(geometry)")
  require(b == nil || b!.shape == Shape(outputs), "convolution: b \(b!.shape) needs one element for each of \(outputs) outputs")
  let size = Extent(x.shape[1], x.shape[2])
  let result = geometry.output(of: size)
  require(result.height > 0 && result.width > 0, "convolution: the kernel of \(geometry) does not fit \(x.shape)")
  return ConvolutionPlan(geometry: geometry, rows: x.shape[0], channels: channels, outputs: outputs, size: size, result: result)
}

extension ConvolutionPlan {
  /// Zeros around images.
  private var imageMargins: Margins {
    let p = geometry.padding
    return Margins(top: p.height, bottom: p.height, left: p.width, right: p.width)
  }

  /// The image x, in `scratch` with its zeros if it has any.
  private func image(_ x: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>?) -> UnsafePointer<Float> {
    guard let scratch else { return x }
    Self.pad(x, size, channels: channels, imageMargins, to: scratch)
    return UnsafePointer(scratch)
  }

  private var hasPadding: Bool { geometry.padding != Extent(0) }

  private var byRows: Partition { Partition(rows, cost: cost, minItems: 1) }

  /// y = the convolution of x, with the bias, if there is one; else y = beta y + the convolution.
  func forward(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, _ forward: ForwardTaps,
    to y: UnsafeMutablePointer<Float>, beta: Float = 0
  ) {
    let (taps, run) = forward
    let packed = packedWeights(w, transposed: false)
    let (width, step) = (Self.width(groupOutputs), channels)
    byRows.run { _, items in
      let scratch = hasPadding ? Storage(uninitialized: padded.height * padded.width * channels) : nil
      for row in items {
        let from = image(x + row * inputCount, scratch?.pointer)
        let to = y + row * resultCount
        if let bias { for place in 0..<result.height * result.width { (to + place * outputs).update(from: bias, count: outputs) } }
        let beta: Float = bias == nil ? beta : 1
        let (s, line) = (geometry.stride, padded.width * channels)
        if isDepthwise {
          temper_depthwise(
            from, s.width * step, s.height * line, taps, taps.count, packed.pointer, channels, result.height, result.width, to, outputs,
            result.width * outputs, beta)
        } else {
          for group in 0..<geometry.groups {
            temper_convolve(
              from + group * groupChannels, s.width * step, s.height * line, taps, taps.count, run,
              packed.pointer + group * self.taps * groupChannels * width, width, groupOutputs, result.height, result.width,
              to + group * groupOutputs, outputs, result.width * outputs, beta)
          }
        }
      }
    }
  }

  /// dx = beta dx + the gradient of the images.
  func inputGradient(_ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, beta: Float) {
    let (phases, margins) = backwardPhases()
    let packed = packedWeights(w, transposed: true)
    let width = Self.width(groupChannels)
    let line = (result.width + margins.left + margins.right) * outputs
    let count = (result.height + margins.top + margins.bottom) * line
    let s = geometry.stride
    byRows.run { _, items in
      let scratch = Storage(uninitialized: count)
      for row in items {
        Self.pad(dy + row * resultCount, result, channels: outputs, margins, to: scratch.pointer)
        for phase in phases {
          let to = dx + row * inputCount + (phase.first.height * size.width + phase.first.width) * channels
          let (step, next) = (s.width * channels, s.height * size.width * channels)
          if isDepthwise {
            temper_depthwise(
              scratch.pointer, outputs, line, phase.taps, phase.taps.count, packed.pointer, channels, phase.count.height, phase.count.width,
              to, step, next, beta)
          } else {
            for group in 0..<geometry.groups {
              temper_convolve(
                scratch.pointer + group * groupOutputs, outputs, line, phase.taps, phase.taps.count, groupOutputs,
                packed.pointer + group * taps * groupOutputs * width, width, groupChannels, phase.count.height, phase.count.width,
                to + group * groupChannels, step, next, beta)
            }
          }
        }
      }
    }
  }

  /// dw = beta dw + the gradient of the weights: a buffer of sums for each chunk of rows, added in their order.
  func weightGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ forward: ForwardTaps, into dw: UnsafeMutablePointer<Float>, beta: Float
  ) {
    let (taps, run) = forward
    let partition = byRows
    let width = isDepthwise ? channels : Self.width(groupOutputs)
    let groupCount = isDepthwise ? self.taps * channels : self.taps * groupChannels * width
    let count = isDepthwise ? groupCount : groupCount * geometry.groups
    let partial = Storage(uninitialized: partition.chunks * count)
    let (s, line) = (geometry.stride, padded.width * channels)
    partition.run { chunk, items in
      let sums = partial.pointer + chunk * count
      sums.update(repeating: 0, count: count)
      let scratch = hasPadding ? Storage(uninitialized: padded.height * padded.width * channels) : nil
      // Gradients of whole vectors of outputs.
      let places = result.height * result.width
      let copies = !isDepthwise && groupOutputs % 16 != 0 ? Storage(uninitialized: places * width) : nil
      for row in items {
        let from = image(x + row * inputCount, scratch?.pointer)
        let g = dy + row * resultCount
        if isDepthwise {
          for tap in taps {
            temper_depthwise_weights(
              from + tap.input, s.width * channels, s.height * line, g, outputs, result.width * outputs, channels, result.height,
              result.width,
              sums + tap.weight * channels)
          }
          continue
        }
        for group in 0..<geometry.groups {
          var (own, step) = (g + group * groupOutputs, outputs)
          if let copies {
            for place in 0..<places {
              let to = copies.pointer + place * width
              to.update(from: own + place * outputs, count: groupOutputs)
              (to + groupOutputs).update(repeating: 0, count: width - groupOutputs)
            }
            (own, step) = (UnsafePointer(copies.pointer), width)
          }
          for tap in taps {
            temper_convolve_weights(
              from + group * groupChannels + tap.input, s.width * channels, s.height * line, run, own, step, result.width * step, width,
              result.height, result.width, sums + group * groupCount + tap.weight * width, width)
          }
        }
      }
    }
    for chunk in 1..<max(2, partition.chunks) where chunk < partition.chunks {
      Kernels.add(partial.pointer + chunk * count, into: partial.pointer, beta: 1, count: count)
    }
    eachWeight { place, tap, channel, output in
      let sum = partial.pointer[isDepthwise ? tap * channels + output : packedPlace(tap, channel, output, width)]
      dw[place] = beta == 0 ? sum : dw[place] + sum
    }
  }

  /// Calls `body` for each weight, with its place in PyTorch's order, its tap, its channel within the group, and its output.
  private func eachWeight(_ body: (_ place: Int, _ tap: Int, _ channel: Int, _ output: Int) -> Void) {
    var place = 0
    for output in 0..<outputs {
      for channel in 0..<groupChannels {
        for tap in 0..<taps {
          body(place, tap, channel, output)
          place += 1
        }
      }
    }
  }

  /// Where a weight is in rows by group, tap and channel, with the outputs of a group in a row.
  private func packedPlace(_ tap: Int, _ channel: Int, _ output: Int, _ width: Int) -> Int {
    let (group, own) = output.quotientAndRemainder(dividingBy: groupOutputs)
    return ((group * taps + tap) * groupChannels + channel) * width + own
  }

  /// The weights in rows of outputs, or, `transposed`, of channels, as the kernels read them, padded with zeros.
  private func packedWeights(_ w: UnsafePointer<Float>, transposed: Bool) -> Storage {
    if isDepthwise {
      let packed = Storage(uninitialized: taps * channels)
      eachWeight { place, tap, _, output in packed.pointer[tap * channels + output] = w[place] }
      return packed
    }
    let width = Self.width(transposed ? groupChannels : groupOutputs)
    let count = geometry.groups * taps * (transposed ? groupOutputs : groupChannels) * width
    // A kernel may read four vectors from the last row, of which it uses fewer.
    let packed = Storage(uninitialized: count + 64)
    packed.pointer.update(repeating: 0, count: count + 64)
    eachWeight { place, tap, channel, output in
      if transposed {
        let (group, own) = output.quotientAndRemainder(dividingBy: groupOutputs)
        packed.pointer[((group * taps + tap) * groupOutputs + own) * width + channel] = w[place]
      } else {
        packed.pointer[packedPlace(tap, channel, output, width)] = w[place]
      }
    }
    return packed
  }
}
