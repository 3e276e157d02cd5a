import TemperCore

/// Random tensors of one named stream, the same in every run.
public struct RandomTensors {
  private var random: RandomSequence

  /// The tensors of the stream called `name`.
  public init(_ name: String) {
    random = RandomStreams(seed: 20_240_229).sequence(name)
  }

  /// Elements from the standard normal distribution.
  public mutating func normal(_ shape: Shape) -> Tensor {
    Tensor(shape, (0..<shape.count).map { _ in Float(random.normal()) })
  }

  /// Elements from `range`, all alike.
  public mutating func uniform(_ shape: Shape, in range: ClosedRange<Double>) -> Tensor {
    Tensor(
      shape, (0..<shape.count).map { _ in Float(range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform()) })
  }

  /// Elements of either sign whose magnitude lies in `range`: denominators, and the neighbourhood of no kink.
  public mutating func signed(_ shape: Shape, magnitude range: ClosedRange<Double>) -> Tensor {
    let magnitudes = uniform(shape, in: range).values
    return Tensor(shape, magnitudes.map { random.next() & 1 == 0 ? $0 : -$0 })
  }

  /// Labels from 0..<`classes`.
  public mutating func labels(_ count: Int, classes: Int) -> [Int32] {
    (0..<count).map { _ in Int32(random.below(classes)) }
  }

  /// A whole number from 0..<`bound`.
  public mutating func below(_ bound: Int) -> Int { random.below(bound) }
}
