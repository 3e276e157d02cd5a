/// A buffer to which ids are appended. A class with its own memory: an array passed through closures would be checked at each id.
final class TokenSink {
  private var memory: UnsafeMutablePointer<Int32>
  private var capacity: Int
  private(set) var count = 0

  init(hint: Int) {
    capacity = max(64, hint)
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  @inline(__always)
  func append(_ id: Int32) {
    if count == capacity { grow(1) }
    memory[count] = id
    count += 1
  }

  @inline(__always)
  func append(_ ids: UnsafePointer<Int32>, count more: Int) {
    if count + more > capacity { grow(more) }
    (memory + count).update(from: ids, count: more)
    count += more
  }

  /// The ids from `start` on; valid until something is appended.
  func suffix(from start: Int) -> UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: memory + start, count: count - start) }

  /// All ids, copied.
  var array: [Int32] { Array(UnsafeBufferPointer(start: memory, count: count)) }

  private func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
    moved.update(from: memory, count: count)
    memory.deallocate()
    (memory, capacity) = (moved, larger)
  }
}
