import Glibc
import TemperCore

/// A growing byte buffer with a limit.
struct ByteSink: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private let limit: Int
  private(set) var count = 0

  /// The size from which available memory is checked.
  private static let large = 1 << 24

  /// Creates an empty sink for at most `limit` bytes, and probably `hint`.
  init(hint: Int, limit: Int) {
    capacity = max(1024, min(hint, limit) + 512)
    // A hint is not trusted beyond half of the available memory.
    if capacity > Self.large { capacity = max(Self.large, min(capacity, MemoryLimit.available() / 2)) }
    memory = .allocate(capacity: capacity)
    self.limit = limit
  }

  deinit { memory.deallocate() }

  /// Returns the appended bytes, without copying.
  consuming func moved() -> StableBytes {
    let bytes = StableBytes(owning: memory, count: count)
    discard self
    return bytes
  }

  /// Appends `more` bytes.
  mutating func append(_ more: UnsafeBufferPointer<UInt8>) throws(InflateProblem) {
    try reserve(more.count)
    if let base = more.baseAddress { (memory + count).update(from: base, count: more.count) }
    count += more.count
  }

  /// Appends one read from `descriptor`, of at most `limit` bytes, for which there is room. Returns their number, 0 at the end and -1
  /// for an error.
  mutating func appendRead(_ limit: Int, from descriptor: CInt) -> Int {
    let added = read(descriptor, memory + count, limit)
    count += max(0, added)
    return added
  }

  /// The appended bytes.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory, count: count) }

  /// Makes room for `more` bytes; throws if the limit is already exceeded.
  @inline(__always)
  mutating func reserve(_ more: Int) throws(InflateProblem) {
    if count + more > capacity { try grow(more) }
  }

  private mutating func grow(_ more: Int) throws(InflateProblem) {
    guard count <= limit else { throw .tooLarge }
    // Slightly beyond the limit, so that exceeding it is detected.
    var larger = max(count + more, min(capacity * 2, limit + 512))
    if larger > Self.large {
      // Leaves some memory for processing the bytes.
      let left = max(0, MemoryLimit.available() - Self.large)
      if larger > left { larger = max(count + more, count + count / 8) }
      if larger > left { throw .noMemory(bytes: count + larger, left: left) }
    }
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: memory, count: count)
    memory.deallocate()
    (memory, capacity) = (moved, larger)
  }

  /// Throws if the limit is exceeded.
  func checkLimit() throws(InflateProblem) {
    if count > limit { throw .tooLarge }
  }

  /// Appends a byte for which there is room.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  /// Appends `length` bytes for which there is room, each a copy of the one `distance` before it.
  @inline(__always)
  mutating func repeatLast(_ distance: Int, _ length: Int) {
    let to = memory + count
    if distance >= length {
      to.update(from: to - distance, count: length)
    } else {
      for index in 0..<length { to[index] = to[index - distance] }
    }
    count += length
  }
}
