import CTemperSupport

/// Standard normal numbers for rows, many at once: those of a row are a function of the stream and of two numbers that identify the row.
///
/// From 23 random bits for the radius and 24 for the angle; no number is larger than 5.8. It has memory of its own and does not allocate; one thread may use it at a time.
public final class NormalNoise {
  private let stream: Philox
  private let blocks: Int
  private let words: Tensor
  private let numbers: Tensor

  /// Numbers of `stream` for rows of `width` elements.
  public init(_ stream: Philox, width: Int) {
    self.stream = stream
    blocks = (width + 3) / 4
    words = Tensor(uninitialized: Shape(4 * blocks))
    numbers = Tensor(uninitialized: Shape(4 * blocks))
  }

  /// Adds a normal number to each element of the row at `x`: `deviations` has their standard deviations, one for each.
  public func add(to x: UnsafeMutablePointer<Float>, deviations: [Float], row: UInt32, round: UInt32) {
    // A word takes the memory of a float.
    let random = UnsafeMutableRawPointer(words.pointer).bindMemory(to: UInt32.self, capacity: 4 * blocks)
    let cosines = numbers.pointer
    drawNormals(cosines, blocks, random, stream, MaskCounter(row: row, step: round))
    deviations.withUnsafeBufferPointer { deviations in
      for i in 0..<deviations.count { x[i] += deviations[i] * cosines[i] }
    }
  }
}

/// Standard normal numbers, four from each of `blocks` counters, by the transform of Box and Muller: `words` has memory for four words for
/// each counter.
@inline(__always)
func drawNormals(
  _ numbers: UnsafeMutablePointer<Float>, _ blocks: Int, _ words: UnsafeMutablePointer<UInt32>, _ stream: Philox, _ counter: MaskCounter
) {
  let half = 2 * blocks
  drawWords(words, blocks, stream, counter)
  let (angles, sines) = (words + half, numbers + half)
  for i in 0..<half {
    let uniform = (Float(Int32(bitPattern: words[i] >> 9)) + 0.5) * 0x1p-23
    let radius = temper_sqrt(-2 * temper_log(uniform))
    let turns = Float(Int32(bitPattern: angles[i] >> 8)) * 0x1p-24 - 0.5
    numbers[i] = radius * temper_cos_turns(turns)
    sines[i] = radius * temper_sin_turns(turns)
  }
}

/// Standard normal numbers, which are constants: those of a row of `shape` are a function of its number, the step and the stream of `source`.
public func normalNoise(_ shape: Shape, _ source: DropoutSource) -> Tensor {
  require(
    shape.rank >= 1 && shape[0] == source.rows.count, "normalNoise: \(shape) needs a row number for each row, not \(source.rows.count)")
  let (rows, width) = (shape[0], shape.after(0))
  let blocks = (width + 3) / 4
  let noise = Tensor(uninitialized: shape)
  let to = noise.pointer
  Partition(rows, cost: 30 * width, minItems: 1).run { _, items in
    // A word takes the memory of a float.
    let scratch = Storage(uninitialized: 8 * blocks)
    let words = UnsafeMutableRawPointer(scratch.pointer + 4 * blocks).bindMemory(to: UInt32.self, capacity: 4 * blocks)
    for i in items {
      drawNormals(scratch.pointer, blocks, words, source.stream, source.counter(ofRow: i))
      (to + i * width).update(from: scratch.pointer, count: width)
    }
  }
  return noise
}
