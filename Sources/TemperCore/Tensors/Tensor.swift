/// A contiguous array of 32-bit floats with a shape: a value, cheap to copy, that shares its storage.
///
/// Reshaping and slicing the first axis give views. A tensor that results from traced computation has a place on a ``Tape``; everything else
/// about gradients is in the ops themselves. Labels and token ids are plain `[Int32]`, not tensors.
public struct Tensor {
  /// The lengths of the axes.
  public let shape: Shape
  let storage: Storage
  let offset: Int
  var trace: Trace?

  /// A tensor whose elements are not set yet; for ops, which fill it.
  @inline(__always)
  public init(uninitialized shape: Shape) {
    self.init(shape, Storage(uninitialized: shape.count), offset: 0)
  }

  @inline(__always)
  init(_ shape: Shape, _ storage: Storage, offset: Int, trace: Trace? = nil) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
    self.trace = trace
  }

  /// A tensor with a shape but without memory for its elements, which must not be accessed: a stand-in for one that is only counted, or that
  /// is already known to be unusable.
  public static func placeholder(_ shape: Shape) -> Tensor {
    Tensor(shape, Storage(uninitialized: 1), offset: 0)
  }

  /// A tensor of `values` in row-major order.
  public init(_ shape: Shape, _ values: [Float]) {
    require(shape.count == values.count, "a tensor of shape \(shape) needs \(shape.count) values, not \(values.count)")
    self.init(uninitialized: shape)
    values.withUnsafeBufferPointer { if let base = $0.baseAddress { pointer.update(from: base, count: values.count) } }
  }

  /// A vector.
  public init(_ values: [Float]) {
    self.init(Shape(values.count), values)
  }

  /// A single number, of rank 0.
  public init(_ value: Float) {
    self.init(uninitialized: Shape())
    pointer[0] = value
  }

  /// A tensor with `value` everywhere.
  public static func filled(_ shape: Shape, _ value: Float) -> Tensor {
    let tensor = Tensor(uninitialized: shape)
    tensor.pointer.update(repeating: value, count: tensor.count)
    return tensor
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The elements in row-major order, copied.
  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The only element of a tensor that has one.
  public var scalar: Float {
    require(count == 1, "scalar: a tensor of shape \(shape) has \(count) elements")
    return pointer[0]
  }

  /// The memory of the elements. Valid while the tensor lives; only the sole owner of the tensor, such as an optimizer, may write to it.
  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { storage.pointer + offset }

  /// This value without its place on a tape: no gradient flows through it.
  public var detached: Tensor { Tensor(shape, storage, offset: offset) }

  /// Whether gradients flow through this value.
  public var isTraced: Bool { trace?.openTape != nil }

  /// Whether every element is finite.
  public var isFinite: Bool {
    // The exponent of such an element has all its bits set. A maximum of integers is vectorized; a test that ends early is not.
    var greatest: UInt32 = 0
    for i in 0..<count { greatest = max(greatest, pointer[i].bitPattern & 0x7FFF_FFFF) }
    return greatest < Float.infinity.bitPattern
  }

  /// Copies the elements of `other`, which has as many.
  public func copy(from other: Tensor) {
    require(count == other.count, "copy(from:): needs \(count) elements, not \(other.count)")
    pointer.update(from: other.pointer, count: count)
  }

  /// A copy with storage of its own and no place on a tape.
  public func copy() -> Tensor {
    let copy = Tensor(uninitialized: shape)
    copy.pointer.update(from: pointer, count: count)
    return copy
  }
}
