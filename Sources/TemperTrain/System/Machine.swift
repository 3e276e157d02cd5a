import CTemperSupport
import Glibc
import TemperFiles

/// The machine that the program runs on.
public enum Machine {
  /// The number of processors available to this process.
  public static var processors: Int { max(1, Int(temper_available_processors())) }

  /// The name of the processor; nil if the system does not report it.
  static var processor: String? {
    guard let info = try? FileBytes(reading: "/proc/cpuinfo") else { return nil }
    return String(decoding: info.bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("model name") }
      .flatMap { $0.split(separator: ":").last }.map { String($0.drop { $0 == " " }) }
  }

  /// The current time, such as `2026-01-31T12:00:00Z`.
  static var now: String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      strftime(buffer.baseAddress!, 32, "%Y-%m-%dT%H:%M:%SZ", &parts)
      return String(cString: buffer.baseAddress!)
    }
  }

  /// Peak resident memory of the process, in bytes.
  public static var peakMemory: Int { usage.ru_maxrss * 1024 }

  /// CPU seconds of all threads of this process so far.
  static var computingSeconds: Double {
    let usage = usage
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }

  /// Page faults so far that needed no disk read.
  public static var pageFaults: Int { usage.ru_minflt }

  private static var usage: rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
  }

  /// The commit checked out in the git repository around `folder`; nil if there is none.
  static func gitRevision(around folder: String) -> String? {
    func text(_ path: String) -> String? {
      (try? FileBytes(reading: path)).map { String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
    }
    var place = folder
    while true {
      let git = place + "/.git"
      if let head = text(git + "/HEAD") {
        guard head.hasPrefix("ref: ") else { return head }
        let reference = String(head.dropFirst(5))
        if let commit = text(git + "/" + reference) { return commit }
        guard let packed = try? FileBytes(reading: git + "/packed-refs") else { return nil }
        return String(decoding: packed.bytes, as: UTF8.self).split(separator: "\n").first { $0.hasSuffix(" " + reference) }
          .map { String($0.prefix { $0 != " " }) }
      }
      if place == "/" { return nil }
      place = Paths.folder(of: place)
    }
  }
}
