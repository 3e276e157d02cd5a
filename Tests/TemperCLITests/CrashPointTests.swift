import Glibc
import TemperRunSupport
import Testing

/// Kills the program at its n-th call of a kind into the system, for every n: what stays is either a run that goes on to the same bytes, or no
/// run, which `--overwrite` replaces. A sample of the points is tried; `TEMPER_CRASH_POINTS` says how many for each kind of run, or `all`.
@Suite(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace")) struct CrashPointTests {
  private static let calls = ["mkdir", "rename", "unlink", "rmdir", "fsync", "write", "ftruncate"]
  private static let sample = 6

  /// How a run is started that is killed then.
  enum Start: String, CaseIterable, Sendable {
    /// Where nothing is.
    case anew
    /// In the place of one that has ended.
    case overwriting
    /// Going on with one that was killed before its first checkpoint.
    case startingOver
    /// Going on from a checkpoint.
    case resuming

    var arguments: String {
      switch self {
      case .anew: "train k.json --name k"
      case .overwriting: "train k.json --name k --overwrite"
      case .startingOver, .resuming: "train --resume runs/k"
      }
    }
  }

  /// Runs of three kinds.
  private static let configs = [
    "rows": """
    {"data": {"path": "data/t.csv", "label": "kind", "split": {"column": "part"}, "columns": {"day": "ignore", "group": "ignore"}},
     "model": {"hidden": [4], "norm": "batch"}, "train": {"max_steps": 4, "eval_every_steps": 2},
     "checkpoint": {"every_steps": 1, "keep_best": 1}}
    """,
    "folds": """
    {"data": {"path": "data/t.csv", "label": "kind", "columns": {"day": "ignore", "group": "ignore", "part": "ignore"},
     "split": {"validation": {"folds": 2}}}, "model": {"type": "linear"}, "train": {"max_steps": 2, "eval_every_steps": 1},
     "checkpoint": {"every_steps": 1}}
    """,
    "language": """
    {"task": "language_modeling", "data": {"path": "data/story.txt"}, "weight_average": {"decay": 0.5},
     "model": {"type": "gpt2", "n_layer": 1, "n_head": 1, "n_embd": 4, "n_positions": 8},
     "train": {"max_steps": 3, "eval_every_steps": 2}, "checkpoint": {"every_steps": 2}}
    """,
  ]

  @Test(arguments: ["rows", "folds", "language"], Start.allCases)
  func whateverIsKilledCanGoOn(kind: String, start: Start) throws {
    let site = try Site(config: try #require(Self.configs[kind]), start)
    let points = try site.points(of: Self.calls)
    let wanted = getenv("TEMPER_CRASH_POINTS").map { String(cString: $0) }
    let count = wanted == "all" ? points.count : wanted.flatMap { Int($0) } ?? Self.sample
    let step = max(1, points.count / max(1, count))
    var tried = 0
    for index in stride(from: step / 2, to: points.count, by: step) {
      let (call, number) = points[index]
      try site.killAndGoOn(at: call, number)
      tried += 1
    }
    #expect(tried > 0 && points.count > 20, "\(points.count) points")
  }

  /// A folder with a run that came through, to be compared with, and what a killed one starts from.
  private final class Site {
    let folder = TemporaryFolder()
    private let start: Start
    private let whole: [String: [UInt8]]

    init(config: String, _ start: Start) throws {
      self.start = start
      JourneyData.write(to: folder)
      folder.write(config, to: "k.json")
      let result = Program.run(["train", "k.json", "--name", "k", "--quiet"], in: folder.path)
      try #require(result.status == 0, "\(result.err)")
      whole = RunFiles.all(folder("runs/k"))
      TestFiles.makeFolder(folder("before"))
      switch start {
      case .anew: break
      case .overwriting: TestFiles.copy(folder("runs/k"), to: folder("before/k"))
      case .startingOver, .resuming:
        // Killed at the first rename behind which resolved.json is there, or after some more, when a checkpoint is.
        TestFiles.remove(folder("runs/k"))
        for number in 1... {
          let dies = Program.shell(Self.traced("rename", number, Start.anew.arguments), in: folder.path)
          try #require(dies.status == 137, "it ended before it could be killed: \(dies.err)")
          let hasCheckpoint = RunFiles.all(folder("runs/k")).keys.contains { $0.hasSuffix("DONE") && !$0.contains("partial") }
          if TestFiles.bytes(folder("runs/k/resolved.json")) != nil, start == .startingOver || hasCheckpoint { break }
          TestFiles.remove(folder("runs/k"))
        }
        TestFiles.copy(folder("runs/k"), to: folder("before/k"))
      }
    }

    /// Every call of one of `kinds` that the run makes.
    func points(of kinds: [String]) throws -> [(String, Int)] {
      reset()
      let traced = Program.shell(
        "strace -f -o calls -e trace=\(kinds.joined(separator: ",")) $TEMPER \(start.arguments) --quiet", in: folder.path)
      try #require(traced.status == 0, "\(traced.err)")
      let lines = TestFiles.text(folder("calls")).split(separator: "\n")
      return kinds.flatMap { kind -> [(String, Int)] in
        let count = lines.count { $0.split(separator: " ").dropFirst().first?.hasPrefix(kind + "(") == true }
        return count == 0 ? [] : (1...count).map { (kind, $0) }
      }
    }

    func killAndGoOn(at call: String, _ number: Int) throws {
      reset()
      let killed = Program.shell(Self.traced(call, number, start.arguments), in: folder.path)
      // Calls may differ by one from run to run, as a line of progress does.
      guard killed.status == 137 else { return }
      let isRun = TestFiles.bytes(folder("runs/k/resolved.json")) != nil
      let how = isRun ? ["train", "--resume", "runs/k", "--quiet"] : ["train", "k.json", "--name", "k", "--overwrite", "--quiet"]
      let result = Program.run(how, in: folder.path)
      #expect(result.status == 0, "\(start) killed at \(call) \(number), then \(how[1]): \(result.err)")
      let files = RunFiles.all(folder("runs/k"))
      #expect(files.keys.sorted() == whole.keys.sorted(), "\(start) killed at \(call) \(number): other files")
      for (name, bytes) in whole { #expect(files[name] == bytes, "\(start) killed at \(call) \(number): \(name) differs") }
    }

    private func reset() {
      TestFiles.remove(folder("runs"))
      TestFiles.makeFolder(folder("runs"))
      if start != .anew { TestFiles.copy(folder("before/k"), to: folder("runs/k")) }
    }

    private static func traced(_ call: String, _ number: Int, _ arguments: String) -> String {
      "strace -f -o /dev/null -e trace=\(call) -e inject=\(call):signal=SIGKILL:when=\(number) $TEMPER \(arguments) --quiet"
    }
  }
}
