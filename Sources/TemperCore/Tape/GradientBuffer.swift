import CTemperKernels

/// Gradients with respect to a fixed list of leaves, in one block of memory with the layout of the leaves.
///
/// It is a value of its own, kept across micro-batches; several can live side by side. A leaf that nothing has been added to is *untouched*:
/// its memory is undefined, so nothing is zero-filled before a step.
///
/// A leaf that has only been added to row by row, as an embedding's table is, is *sparse*: it knows its rows, and all others are zero.
/// Settling and resetting it costs those rows, not the table. Adding to the whole of it makes it an ordinary leaf until ``reset()``.
public final class GradientBuffer {
  /// The place of each leaf's gradient.
  public let layout: [Range<Int>]
  /// The total number of floats.
  public let count: Int
  private let storage: Storage
  private var states: [LeafState]

  /// A buffer for leaves that lie at `layout`; `count` is the length of the whole, gaps included.
  public init(layout: [Range<Int>], count: Int) {
    self.layout = layout
    self.count = count
    storage = Storage(uninitialized: count)
    // Gaps between leaves are never written to, and passes over the whole read them.
    storage.pointer.update(repeating: 0, count: count)
    states = Array(repeating: LeafState(), count: layout.count)
  }

  /// The number of leaves.
  public var leafCount: Int { layout.count }

  /// The whole memory, for writing: from here on nothing is assumed to be zero, so the rows of sparse leaves are forgotten. A pass that only
  /// reads uses ``values``. Take it anew after each ``reset()``.
  public var pointer: UnsafeMutablePointer<Float> {
    for index in states.indices { states[index].forgetRows() }
    return storage.pointer
  }

  /// The whole memory, for reading.
  public var values: UnsafePointer<Float> { UnsafePointer(storage.pointer) }

  /// Whether anything has been added to the gradient of leaf `index` since ``reset()``.
  public func isTouched(_ index: Int) -> Bool { states[index].isTouched }

  /// The rows of leaf `index` that have been added to, each once; nil unless the leaf is sparse.
  public func touchedRows(_ index: Int) -> [Int32]? { states[index].isSparse ? states[index].rows : nil }

  /// The length of the rows that ``touchedRows(_:)`` counts.
  public func rowWidth(_ index: Int) -> Int { states[index].width }

  /// The gradient of leaf `index` as a view to be read, nil if untouched.
  public func gradient(_ index: Int, shape: Shape) -> Tensor? {
    states[index].isTouched ? Tensor(shape, storage, offset: layout[index].lowerBound) : nil
  }

  /// Makes all leaves untouched.
  public func reset() {
    for index in states.indices {
      states[index].clear(storage.pointer + layout[index].lowerBound)
    }
  }

  /// Writes zeros where nothing has been added, so that one pass can run over the whole.
  public func zeroFillUntouched() {
    for index in states.indices where !states[index].isTouched {
      if !states[index].isZeroElsewhere {
        (storage.pointer + layout[index].lowerBound).update(repeating: 0, count: layout[index].count)
        states[index].isZeroElsewhere = true
      }
      states[index].isTouched = true
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
    body(storage.pointer + layout[index].lowerBound, states[index].isTouched ? 1 : 0)
    states[index].forgetRows()
    states[index].isTouched = true
  }

  /// Adds to `rows` of a leaf whose rows are `width` long.
  func accumulateRows(_ index: Int, _ rows: [Int32], width: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let memory = storage.pointer + layout[index].lowerBound
    if !states[index].isTouched, !states[index].isZeroElsewhere {
      memory.update(repeating: 0, count: layout[index].count)
      states[index].isZeroElsewhere = true
    }
    states[index].isTouched = true
    if states[index].isZeroElsewhere, width > 0 { states[index].note(rows, width: width, of: layout[index].count / width) }
    body(memory)
  }
}

/// The state of the gradient of one leaf.
private struct LeafState {
  var isTouched = false
  /// Whether all memory outside `rows` is known to be zero, as in a new buffer.
  var isZeroElsewhere = true
  /// The rows added to, each once, in the order of their first addition.
  private(set) var rows: [Int32] = []
  private(set) var width = 0
  /// For each row whether it is among `rows`: 1 or 0.
  private var isNoted: [UInt8] = []
  /// Memory of ``note(_:width:of:)``.
  private var fresh: [Int32] = []

  var isSparse: Bool { isTouched && isZeroElsewhere }

  mutating func note(_ more: [Int32], width: Int, of count: Int) {
    self.width = width
    if isNoted.count != count { isNoted = Array(repeating: 0, count: count) }
    if fresh.count < more.count { fresh = Array(repeating: 0, count: more.count) }
    let found = more.withUnsafeBufferPointer { more in
      isNoted.withUnsafeMutableBufferPointer { noted in
        fresh.withUnsafeMutableBufferPointer { temper_note_ids(more.baseAddress, more.count, noted.baseAddress, $0.baseAddress) }
      }
    }
    rows.append(contentsOf: fresh[..<found])
  }

  /// The memory may have any content.
  mutating func forgetRows() {
    forget()
    isZeroElsewhere = false
  }

  /// Makes the leaf untouched; its known rows in `memory` become zero.
  mutating func clear(_ memory: UnsafeMutablePointer<Float>) {
    rows.withUnsafeBufferPointer { temper_clear_rows($0.baseAddress, $0.count, memory, width) }
    forget()
    isTouched = false
  }

  private mutating func forget() {
    isNoted.withUnsafeMutableBufferPointer { noted in
      for row in rows { noted[Int(row)] = 0 }
    }
    rows.removeAll(keepingCapacity: true)
  }
}

/// The value of `body` at `inputs` and its derivatives with respect to each of them, times `seed` (ones if nil); a derivative is nil where
/// the value does not depend on the input. For adversarial examples, saliency and the tests of ops.
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
