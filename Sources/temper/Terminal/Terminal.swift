import CTemperSupport
import Glibc
import TemperJSON
import TemperTrain

/// The two streams of the program: results go to standard output, progress and diagnostics to standard error.
enum Terminal {
  /// Whether nobody reads standard output any more. Further output is then dropped, which changes neither the work nor the exit code. A command
  /// whose only product is this output may end early.
  private(set) nonisolated(unsafe) static var isUnread = false

  /// Writes a text and a line break to standard output, at once.
  static func print(_ text: String) {
    write(text + "\n")
  }

  /// Writes a text to standard output, at once.
  static func write(_ text: String) {
    if isUnread { return }
    var text = text
    let isWritten = text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(STDOUT_FILENO, bytes.baseAddress! + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN {
          var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
          continue
        }
        if count <= 0 { return false }
        done += count
      }
      return true
    }
    guard !isWritten else { return }
    if errno == EPIPE {
      isUnread = true
      return
    }
    printError("temper: cannot write to standard output: \(String(cString: strerror(errno)))")
    exit(CInt(ExitStatus.cannotWrite.rawValue))
  }

  /// Writes a line to standard error.
  static func printError(_ text: String) {
    show(text + "\n")
  }

  /// Writes a note to standard error.
  static func note(_ text: String) { printError("note: \(text.printable())") }

  /// Writes a text to standard error.
  static func show(_ text: String) {
    var text = text
    text.withUTF8 { bytes in bytes.withMemoryRebound(to: CChar.self) { temper_print_error($0.baseAddress, $0.count) } }
  }

  /// Whether standard error is a terminal, on which a line can be redrawn.
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb" }

  /// Whether standard error may have colors.
  static var isColored: Bool { isInteractive && getenv("NO_COLOR") == nil }

  /// `text` in red, if colors are allowed.
  static func red(_ text: String) -> String { isColored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }

  /// `text` in yellow, if colors are allowed.
  static func yellow(_ text: String) -> String { isColored ? "\u{1B}[33m\(text)\u{1B}[0m" : text }

  /// The width of a line of standard error, in columns.
  static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Runs the work of a command: an error is written to standard error and ends the program with its exit code.
  static func reporting(_ work: () throws(Diagnostics) -> ExitStatus) -> Never {
    do {
      exit(CInt(try work().rawValue))
    } catch {
      printError("\(red("error:")) \(error)")
      exit(CInt(ExitStatus(error).rawValue))
    }
  }
}
