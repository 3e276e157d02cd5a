import Glibc

/// Freed buffers by size class, so that a training step, after the first few, takes no memory from the system.
///
/// A size class is a power of two or one of three steps between: at most a quarter of a buffer is unused, and batches of ragged lengths share
/// buffers. Buffers that would lift the idle bytes over the cap are freed.
final class BufferPool {
  private(set) var statistics = PoolStatistics()
  private var idle: [[UnsafeMutablePointer<Float>]] = Array(repeating: [], count: 256)
  private let cap = 2 << 30

  /// An uninitialized buffer for at least `count` floats, aligned to a cache line.
  func take(_ count: Int) -> (pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
    let sizeClass = Self.sizeClass(of: count)
    statistics.taken += 1
    statistics.usedBytes += Self.bytes(of: sizeClass)
    statistics.peakBytes = max(statistics.peakBytes, statistics.usedBytes)
    if let pointer = idle[sizeClass].popLast() {
      statistics.idleBytes -= Self.bytes(of: sizeClass)
      return (pointer, sizeClass)
    }
    statistics.allocated += 1
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, 64, Self.bytes(of: sizeClass)) == 0, let raw else {
      outOfMemory(Self.bytes(of: sizeClass))
    }
    return (raw.assumingMemoryBound(to: Float.self), sizeClass)
  }

  /// Returns a buffer to the pool.
  func give(_ pointer: UnsafeMutablePointer<Float>, sizeClass: Int) {
    let bytes = Self.bytes(of: sizeClass)
    statistics.usedBytes -= bytes
    if statistics.idleBytes + bytes > cap {
      free(pointer)
    } else {
      statistics.idleBytes += bytes
      idle[sizeClass].append(pointer)
    }
  }

  /// Restarts the count of the peak.
  func resetPeak() {
    statistics.peakBytes = statistics.usedBytes
  }

  deinit {
    for buffers in idle { for pointer in buffers { free(pointer) } }
  }

  /// The class of a buffer of `count` floats: 4 times the exponent, plus the next two bits rounded up; 16 floats at least.
  static func sizeClass(of count: Int) -> Int {
    let n = max(count, 16)
    let exponent = Int.bitWidth - 1 - n.leadingZeroBitCount
    let step = 1 << (exponent - 2)
    return 4 * exponent + (n - (1 << exponent) + step - 1) / step
  }

  /// The size of the buffers of a class.
  static func bytes(of sizeClass: Int) -> Int {
    let exponent = sizeClass / 4
    return ((1 << exponent) + (sizeClass % 4) << (exponent - 2)) * MemoryLayout<Float>.stride
  }
}
