/// The flat record of a traced computation: entries are appended in order and popped in reverse, and each activation is freed as soon as
/// the derivative that needs it has run.
///
/// As in dfdx and in the original Autograd: no graph, no topological sort, no recursion when it is released.
public final class Tape {
  private struct Entry {
    let output: Int
    let pullback: (_ dy: Tensor, _ into: Gradients) -> Void
  }

  private var entries: [Entry] = []
  private var slots: [Tensor?] = []
  fileprivate var isOpen = true
  private let leaves: GradientBuffer

  init(leaves: GradientBuffer) {
    self.leaves = leaves
    slots.reserveCapacity(leaves.leafCount + 64)
    entries.reserveCapacity(64)
    slots.append(contentsOf: repeatElement(nil, count: leaves.leafCount))
  }

  /// `value` as the leaf whose gradient `buffer` keeps at `index`.
  public func leaf(_ index: Int, _ value: Tensor) -> Tensor {
    Tensor(value.shape, value.storage, offset: value.offset, trace: Trace(tape: self, id: index))
  }

  /// Appends an op whose result is traced from now on.
  fileprivate func append(_ pullback: @escaping (_ dy: Tensor, _ into: Gradients) -> Void) -> Trace {
    let id = slots.count
    slots.append(nil)
    entries.append(Entry(output: id, pullback: pullback))
    return Trace(tape: self, id: id)
  }

  /// Runs the derivatives from `root`, whose own gradient is `seed`, back to the leaves. The tape is closed afterwards.
  func backward(from root: Tensor, seed: Tensor) {
    isOpen = false
    defer { close() }
    guard let trace = root.trace, trace.tape === self else { return }
    let gradients = Gradients(tape: self)
    gradients.accumulate(root) { d, beta in Kernels.add(seed.pointer, into: d, beta: beta, count: seed.count) }
    while let entry = entries.popLast() {
      // Moved out of its slot, so that a derivative that passes it on passes the only reference.
      guard let dy = slots[entry.output] else { continue }
      slots[entry.output] = nil
      entry.pullback(dy, gradients)
    }
  }

  /// Clears the tape: entries refer to tensors that refer to the tape, and this breaks the cycle.
  func close() {
    isOpen = false
    entries.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
  }

  fileprivate func accumulate(_ id: Int, _ shape: Shape, _ body: (UnsafeMutablePointer<Float>, Float) -> Void) {
    if id < leaves.leafCount {
      leaves.accumulate(id, body)
    } else if let gradient = slots[id] {
      body(gradient.pointer, 1)
    } else {
      let gradient = Tensor(uninitialized: shape)
      body(gradient.pointer, 0)
      slots[id] = gradient
    }
  }

  fileprivate func accumulateRows(_ id: Int, _ shape: Shape, _ rows: [Int32], _ body: (UnsafeMutablePointer<Float>) -> Void) {
    if id < leaves.leafCount {
      leaves.accumulateRows(id, rows, width: shape.after(0), body)
    } else {
      accumulate(id, shape) { dx, beta in
        if beta == 0 { dx.update(repeating: 0, count: shape.count) }
        body(dx)
      }
    }
  }

  fileprivate func isUntouched(_ id: Int) -> Bool { id >= leaves.leafCount && slots[id] == nil }

  fileprivate func put(_ id: Int, _ gradient: Tensor) { slots[id] = gradient }
}

/// A value's place on a tape.
struct Trace {
  let tape: Tape
  let id: Int

  /// The tape while it records: a value kept from a finished pass is a constant.
  @inline(__always)
  var openTape: Tape? { tape.isOpen ? tape : nil }
}

/// The destination of a gradient, without the value: captured by a derivative that does not need the input's elements.
public struct GradientTarget {
  let shape: Shape
  let trace: Trace?
}

/// The interface through which a derivative writes gradients; only ops use it.
public struct Gradients {
  let tape: Tape

