import Glibc

/// The memory that the process may still allocate. The needs of a config or a file are computed and compared with it before anything is
/// allocated: a request that cannot be met is then an error with a place instead of a crash.
public enum MemoryLimit {
  /// The bytes that can still be allocated: the minimum of the machine's free memory, the remaining limits of the process's control groups,
  /// and the rest of its address space (`ulimit -v`). `Int.max` if none can be read.
  public static func available() -> Int {
    [machine(), addressSpace(), controlGroup()].compactMap { $0 }.map { max(0, $0) }.min() ?? .max
  }

  /// `bytes` for a message: `1.5 GB`.
  public static func text(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let tenths = Int((value * 10).rounded())
    return (unit == 0 || tenths >= 1000 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)") + " " + units[unit]
  }

  /// The memory that all processes together can allocate without swapping.
  private static func machine() -> Int? {
    contents("/proc/meminfo").flatMap { number(after: "MemAvailable:", in: $0) }.map { $0 * 1024 }
  }

  /// The rest of the address space, if it is limited.
  static func addressSpace() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max),
      let used = contents("/proc/self/statm")?.split(separator: " ").first.flatMap({ Int($0) })
    else { return nil }
    return Int(limit.rlim_cur) - used * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The smallest remaining limit of the control groups that the process is in, of either version. Cached files do not count as used.
  private static func controlGroup() -> Int? {
    var least: Int?
    for line in (contents("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isSecond = parts[1].isEmpty
      guard isSecond || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let (limit, usage) = isSecond ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
      // A group may be limited by its ancestors; within a container the path may be relative to the root.
      var path = parts[2] == "/" ? "" : String(parts[2])
      while true {
        if let left = left(in: root + path, limit, usage) { least = min(least ?? left, left) }
        if path.isEmpty { break }
        path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      }
    }
    return least
  }

  private static func left(in folder: String, _ limit: String, _ usage: String) -> Int? {
    func number(_ name: String) -> Int? {
      contents(folder + "/" + name).flatMap { Int($0.split(separator: "\n").first ?? "") }
    }
    guard let most = number(limit), let used = number(usage) else { return nil }
    let lines = contents(folder + "/memory.stat") ?? ""
    let cached = ["inactive_file ", "active_file "].compactMap { Self.number(after: $0, in: lines) }.reduce(0, +)
    return most - max(0, used - cached)
  }

  /// The number behind `name` at the beginning of a line.
  private static func number(after name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.dropFirst(name.count).split(separator: " ").first.flatMap { Int($0) }
    }
    return nil
  }

  /// A small file of the kernel's.
  private static func contents(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + length, $0.count - length) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      length += count
    }
    return String(decoding: bytes[..<length], as: UTF8.self)
  }
}
