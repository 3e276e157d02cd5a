import Synchronization

/// A cache of recently scanned records of a file: columns are accessed one after the other, and scanning a record takes time in
/// proportion to its columns.
final class RecentRecords<Scan: Sendable>: Sendable {
  private static var limit: Int { 16 }
  private let scans = Mutex<[(offset: Int, scan: Scan)]>([])

  /// The cached record at `offset`, or the result of `scan`.
  func scan(at offset: Int, _ scan: () -> Scan) -> Scan {
    if let found = scans.withLock({ scans in scans.first { $0.offset == offset }?.scan }) { return found }
    let new = scan()
    scans.withLock { scans in
      if scans.count == Self.limit { scans.removeFirst() }
      scans.append((offset, new))
    }
    return new
  }
}
