import CTemperSupport
import Glibc
import TemperFiles
import TemperJSON

/// This program, started once more, so that a run that crashes or is killed does not end the others.
public struct ChildProcess: Sendable {
  /// How a process ended.
  public enum Ending: Sendable, Equatable {
    /// With an exit code; see ``ExitStatus``.
    case exited(Int)
    /// By a signal.
    case killed(signal: Int)
  }

  /// What to run, and where its output goes.
  public struct Command: Sendable {
    /// The arguments, without the name of the program.
    public let arguments: [String]
    /// The files for standard output and standard error, which are replaced.
    public let output, errors: String

    /// Creates the command `arguments`, whose streams are written to the files `output` and `errors`.
    public init(_ arguments: [String], output: String, errors: String) {
      (self.arguments, self.output, self.errors) = (arguments, output, errors)
    }
  }

  private let id: pid_t

  /// The file of this program.
  private static let program: String = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
    let count = readlink("/proc/self/exe", buffer.baseAddress!, Int(PATH_MAX))
    return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : CommandLine.arguments[0]
  }

  /// Starts `command`, with empty standard input. A signal from the terminal reaches this process alone, which passes it on; if this process
  /// ends, the child is asked to end as well.
  public init(_ command: Command) throws(Diagnostics) {
    let arguments = ([Self.program] + command.arguments).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    id = temper_spawn(Self.program, arguments, command.output, command.errors)
    if id < 0 {
      throw Diagnostics(.cannotStart, at: .wholeFile(path: Self.program), "cannot start a process: \(String(cString: strerror(errno)))")
    }
  }

  /// Sends `signal`.
  public func send(_ signal: Int32) { kill(id, signal) }

  /// How it ended; nil while it runs, unless `waiting`.
  private func ending(waiting: Bool) -> Ending? {
    var status: Int32 = 0
    var ended = waitpid(id, &status, waiting ? 0 : WNOHANG)
    while ended < 0, errno == EINTR { ended = waitpid(id, &status, waiting ? 0 : WNOHANG) }
    if ended == 0 { return nil }
    let signal = status & 0x7F
    return signal == 0 ? .exited(Int(status >> 8 & 0xFF)) : .killed(signal: Int(signal))
  }

  /// The first error in the file `errors` of a child's standard error, on one line; nil if there is none.
  package static func firstError(in errors: String) -> String? {
    guard let file = try? FileBytes(reading: errors) else { return nil }
    let start = "error: "
    let line = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(start) }
    return line.map { String($0.dropFirst(start.count)).printable() }
  }

  /// Waits until it ends. `isDue` is asked every few milliseconds; once it is true, the process is sent `signal`.
  public func wait(sending signal: Int32 = SIGTERM, when isDue: () -> Bool = { false }) -> Ending {
    var isSent = false
    while true {
      if let ending = ending(waiting: isSent) { return ending }
      if !isSent, isDue() {
        send(signal)
        isSent = true
      } else {
        usleep(2000)
      }
    }
  }

  /// Runs `commands`, at most `jobs` at a time, and reports how each ended, by its index, as soon as it does. Once `isInterrupted`, those that
  /// run are asked to end, and no other is started. They are asked too if `ended` throws, whose error is passed on.
  public static func run(
    _ commands: [Command], jobs: Int, isInterrupted: () -> Bool, ended: (_ index: Int, _ ending: Ending) throws(Diagnostics) -> Void
  ) throws(Diagnostics) {
    var (next, running) = (0, [(index: Int, process: ChildProcess)]())
    var (isEnding, problem) = (false, Diagnostics?.none)
    while next < commands.count && !isEnding || !running.isEmpty {
      if !isEnding, problem != nil || isInterrupted() {
        isEnding = true
        for (_, process) in running { process.send(SIGTERM) }
      }
      while !isEnding, problem == nil, running.count < max(1, jobs), next < commands.count {
        do throws(Diagnostics) { running.append((next, try ChildProcess(commands[next]))) } catch { problem = error }
        next += 1
      }
      var stillRunning: [(index: Int, process: ChildProcess)] = []
      for (index, process) in running {
        guard let ending = process.ending(waiting: false) else {
          stillRunning.append((index, process))
          continue
        }
        do throws(Diagnostics) { if problem == nil { try ended(index, ending) } } catch { problem = error }
      }
      let isIdle = stillRunning.count == running.count
      running = stillRunning
      if isIdle, !running.isEmpty { usleep(5000) }
    }
    if let problem { throw problem }
  }
}

extension Diagnostic.Code {
  /// A process that cannot be started.
  public static let cannotStart = Diagnostic.Code("E0407", "a process cannot be started")
}
