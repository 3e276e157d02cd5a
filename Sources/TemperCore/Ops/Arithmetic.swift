import Glibc

/// An elementwise function of two numbers with both derivatives.
private protocol BinaryFunction {
  static var name: StaticString { get }
  /// Whether the derivatives are functions of the upstream gradient alone, so that x and y need not be kept.
  static var isLinear: Bool { get }
  static func value(_ x: Float, _ y: Float) -> Float
  /// The derivative with respect to x, times the upstream gradient g.
  static func left(_ g: Float, _ x: Float, _ y: Float) -> Float
  /// The derivative with respect to y, times the upstream gradient g.
  static func right(_ g: Float, _ x: Float, _ y: Float) -> Float
}

private enum Add: BinaryFunction {
  static let name: StaticString = "+"
  static let isLinear = true
  @inline(__always) static func value(_ x: Float, _ y: Float) -> Float { x + y }
  @inline(__always) static func left(_ g: Float, _ x: Float, _ y: Float) -> Float { g }
  @inline(__always) static func right(_ g: Float, _ x: Float, _ y: Float) -> Float { g }
}

private enum Subtract: BinaryFunction {
  static let name: StaticString = "-"
  static let isLinear = true
  @inline(__always) static func value(_ x: Float, _ y: Float) -> Float { x - y }
  @inline(__always) static func left(_ g: Float, _ x: Float, _ y: Float) -> Float { g }
  @inline(__always) static func right(_ g: Float, _ x: Float, _ y: Float) -> Float { -g }
}

private enum Multiply: BinaryFunction {
  static let name: StaticString = "*"
  static let isLinear = false
  @inline(__always) static func value(_ x: Float, _ y: Float) -> Float { x * y }
  @inline(__always) static func left(_ g: Float, _ x: Float, _ y: Float) -> Float { g * y }
  @inline(__always) static func right(_ g: Float, _ x: Float, _ y: Float) -> Float { g * x }
}

private enum Divide: BinaryFunction {
  static let name: StaticString = "/"
  static let isLinear = false
  @inline(__always) static func value(_ x: Float, _ y: Float) -> Float { x / y }
  @inline(__always) static func left(_ g: Float, _ x: Float, _ y: Float) -> Float { g / y }
  @inline(__always) static func right(_ g: Float, _ x: Float, _ y: Float) -> Float { -g * x / (y * y) }
}

extension Tensor {
  /// The elementwise sum; shapes broadcast as in NumPy.
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.shape == b.shape ? residual(a, b) : binary(Add.self, a, b) }
  /// The elementwise difference; shapes broadcast as in NumPy.
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(Subtract.self, a, b) }
  /// The elementwise product; shapes broadcast as in NumPy.
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(Multiply.self, a, b) }
  /// The elementwise quotient; shapes broadcast as in NumPy.
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(Divide.self, a, b) }

  /// Adds a number to every element.
  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }
  /// Subtracts a number from every element.
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(b) }
  /// Multiplies every element by a number.
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(b) }
  /// Multiplies every element by a number.
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(a) * b }
  /// Divides every element by a number.
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(b) }
}

/// The sum of two tensors of one shape, such as a residual connection: its derivative needs neither, and passes the one gradient on.
private func residual(_ a: Tensor, _ b: Tensor) -> Tensor {
  let y = Tensor(uninitialized: a.shape)
  let (pa, pb) = (a.pointer, b.pointer)
  Kernels.accumulate(into: y.pointer, beta: 0, count: y.count, cost: 4) { pa[$0] + pb[$0] }
  let (left, right) = (a.target, b.target)
  return y.recording(a, b) { dy, into in
    into.accumulate(left) { d, beta in Kernels.add(dy.pointer, into: d, beta: beta, count: dy.count) }
    into.accumulate(right, consuming: dy)
  }
}

@inline(__always)
private func binary<F: BinaryFunction>(_ f: F.Type, _ a: Tensor, _ b: Tensor) -> Tensor {
  let plan = BroadcastPlan(a.shape, b.shape, F.name)
  let y = Tensor(uninitialized: plan.shape)
  let (pa, pb, py) = (a.pointer, b.pointer, y.pointer)
  plan.forEachRun { out, ia, ib, count, sa, sb in
    let (xa, xb, to) = (pa + ia, pb + ib, py + out)
    if sa == 1 && sb == 1 {
      for i in 0..<count { to[i] = F.value(xa[i], xb[i]) }
    } else {
      for i in 0..<count { to[i] = F.value(xa[i * sa], xb[i * sb]) }
    }
  }
  let inputs = F.isLinear ? nil : (a, b)
  let (left, right) = (a.target, b.target)
  return y.recording(a, b) { dy, into in
    let g = dy.pointer
    // If they are not needed, any memory of their length will do.
    let (pa, pb) = (UnsafePointer(inputs?.0.pointer ?? g), UnsafePointer(inputs?.1.pointer ?? g))
    into.accumulate(left) { d, beta in
      if beta == 0 { d.update(repeating: 0, count: left.shape.count) }
      plan.forEachRun { out, ia, ib, count, sa, sb in
        let (to, from, xa, xb) = (d + ia, g + out, pa + ia, pb + ib)
        if sa == 1 && sb == 1 {
          for i in 0..<count { to[i] += F.left(from[i], xa[i], xb[i]) }
        } else {
          for i in 0..<count { to[i * sa] += F.left(from[i], xa[i * sa], xb[i * sb]) }
        }
      }
    }
    into.accumulate(right) { d, beta in
      if beta == 0 { d.update(repeating: 0, count: right.shape.count) }
      plan.forEachRun { out, ia, ib, count, sa, sb in
        let (to, from, xa, xb) = (d + ib, g + out, pa + ia, pb + ib)
        if sa == 1 && sb == 1 {
          for i in 0..<count { to[i] += F.right(from[i], xa[i], xb[i]) }
        } else {
          for i in 0..<count { to[i * sb] += F.right(from[i], xa[i * sa], xb[i * sb]) }
        }
      }
    }
    // The closure reads them through pointers: this keeps their memory alive until here.
    withExtendedLifetime(inputs) {}
  }
}