  /// Adds to the gradient of `x`: `body` gets its memory and beta, 0 if the memory is fresh and must be overwritten, 1 if it holds a gradient
  /// to add to, as in BLAS. Nothing happens for a value that is not traced by this pass.
  @inline(__always)
  public func accumulate(_ x: GradientTarget, _ body: (_ dx: UnsafeMutablePointer<Float>, _ beta: Float) -> Void) {
    guard let trace = x.trace, trace.tape === tape else { return }
    tape.accumulate(trace.id, x.shape, body)
  }

  /// As above, for an input that the derivative captures anyway.
  @inline(__always)
  public func accumulate(_ x: Tensor, _ body: (_ dx: UnsafeMutablePointer<Float>, _ beta: Float) -> Void) {
    accumulate(x.target, body)
  }

  /// Adds to some rows of the first axis of the gradient of `x`: `body` gets the memory of the whole, in which every one of `rows` holds
  /// numbers to add to, and writes to no other row. A leaf of the pass records its rows, so that later work costs only those rows.
  public func accumulateRows(_ x: GradientTarget, _ rows: [Int32], _ body: (_ dx: UnsafeMutablePointer<Float>) -> Void) {
    guard let trace = x.trace, trace.tape === tape else { return }
    tape.accumulateRows(trace.id, x.shape, rows, body)
  }

  /// Adds `gradient`, which nothing else will change or read, to the gradient of `x`; free if it is the first contribution.
  public func accumulate(_ x: GradientTarget, consuming gradient: Tensor) {
    guard let trace = x.trace, trace.tape === tape else { return }
    if tape.isUntouched(trace.id) {
      tape.put(trace.id, Tensor(x.shape, gradient.storage, offset: gradient.offset))
    } else {
      accumulate(x) { dx, beta in Kernels.add(gradient.pointer, into: dx, beta: beta, count: gradient.count) }
    }
  }
}

extension Tensor {
  /// The destination of this value's gradient.
  @inline(__always)
  public var target: GradientTarget { GradientTarget(shape: shape, trace: trace) }

  /// This freshly computed value as a differentiable function of `inputs`: `pullback` gets the gradient of the value, which is its own and may be
  /// overwritten, and adds to theirs. Without a traced input nothing is recorded. Inputs of two passes that both still record are a
  /// programming error.
  @inline(__always)
  public func recording(_ x: Tensor, pullback: @escaping (_ dy: Tensor, _ into: Gradients) -> Void) -> Tensor {
    guard let tape = x.trace?.openTape else { return self }
    return Tensor(shape, storage, offset: offset, trace: tape.append(pullback))
  }

  /// As ``recording(_:pullback:)``, for an op of two inputs.
  @inline(__always)
  public func recording(_ a: Tensor, _ b: Tensor, pullback: @escaping (_ dy: Tensor, _ into: Gradients) -> Void) -> Tensor {
    guard let tape = common(a.trace?.openTape, b.trace?.openTape) else { return self }
    return Tensor(shape, storage, offset: offset, trace: tape.append(pullback))
  }

  /// As ``recording(_:pullback:)``, for an op of three inputs.
  @inline(__always)
  public func recording(_ a: Tensor, _ b: Tensor, _ c: Tensor?, pullback: @escaping (_ dy: Tensor, _ into: Gradients) -> Void) -> Tensor {
    guard let tape = common(common(a.trace?.openTape, b.trace?.openTape), c?.trace?.openTape) else { return self }
    return Tensor(shape, storage, offset: offset, trace: tape.append(pullback))
  }

  /// As ``recording(_:pullback:)``, for an op of any number of inputs.
  public func recording(_ inputs: [Tensor], pullback: @escaping (_ dy: Tensor, _ into: Gradients) -> Void) -> Tensor {
    guard let tape = inputs.reduce(nil, { common($0, $1.trace?.openTape) }) else { return self }
    return Tensor(shape, storage, offset: offset, trace: tape.append(pullback))
  }
}

/// The common tape of two inputs, either of which may have none.
@inline(__always)
private func common(_ a: Tape?, _ b: Tape?) -> Tape? {
  guard let a, let b else { return a ?? b }
  require(a === b, "values of two traced computations meet in one op; detach those that are constants there")
  return a
}
