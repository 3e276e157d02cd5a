import Glibc
import TemperCore

/// Memory that bytes are appended to, up to a limit.
struct ByteSink: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private let limit: Int
  private(set) var count = 0

  /// From so many bytes on it is asked whether there is memory for them.
  private static let large = 1 << 24

  /// An empty one that may hold `limit` bytes and is likely to get `hint`.
  init(hint: Int, limit: Int) {
    capacity = max(1024, min(hint, limit) + 512)
    // Nothing is taken on trust that half of the memory does not hold.
    if capacity > Self.large { capacity = max(Self.large, min(capacity, MemoryLimit.available() / 2)) }
    memory = .allocate(capacity: capacity)
    self.limit = limit
  }

  deinit { memory.deallocate() }

  /// What was appended, in the sink's own memory.
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

  /// Appends what one read from `descriptor` gives, at most `limit` bytes, for which there is room. Returns how many there are, 0 at the end
  /// and -1 for an error.
  mutating func appendRead(_ limit: Int, from descriptor: CInt) -> Int {
    let added = read(descriptor, memory + count, limit)
    count += max(0, added)
    return added
  }

  /// What was appended.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory, count: count) }

  /// Makes room for `more` bytes; throws if there are more than the limit already.
  @inline(__always)
  mutating func reserve(_ more: Int) throws(InflateProblem) {
    if count + more > capacity { try grow(more) }
  }

  private mutating func grow(_ more: Int) throws(InflateProblem) {
    guard count <= limit else { throw .tooLarge }
    // A little beyond the limit, so that what exceeds it is seen.
    var larger = max(count + more, min(capacity * 2, limit + 512))
    if larger > Self.large {
      // Some is left for whoever works on the bytes.
      let left = max(0, MemoryLimit.available() - Self.large)
      if larger > left { larger = max(count + more, count + count / 8) }
      if larger > left { throw .noMemory(bytes: count + larger, left: left) }
    }
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: memory, count: count)
    memory.deallocate()
    (memory, capacity) = (moved, larger)
  }

  /// Throws if there are more bytes than the limit.
  func checkLimit() throws(InflateProblem) {
    if count > limit { throw .tooLarge }
  }

  /// Appends a byte for which there is room.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  /// Appends `length` bytes for which there is room, each equal to the one `distance` before it.
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
