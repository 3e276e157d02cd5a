import Glibc

/// The memory pages of the system.
package enum MemoryPages {
  private static let size = Int(sysconf(CInt(_SC_PAGESIZE)))

  /// Lets the system reclaim the whole pages within `memory`. Those of a mapped file are read again on access; others become zeros.
  package static func release(_ memory: UnsafeRawBufferPointer) {
    let start = Int(bitPattern: memory.baseAddress)
    let (first, last) = ((start + size - 1) / size * size, (start + memory.count) / size * size)
    if first < last { madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, MADV_DONTNEED) }
  }
}
