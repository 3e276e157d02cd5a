/// Gradients with respect to a fixed list of leaves, in one stretch of memory laid out as the leaves themselves are.
///
/// It is a value of its own, kept across micro-batches; several can live side by side. A leaf that nothing has been added to is
/// *untouched*: its memory holds whatever was there, so nothing is zero-filled before a step.
public final class GradientBuffer {
  /// Where each leaf's gradient lies.
  public let layout: [Range<Int>]
  /// How many floats there are in all.
  public let count: Int
  private let storage: Storage
  private var touched: [Bool]

  /// A buffer for leaves that lie at `layout`; `count` is the length of the whole, gaps included.
  public init(layout: [Range<Int>], count: Int) {
    self.layout = layout
    self.count = count
    storage = Storage(uninitialized: count)
    // Gaps between leaves are never written to, and passes over the whole read them.
    storage.pointer.update(repeating: 0, count: count)
    touched = Array(repeating: false, count: layout.count)
  }

  /// How many leaves there are.
  public var leafCount: Int { layout.count }

  /// The whole memory.
  public var pointer: UnsafeMutablePointer<Float> { storage.pointer }

  /// Whether anything has been added to the gradient of leaf `index` since ``reset()``.
  public func isTouched(_ index: Int) -> Bool { touched[index] }

  /// The gradient of leaf `index` as a view, nil if untouched.
  public func gradient(_ index: Int, shape: Shape) -> Tensor? {
    touched[index] ? Tensor(shape, storage, offset: layout[index].lowerBound) : nil
  }

  /// Makes all leaves untouched.
  public func reset() {
    for index in touched.indices { touched[index] = false }
  }

  /// Writes zeros where nothing has been added, so that one pass can run over the whole.
  public func settle() {
    for index in touched.indices where !touched[index] {
      (pointer + layout[index].lowerBound).update(repeating: 0, count: layout[index].count)
      touched[index] = true
    }
  }

  /// Runs `body`, which traces leaves by ``Tape/leaf(_:_:)``, and adds the derivatives of what it returns, times `scale`, to this buffer.
  /// Returns the value itself.
  @discardableResult
  public func addGradients(scale: Float = 1, _ body: (Tape) throws -> Tensor) rethrows -> Tensor {
    let tape = Tape(leaves: self)
    defer { tape.close() }
    let value = try body(tape)
    tape.backward(from: value, seed: .filled(value.shape, scale))
    return value.detached
  }

  func accumulate(_ index: Int, _ body: (UnsafeMutablePointer<Float>, Float) -> Void) {
    body(pointer + layout[index].lowerBound, touched[index] ? 1 : 0)
    touched[index] = true
  }
}

/// The value of `body` at `inputs` and its derivatives with respect to each of them, times `seed` (ones if nil); a derivative is nil where the
/// value does not depend on the input. For adversarial examples, saliency and the tests of ops.
public func valueWithGradients(
  at inputs: [Tensor], seed: Tensor? = nil, _ body: ([Tensor]) throws -> Tensor
) rethrows -> (value: Tensor, gradients: [Tensor?]) {
  var layout: [Range<Int>] = []
  var end = 0
  for input in inputs {
    layout.append(end..<end + input.count)
    end += input.count
  }
  let buffer = GradientBuffer(layout: layout, count: end)
  let tape = Tape(leaves: buffer)
  defer { tape.close() }
  let value = try body(inputs.enumerated().map { tape.leaf($0.offset, $0.element) })
  tape.backward(from: value, seed: seed ?? .filled(value.shape, 1))
  return (value.detached, inputs.enumerated().map { buffer.gradient($0.offset, shape: $0.element.shape) })
}
