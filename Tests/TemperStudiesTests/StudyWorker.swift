import Glibc
import TemperFiles
import TemperRunSupport

/// A process of `TemperStudyWorker`, ended by the latest when this object goes.
final class StudyWorker {
  let output: String
  private var child = pid_t()
  private var status: CInt?

  /// Starts one with `arguments`; what it prints goes into a file in `folder`.
  init(_ arguments: [String], folder: TemporaryFolder, name: String = "worker") {
    output = folder(name + ".out")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var argv = ([Self.program] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    guard posix_spawn(&child, Self.program, &actions, nil, &argv, environ) == 0 else { fatalError("\(Self.program) does not start") }
  }

  deinit { _ = kill() }

  /// Waits until it ends by itself; returns its exit status.
  func wait() -> CInt {
    if let status { return status }
    var ended: CInt = 0
    while waitpid(child, &ended, 0) < 0, errno == EINTR {}
    let code = ended & 0x7F == 0 ? ended >> 8 & 0xFF : 128 + ended & 0x7F
    status = code
    return code
  }

  /// Kills it at once and waits until it is gone; returns its exit status, 137 if it was killed.
  func kill() -> CInt {
    if status == nil { Glibc.kill(child, SIGKILL) }
    return wait()
  }

  /// Waits until it has printed `text`; false after 30 s.
  func prints(_ text: String) -> Bool {
    for _ in 0..<3000 {
      if TestFiles.text(output).contains(text) { return true }
      usleep(10_000)
    }
    return false
  }

  /// The program stands beside that of the tests.
  private static let program: String = {
    // The bundle is the file this very code was loaded from.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return Paths.folder(of: bundle) + "/TemperStudyWorker"
  }()
}
