import Glibc

/// Programs that Temper is held against. They need Python with modules that are not everywhere; tests that need one are skipped where it is
/// absent.
public enum Peer {
  /// The interpreter: what the environment variable TEMPER_PEER_PYTHON names, or `python3`.
  public static let python = getenv("TEMPER_PEER_PYTHON").map { String(cString: $0) } ?? "python3"

  /// Whether the interpreter is there and finds `modules`.
  public static func has(_ modules: String...) -> Bool {
    let names = modules.map { "\"\($0)\"" }.joined(separator: ", ")
    let program = "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in [\(names)]))"
    return run(["-c", program]).status == 0
  }

  /// What a skipped test says.
  public static func reason(_ modules: String...) -> String {
    "needs a Python with \(modules.joined(separator: ", ")), named by TEMPER_PEER_PYTHON"
  }

  /// Runs the script called `name` of Tests/Peers; returns its status and all that it printed.
  public static func run(script name: String, _ arguments: [String]) -> (status: Int32, output: String) {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
    return run([tests + "/Peers/" + name] + arguments)
  }

  private static func run(_ arguments: [String]) -> (status: Int32, output: String) {
    let folder = TemporaryFolder()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder("out"), O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var argv = ([python] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    var child = pid_t()
    let failure = withUnblockedSignals { posix_spawnp(&child, python, &actions, &$0, &argv, environ) }
    guard failure == 0 else { return (127, "") }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, TestFiles.text(folder("out")))
  }
}
