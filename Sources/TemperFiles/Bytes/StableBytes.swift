import CTemperSupport
import Glibc

/// Bytes at a fixed address: a memory-mapped file, or allocated memory.
@usableFromInline package final class StableBytes: @unchecked Sendable {
  @usableFromInline package let buffer: UnsafeBufferPointer<UInt8>
  /// The mapping of a file.
  private let mapping: OpaquePointer?
  private var isMapped: Bool { mapping != nil }
  /// The status of the mapped file when it was opened.
  private let status: stat?

  private init(_ buffer: UnsafeBufferPointer<UInt8>, mapping: OpaquePointer? = nil, status: stat? = nil) {
    (self.buffer, self.mapping, self.status) = (buffer, mapping, status)
  }

  /// Takes ownership of memory allocated for at least `count` bytes.
  package convenience init(owning memory: UnsafeMutablePointer<UInt8>, count: Int) {
    self.init(UnsafeBufferPointer(start: memory, count: count))
  }

  /// Copies `bytes`.
  package convenience init(_ bytes: [UInt8]) {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
    bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { memory.update(from: base, count: bytes.count) } }
    self.init(owning: memory, count: bytes.count)
  }

  /// Maps the open file with this `status`, which may then be closed; nil if it cannot be mapped.
  package convenience init?(mapping descriptor: CInt, _ status: stat) {
    guard status.st_size > 0, let mapping = temper_map_file(descriptor, Int(status.st_size)) else { return nil }
    self.init(UnsafeBufferPointer(start: temper_mapping_start(mapping), count: Int(status.st_size)), mapping: mapping, status: status)
  }

  /// Whether bytes of a mapped file have been replaced by zeros, because the file at `path` was truncated.
  package func isCut(_ path: String) -> Bool {
    guard let mapping, let status else { return false }
    if temper_mapping_is_cut(mapping) { return true }
    // There is no fault within the last page.
    var now = stat()
    return stat(path, &now) == 0 && now.st_dev == status.st_dev && now.st_ino == status.st_ino && now.st_size < status.st_size
  }

  deinit {
    if let mapping {
      temper_unmap_file(mapping)
    } else {
      buffer.baseAddress?.deallocate()
    }
  }

  /// Lets the system reclaim the memory of `range` of a mapped file, which is read again on access.
  package func release(_ range: Range<Int>) {
    guard isMapped else { return }
    // The system maps some pages around the requested one, so those of the previous part may be back.
    let first = range.lowerBound / (1 << 16) << 16
    MemoryPages.release(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[first..<range.upperBound]))
  }

  /// Calls `body` with consecutive parts and releases each.
  package func forEachPart(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let size = 1 << 24
    for start in stride(from: 0, to: buffer.count, by: size) {
      let range = start..<min(start + size, buffer.count)
      body(UnsafeBufferPointer(rebasing: buffer[range]))
      release(range)
    }
  }
}
