import Synchronization

/// The records of a file that were looked at last, as they were scanned: columns are looked at one after the other, and to scan a record takes as
/// long as it has columns.
final class RecentRecords<Scan: Sendable>: Sendable {
  private static var limit: Int { 16 }
  private let scans = Mutex<[(offset: Int, scan: Scan)]>([])

  /// What `scan` makes of the record at `offset`.
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
