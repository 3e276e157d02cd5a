/// The lengths of a tensor's axes, at most eight, stored inline so that creating one does not allocate.
public struct Shape: Hashable, Sendable {
  private var lengths = SIMD8<Int32>(repeating: 1)
  /// The number of axes; 0 for a single number.
  public private(set) var rank = 0

  /// The lengths in order.
  public init(_ lengths: some Sequence<Int>) {
    for length in lengths { append(length) }
  }

  /// The shape of a vector.
  @inline(__always)
  public init(_ a: Int) {
    append(a)
  }

  /// The shape of a matrix: rows, then columns.
  @inline(__always)
  public init(_ a: Int, _ b: Int) {
    append(a)
    append(b)
  }

  /// The length of an axis; a negative axis counts from the end.
  public subscript(_ axis: Int) -> Int {
    get { Int(lengths[index(axis)]) }
    set { lengths[index(axis)] = Int32(newValue) }
  }

  /// The number of elements of a tensor of this shape.
  public var count: Int {
    var product = 1
    for axis in 0..<rank { product *= Int(lengths[axis]) }
    return product
  }

  /// The lengths as an array.
  public var array: [Int] { (0..<rank).map { Int(lengths[$0]) } }

  /// The product of the lengths before `axis`.
  func before(_ axis: Int) -> Int { (0..<axis).reduce(1) { $0 * self[$1] } }

  /// The product of the lengths after `axis`.
  func after(_ axis: Int) -> Int { (axis + 1..<max(rank, axis + 1)).reduce(1) { $0 * self[$1] } }

  /// `axis` counted from the front.
  func normalized(_ axis: Int, _ op: StaticString) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    require(positive >= 0 && positive < rank, "\(op): \(self) has no axis \(axis)")
    return positive
  }

  /// This shape without `axis`, or with length 1 there.
  func reducing(_ axis: Int, keeping: Bool) -> Shape {
    var shape = Shape()
    for k in 0..<rank {
      if k != axis { shape.append(self[k]) } else if keeping { shape.append(1) }
    }
    return shape
  }

  /// The shape that two operands broadcast to: axes are matched from the last, and a length of 1 is stretched (NumPy's rule).
  static func broadcast(_ a: Shape, _ b: Shape, _ op: StaticString) -> Shape {
    if a == b { return a }
    let rank = max(a.rank, b.rank)
    return Shape(
      (0..<rank).map { axis in
        let (x, y) = (a.aligned(axis, rank), b.aligned(axis, rank))
        require(x == y || x == 1 || y == 1, "\(op): shapes \(a) and \(b) cannot be broadcast")
        return x == 1 ? y : x
      })
  }

  /// The length at `axis` of a shape padded in front with ones to `rank`.
  func aligned(_ axis: Int, _ rank: Int) -> Int {
    axis < rank - self.rank ? 1 : self[axis - (rank - self.rank)]
  }

  @inline(__always)
  private mutating func append(_ length: Int) {
    require(
      rank < 8 && length >= 0 && length <= Int(Int32.max), "a shape has at most 8 axes of 0 to 2147483647, not \(length) after \(self)")
    lengths[rank] = Int32(length)
    rank += 1
  }

  private func index(_ axis: Int) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    require(positive >= 0 && positive < rank, "\(self) has no axis \(axis)")
    return positive
  }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
  /// `let shape: Shape = [2, 3]`.
  public init(arrayLiteral lengths: Int...) {
    self.init(lengths)
  }

  /// `[2, 3]`.
  public var description: String { "[" + array.map(String.init).joined(separator: ", ") + "]" }
}
