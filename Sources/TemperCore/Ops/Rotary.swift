import Glibc

/// The cosines and sines of rotary position embeddings (Su et al. 2021): pair p of a head is rotated by position · base^(-2p / headWidth).
public struct RotaryTable: Sendable {
  /// The number of columns of a head.
  public let headWidth: Int
  /// How many positions the table holds.
  public let positions: Int
  /// `[positions, headWidth / 2]` each.
  fileprivate let cosines: [Float]
  fileprivate let sines: [Float]

  /// The table for positions 0..<`positions`.
  public init(headWidth: Int, positions: Int, base: Double = 10000) {
    require(headWidth > 0 && headWidth % 2 == 0, "RotaryTable: a head of \(headWidth) columns has no pairs")
    let half = headWidth / 2
    (self.headWidth, self.positions) = (headWidth, positions)
    let speeds = (0..<half).map { Glibc.pow(base, -2 * Double($0) / Double(headWidth)) }
    cosines = (0..<positions * half).map { Float(Glibc.cos(Double($0 / half) * speeds[$0 % half])) }
    sines = (0..<positions * half).map { Float(Glibc.sin(Double($0 / half) * speeds[$0 % half])) }
  }
}

/// Rotary position embeddings: each of the first `heads` heads of a row is rotated by its position; the columns after them are unchanged.
///
/// A pair is two columns half a head apart (Hugging Face's `rotate_half`, as LLaMA's weights require).
///
/// - Parameters:
///   - qkv: `[rows, length, columns]`.
///   - heads: the number of heads that are rotated: those of queries and keys.
///   - headWidth: how many columns a head has.
///   - table: the angles.
///   - first: the position of index 0.
/// - Returns: the shape of `qkv`.
public func rotary(_ qkv: Tensor, heads: Int, headWidth: Int, table: RotaryTable, first: Int = 0) -> Tensor {
  require(
    qkv.shape.rank == 3 && heads >= 0 && heads * headWidth <= qkv.shape[2],
    "rotary: qkv \(qkv.shape) must be [rows, length, columns] with \(heads) heads of \(headWidth) columns")
  require(headWidth == table.headWidth, "rotary: the table is for heads of \(table.headWidth) columns, not \(headWidth)")
  require(
    first >= 0 && first + qkv.shape[1] <= table.positions,
    "rotary: the table has \(table.positions) positions, not \(first + qkv.shape[1])")
  let y = Tensor(uninitialized: qkv.shape)
  rotate(qkv.pointer, qkv.shape, heads, table, first, sign: 1, into: y.pointer)
  let target = qkv.target
  return y.recording(qkv) { dy, into in
    // Rotated back in place: nothing else refers to the gradient of a result.
    rotate(dy.pointer, dy.shape, heads, table, first, sign: -1, into: dy.pointer)
    into.accumulate(target, consuming: dy)
  }
}

/// y = x with the first `heads` heads of each row rotated, forward or backward; y may be x itself.
private func rotate(
  _ x: UnsafePointer<Float>, _ shape: Shape, _ heads: Int, _ table: RotaryTable, _ first: Int, sign: Float,
  into y: UnsafeMutablePointer<Float>
) {
  let (length, columns, half) = (shape[1], shape[2], table.headWidth / 2)
  let rotated = heads * table.headWidth
  table.cosines.withUnsafeBufferPointer { cosines in
    table.sines.withUnsafeBufferPointer { sines in
      let tables = Unchecked((cosines.baseAddress, sines.baseAddress))
      Partition(shape[0] * length, cost: 3 * columns, minItems: 1).run { _, items in
        guard let cosines = tables.value.0, let sines = tables.value.1 else { return }
        for i in items {
          let position = (first + i % length) * half
          let (c, s) = (cosines + position, sines + position)
          for head in 0..<heads {
            let from = x + i * columns + head * table.headWidth
            let to = y + i * columns + head * table.headWidth
            let (fromLater, toLater) = (from + half, to + half)
            for j in 0..<half {
              let (a, b, sine) = (from[j], fromLater[j], sign * s[j])
              to[j] = a * c[j] - b * sine
              toLater[j] = b * c[j] + a * sine
            }
          }
          let (from, to) = (x + i * columns, y + i * columns)
          if UnsafePointer(to) != from { (to + rotated).update(from: from + rotated, count: columns - rotated) }
        }
      }
    }
  }
}
