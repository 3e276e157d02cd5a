/// Images with channels first, `[rows, channels · height · width]`, as files and dense layers have them, with channels last: `[rows, height, width,
/// channels]`.
public func channelsLast(_ x: Tensor, channels: Int, size: Extent) -> Tensor {
  let places = size.height * size.width
  require(x.count == x.shape[0] * channels * places, "channelsLast: \(x.shape) are not \(channels) channels of \(size)")
  let shape: Shape = [x.shape[0], size.height, size.width, channels]
  return channels == 1 ? x.reshaped(shape) : reordered(x, shape, rows: channels, columns: places)
}

/// Images with channels last, `[rows, height, width, channels]`, as rows with channels first: `[rows, channels · height · width]`.
public func channelsFirst(_ x: Tensor) -> Tensor {
  require(x.shape.rank == 4, "channelsFirst: x \(x.shape) must be [rows, height, width, channels]")
  let (places, channels) = (x.shape[1] * x.shape[2], x.shape[3])
  let shape: Shape = [x.shape[0], channels * places]
  return channels == 1 || places == 1 ? x.reshaped(shape) : reordered(x, shape, rows: places, columns: channels)
}

/// Each of the images of x, a matrix of `rows` and `columns`, transposed.
private func reordered(_ x: Tensor, _ shape: Shape, rows: Int, columns: Int) -> Tensor {
  let (y, count) = (Tensor(uninitialized: shape), rows * columns)
  let partition = Partition(x.shape[0], cost: 4 * count, minItems: 1)
  let (px, py) = (x.pointer, y.pointer)
  partition.run { _, items in
    for image in items { Kernels.transpose(px + image * count, rows: rows, columns: columns, into: py + image * count) }
  }
  let target = x.target
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      partition.run { _, items in
        let scratch = beta == 0 ? nil : Storage(uninitialized: count)
        for image in items {
          let to = dx + image * count
          Kernels.transpose(dy.pointer + image * count, rows: columns, columns: rows, into: scratch?.pointer ?? to)
          if let scratch { for i in 0..<count { to[i] += scratch.pointer[i] } }
        }
      }
    }
  }
}
