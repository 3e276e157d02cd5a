import CTemperSupport

/// Standard normal numbers for rows, many at once: those of a row are a function of the stream and of two numbers that identify the row.
///
/// The transform of Box and Muller, both of its numbers used, from 23 random bits for the radius and 24 for the angle; no number is larger
/// than 5.8. It has memory of its own and does not allocate; one thread may use it at a time.
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
    let half = 2 * blocks
    // A word takes the memory of a float.
    let radii = UnsafeMutableRawPointer(words.pointer).bindMemory(to: UInt32.self, capacity: 2 * half)
    drawWords(radii, blocks, stream, MaskCounter(row: row, step: round))
    let angles = radii + half
    let (cosines, sines) = (numbers.pointer, numbers.pointer + half)
    for i in 0..<half {
      let uniform = (Float(Int32(bitPattern: radii[i] >> 9)) + 0.5) * 0x1p-23
      let radius = temper_sqrt(-2 * temper_log(uniform))
      let turns = Float(Int32(bitPattern: angles[i] >> 8)) * 0x1p-24 - 0.5
      cosines[i] = radius * temper_cos_turns(turns)
      sines[i] = radius * temper_sin_turns(turns)
    }
    deviations.withUnsafeBufferPointer { deviations in
      for i in 0..<deviations.count { x[i] += deviations[i] * cosines[i] }
    }
  }
}
