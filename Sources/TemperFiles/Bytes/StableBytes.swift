import CTemperSupport
import Glibc

/// Bytes that stay where they are: a file mapped into memory, or memory of their own.
@usableFromInline package final class StableBytes: @unchecked Sendable {
  @usableFromInline package let buffer: UnsafeBufferPointer<UInt8>
  /// Of a mapped file.
  private let mapping: OpaquePointer?
  private var isMapped: Bool { mapping != nil }
  /// What the mapped file was when it was opened.
  private let status: stat?

  private init(_ buffer: UnsafeBufferPointer<UInt8>, mapping: OpaquePointer? = nil, status: stat? = nil) {
    (self.buffer, self.mapping, self.status) = (buffer, mapping, status)
  }

  /// Takes over memory that was allocated for `count` bytes or more.
  package convenience init(owning memory: UnsafeMutablePointer<UInt8>, count: Int) {
    self.init(UnsafeBufferPointer(start: memory, count: count))
  }

  /// A copy of `bytes`.
  package convenience init(_ bytes: [UInt8]) {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
    bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { memory.update(from: base, count: bytes.count) } }
    self.init(owning: memory, count: bytes.count)
  }

  /// All bytes of the open file with this `status`, which may be closed afterwards; nil where it cannot be mapped.
  package convenience init?(mapping descriptor: CInt, _ status: stat) {
    guard status.st_size > 0, let mapping = temper_map_file(descriptor, Int(status.st_size)) else { return nil }
    self.init(UnsafeBufferPointer(start: temper_mapping_start(mapping), count: Int(status.st_size)), mapping: mapping, status: status)
  }

  /// Whether bytes of a mapped file are gone, and zeros in their place, because somebody shortened the file at `path`.
  package func isCut(_ path: String) -> Bool {
    guard let mapping, let status else { return false }
    if temper_mapping_is_cut(mapping) { return true }
    // Within the last page there is no fault.
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

  /// Lets the system take back the memory that `range` of a mapped file lies in; it is read from the file again where it is needed.
  package func release(_ range: Range<Int>) {
    guard isMapped else { return }
    // The system maps some pages around the one that is asked for, so those of the part before may be back.
    let first = range.lowerBound / (1 << 16) << 16
    MemoryPages.release(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[first..<range.upperBound]))
  }

  /// Calls `body` with one part after the other and releases each.
  package func forEachPart(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let size = 1 << 24
    for start in stride(from: 0, to: buffer.count, by: size) {
      let range = start..<min(start + size, buffer.count)
      body(UnsafeBufferPointer(rebasing: buffer[range]))
      release(range)
    }
  }
}
