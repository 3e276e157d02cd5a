import Glibc
import TemperRunSupport

/// The program that was built with these tests, run as a user's shell runs it.
enum Program {
  /// What a call came to.
  struct Result {
    let status: Int32
    let out: String
    let err: String
    /// The most memory that the program, or one that it waited for, had at a time, in bytes.
    var peak = 0
  }

  /// Beside the bundle of tests.
  static let path: String = {
    // The bundle is the file this very code was loaded from.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    let folder = bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let beside = folder + "/temper"
    return access(beside, X_OK) == 0 ? beside : Repository.path(".build/debug/temper")
  }()

  /// Runs `temper` with `arguments` in `folder`. Its streams are files, so that nothing waits for a reader; the signal that ended it is
  /// reported as 128 and its number, as shells do.
  static func run(
    _ arguments: [String], in folder: String, input: String = "", environment: [String] = [], terminal: Bool = false
  ) -> Result {
    run(path, arguments, in: folder, input: input, environment: environment, terminal: terminal)
  }

  /// Runs a line of bash in which `$TEMPER` is the program.
  static func shell(_ line: String, in folder: String) -> Result {
    run("/bin/bash", ["-c", line], in: folder, input: "", environment: ["TEMPER=\(path)"], terminal: false)
  }

  /// Runs another program.
  static func run(
    _ program: String, _ arguments: [String], in folder: String, input: String = "", environment: [String] = [], terminal: Bool = false
  ) -> Result {
    let streams = TemporaryFolder()
    streams.write(input, to: "in")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, streams("in"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, streams("out"), O_WRONLY | O_CREAT, 0o600)
    let pair = terminal ? Terminal() : nil
    posix_spawn_file_actions_addopen(&actions, 2, pair?.name ?? streams("err"), O_WRONLY | O_CREAT | O_NOCTTY, 0o600)

    let variables = ["PATH=/usr/bin:/bin", "TERM=xterm"] + environment
    var argv = (["sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments).map { strdup($0) } + [nil]
    var envp = variables.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var child = pid_t()
    let failure = withUnblockedSignals { posix_spawn(&child, "/bin/sh", &actions, &$0, &argv, &envp) }
    guard failure == 0 else { fatalError("\(program) could not be started") }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return Result(
      status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, out: TestFiles.text(streams("out")),
      err: pair?.text() ?? TestFiles.text(streams("err")), peak: usage.ru_maxrss * 1024)
  }

  /// A pair of pseudo-terminals. What is written to it waits in the kernel until it is read, a few kilobytes at most.
  private final class Terminal {
    let name: String
    private let (reader, writer): (CInt, CInt)

    init() {
      reader = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      // Linux's TIOCSPTLCK and TIOCGPTN, which Swift does not see: unlock the other end, and get its number.
      var (lock, number): (CInt, CInt) = (0, 0)
      guard ioctl(reader, 0x4004_5431, &lock) == 0, ioctl(reader, 0x8004_5430, &number) == 0 else {
        fatalError("there is no pseudo-terminal")
      }
      name = "/dev/pts/\(number)"
      // Held open, or what is unread goes with the last writer.
      writer = open(name, O_RDWR | O_NOCTTY)
    }

    deinit {
      close(writer)
      close(reader)
    }

    func text() -> String {
      var bytes = Array(repeating: UInt8(0), count: 1 << 16)
      _ = fcntl(reader, F_SETFL, O_NONBLOCK)
      let count = read(reader, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }
}
