/// How two operands of different shapes are traversed together: broadcast axes have a stride of 0.
struct BroadcastPlan {
  /// The shape of the result.
  let shape: Shape
  /// The shape that is traversed: the result's, or one long axis if both operands have the result's layout.
  private let walk: Shape
  private let a: SIMD8<Int>
  private let b: SIMD8<Int>

  init(_ x: Shape, _ y: Shape, _ op: StaticString) {
    shape = Shape.broadcast(x, y, op)
    let isFlat = (x == shape || x.count == 1) && (y == shape || y.count == 1)
    walk = isFlat ? Shape(shape.count) : shape
    a = isFlat ? SIMD8(x.count == 1 ? 0 : 1, 0, 0, 0, 0, 0, 0, 0) : Self.strides(x, shape)
    b = isFlat ? SIMD8(y.count == 1 ? 0 : 1, 0, 0, 0, 0, 0, 0, 0) : Self.strides(y, shape)
  }

  /// Calls `body` for each run along the last axis: its start in result, a and b, its length, and the strides of a and b in it.
  @inline(__always)
  func forEachRun(_ body: (_ out: Int, _ a: Int, _ b: Int, _ count: Int, _ strideA: Int, _ strideB: Int) -> Void) {
    guard walk.count > 0 else { return }
    let last = walk.rank - 1
    let length = walk[last]
    var index = SIMD8<Int>()
    var (out, ia, ib) = (0, 0, 0)
    while true {
      body(out, ia, ib, length, a[last], b[last])
      out += length
      var axis = last - 1
      while axis >= 0 {
        index[axis] += 1
        ia += a[axis]
        ib += b[axis]
        if index[axis] < walk[axis] { break }
        ia -= a[axis] * walk[axis]
        ib -= b[axis] * walk[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  private static func strides(_ x: Shape, _ out: Shape) -> SIMD8<Int> {
    var strides = SIMD8<Int>()
    var step = 1
    for axis in stride(from: out.rank - 1, through: 0, by: -1) {
      let length = x.aligned(axis, out.rank)
      strides[axis] = length == 1 ? 0 : step
      step *= length
    }
    return strides
  }
}
