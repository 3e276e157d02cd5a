/// The mean over the token positions of each row.
///
/// - Parameters:
///   - x: `[rows, length, width]`.
///   - lengths: how many positions of each row are tokens, 1 at least; nil for all.
/// - Returns: `[rows, width]`.
public func sequenceMean(_ x: Tensor, lengths: [Int32]? = nil) -> Tensor {
  require(x.shape.rank == 3, "sequenceMean: x \(x.shape) must be [rows, length, width]")
  let (rows, length, width) = (x.shape[0], x.shape[1], x.shape[2])
  let counts = lengths ?? Array(repeating: Int32(length), count: rows)
  require(
    counts.count == rows && counts.allSatisfy { $0 >= 1 && $0 <= length },
    "sequenceMean: \(x.shape) needs a length of 1...\(length) for each row, not \(counts)")
  let y = Tensor(uninitialized: [rows, width])
  let (px, py) = (x.pointer, y.pointer)
  for i in 0..<rows {
    let (to, scale) = (py + i * width, 1 / Float(counts[i]))
    to.update(repeating: 0, count: width)
    for t in 0..<Int(counts[i]) {
      let from = px + (i * length + t) * width
      for j in 0..<width { to[j] += from[j] }
    }
    for j in 0..<width { to[j] *= scale }
  }
  let target = x.target
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      if beta == 0 { dx.update(repeating: 0, count: rows * length * width) }
      for i in 0..<rows {
        let (from, scale) = (dy.pointer + i * width, 1 / Float(counts[i]))
        for t in 0..<Int(counts[i]) {
          let to = dx + (i * length + t) * width
          for j in 0..<width { to[j] += from[j] * scale }
        }
      }
    }
  }
}
