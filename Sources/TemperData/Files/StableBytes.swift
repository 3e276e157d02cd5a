import Glibc

/// Bytes that do not change and stay where they are: a file mapped into memory, or memory of their own.
final class StableBytes: @unchecked Sendable {
  let buffer: UnsafeBufferPointer<UInt8>
  private let isMapped: Bool

  private init(_ buffer: UnsafeBufferPointer<UInt8>, isMapped: Bool) {
    (self.buffer, self.isMapped) = (buffer, isMapped)
  }

  /// Takes over memory that was allocated for `count` bytes or more.
  convenience init(owning memory: UnsafeMutablePointer<UInt8>, count: Int) {
    self.init(UnsafeBufferPointer(start: memory, count: count), isMapped: false)
  }

  /// A copy of `bytes`.
  convenience init(_ bytes: [UInt8]) {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
    bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { memory.update(from: base, count: bytes.count) } }
    self.init(owning: memory, count: bytes.count)
  }

  /// The first `count` bytes of an open file, which may be closed afterwards; nil where it cannot be mapped.
  convenience init?(mapping descriptor: CInt, count: Int) {
    guard count > 0, let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else { return nil }
    self.init(UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt8.self), count: count), isMapped: true)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      buffer.baseAddress?.deallocate()
    }
  }

  /// Lets the system take back the memory that `range` of a mapped file lies in; it is read from the file again where it is needed.
  func release(_ range: Range<Int>) {
    guard isMapped else { return }
    // The system maps some pages around the one that is asked for, so those of the part before may be back.
    let first = range.lowerBound / (1 << 16) << 16
    MemoryPages.release(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[first..<range.upperBound]))
  }

  /// Calls `body` with one part after the other and releases each.
  func forEachPart(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let size = 1 << 24
    for start in stride(from: 0, to: buffer.count, by: size) {
      let range = start..<min(start + size, buffer.count)
      body(UnsafeBufferPointer(rebasing: buffer[range]))
      release(range)
    }
  }
}
