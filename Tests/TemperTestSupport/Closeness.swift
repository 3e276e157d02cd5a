import TemperCore

/// How far a value may be from its reference: absolute + relative · |reference|.
public struct Tolerance: Sendable {
  let absolute: Double
  let relative: Double

  /// What 32-bit arithmetic is held to against float64.
  public static let float32 = Tolerance(absolute: 1e-6, relative: 1e-5)

  /// A tolerance of one's own.
  public init(absolute: Double, relative: Double) {
    (self.absolute, self.relative) = (absolute, relative)
  }
}

/// The first element that strays, in words; nil if `actual` is as close to `expected` as wanted. A NaN is close to nothing.
public func mismatch(_ actual: [Double], _ expected: [Double], _ tolerance: Tolerance = .float32) -> String? {
  guard actual.count == expected.count else { return "\(actual.count) elements instead of \(expected.count)" }
  for (index, (a, e)) in zip(actual, expected).enumerated()
  where !(abs(a - e) <= tolerance.absolute + tolerance.relative * abs(e)) {
    return "element \(index) is \(a) instead of \(e)"
  }
  return nil
}

/// As above, of a tensor, whose shape must agree too.
public func mismatch(_ actual: Tensor?, _ expected: GoldenTensor, _ tolerance: Tolerance = .float32) -> String? {
  guard let actual else { return "nothing instead of a tensor of shape \(expected.shape)" }
  guard actual.shape.array == expected.shape else { return "shape \(actual.shape) instead of \(expected.shape)" }
  return mismatch(actual.values.map(Double.init), expected.data, tolerance)
}

/// As above, of two tensors.
public func mismatch(_ actual: Tensor?, _ expected: Tensor, _ tolerance: Tolerance = .float32) -> String? {
  guard let actual else { return "nothing instead of a tensor of shape \(expected.shape)" }
  guard actual.shape == expected.shape else { return "shape \(actual.shape) instead of \(expected.shape)" }
  return mismatch(actual.values.map(Double.init), expected.values.map(Double.init), tolerance)
}

extension Tensor {
  /// The bit patterns of the elements: equal ones mean the same bits, NaN and signs of zero included.
  public var bits: [UInt32] { values.map(\.bitPattern) }
}
