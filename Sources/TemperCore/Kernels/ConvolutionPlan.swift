import CTemperKernels

/// The sizes of a convolution, and where the numbers of its taps lie.
struct ConvolutionPlan {
  let geometry: ConvolutionGeometry
  let rows: Int
  let channels: Int
  let outputs: Int
  let size: Extent
  let result: Extent

  /// The channels of a group.
  var groupChannels: Int { channels / geometry.groups }
  /// The outputs of a group.
  var groupOutputs: Int { outputs / geometry.groups }
  /// Whether each channel has one output of its own.
  var isDepthwise: Bool { geometry.groups == channels && outputs == channels }
  /// The number of taps.
  var taps: Int { geometry.kernel.height * geometry.kernel.width }
  /// Multiplications and additions of a row.
  var cost: Int { 2 * result.height * result.width * taps * groupChannels * outputs }
  var inputCount: Int { size.height * size.width * channels }
  var resultCount: Int { result.height * result.width * outputs }
  /// The size of an image with its zeros.
  var padded: Extent { Extent(size.height + 2 * geometry.padding.height, size.width + 2 * geometry.padding.width) }

  /// Floats of a row of weights for `count` outputs: whole vectors.
  static func width(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Taps, and the length of the run of numbers that each reads.
  typealias ForwardTaps = (taps: [temper_tap], run: Int)

  /// The taps of the kernel over a padded image. Where neighbours in a line lie side by side, they are one run.
  func forwardTaps() -> ForwardTaps {
    let (k, d) = (geometry.kernel, geometry.dilation)
    let line = padded.width * channels
    if geometry.groups == 1, d.width == 1, !isDepthwise {
      return ((0..<k.height).map { temper_tap(input: $0 * d.height * line, weight: $0 * k.width * channels) }, k.width * channels)
    }
    let run = isDepthwise ? 1 : groupChannels
    let taps = (0..<taps).map { tap in
      let (y, x) = tap.quotientAndRemainder(dividingBy: k.width)
      return temper_tap(input: y * d.height * line + x * d.width * channels, weight: tap * run)
    }
    return (taps, run)
  }

  /// Places of images that the gradients of the same taps reach: every `stride`-th from `first`.
  struct Phase {
    let first: Extent
    let count: Extent
    let taps: [temper_tap]
  }

  /// The zeros that gradients need on their sides so that every place has all its taps.
  struct Margins {
    var (top, bottom, left, right) = (0, 0, 0, 0)
  }

  /// The taps by which the gradient of a result, with margins, gives that of the images.
  func backwardPhases() -> (phases: [Phase], margins: Margins) {
    let (k, s, p, d) = (geometry.kernel, geometry.stride, geometry.padding, geometry.dilation)
    /// The taps of places first, first + stride, and so on: which, and where its gradient lies from that of place 0.
    func axis(_ first: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> [(tap: Int, offset: Int)] {
      (0..<kernel).compactMap { tap in
        let distance = first + padding - tap * dilation
        return distance % stride == 0 ? (tap, distance / stride) : nil
      }
    }
    var margins = Margins()
    var found: [(first: Extent, count: Extent, rows: [(tap: Int, offset: Int)], columns: [(tap: Int, offset: Int)])] = []
    for a in 0..<min(s.height, size.height) {
      for b in 0..<min(s.width, size.width) {
        let count = Extent((size.height - a + s.height - 1) / s.height, (size.width - b + s.width - 1) / s.width)
        let rows = axis(a, k.height, s.height, p.height, d.height)
        let columns = axis(b, k.width, s.width, p.width, d.width)
        for row in rows {
          margins.top = max(margins.top, -row.offset)
          margins.bottom = max(margins.bottom, row.offset + count.height - result.height)
        }
        for column in columns {
          margins.left = max(margins.left, -column.offset)
          margins.right = max(margins.right, column.offset + count.width - result.width)
        }
        found.append((Extent(a, b), count, rows, columns))
      }
    }
    let line = (result.width + margins.left + margins.right) * outputs
    let phases = found.map { phase in
      let taps = phase.rows.flatMap { row in
        phase.columns.map { column in
          temper_tap(
            input: (row.offset + margins.top) * line + (column.offset + margins.left) * outputs,
            weight: (row.tap * k.width + column.tap) * (isDepthwise ? 1 : groupOutputs))
        }
      }
      return Phase(first: phase.first, count: phase.count, taps: taps)
    }
    return (phases, margins)
  }

  /// Copies an image of `size` with `channels` numbers a place into `to`, with zeros around it.
  static func pad(
    _ x: UnsafePointer<Float>, _ size: Extent, channels: Int, _ margins: Margins, to: UnsafeMutablePointer<Float>
  ) {
    let (from, line) = (size.width * channels, (size.width + margins.left + margins.right) * channels)
    let (left, right) = (margins.left * channels, margins.right * channels)
    to.update(repeating: 0, count: margins.top * line)
    for y in 0..<size.height {
      let row = to + (margins.top + y) * line
      row.update(repeating: 0, count: left)
      (row + left).update(from: x + y * from, count: from)
      (row + left + from).update(repeating: 0, count: right)
    }
    (to + (margins.top + size.height) * line).update(repeating: 0, count: margins.bottom * line)
  }
}
