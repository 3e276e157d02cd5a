import Glibc
import TemperRunSupport
import TemperTrain
import Testing

/// Input that somebody damaged: whatever it is, the answer is an exit code of the table and a message with a place. `TEMPER_FUZZ` is the
/// number of cases; `TEMPER_FUZZ_CASE=csv:17` keeps the files of one case and says where.
@Suite struct FuzzTests {
  private static let variable = getenv("TEMPER_FUZZ").flatMap { Int(String(cString: $0)) }
  private static let one = getenv("TEMPER_FUZZ_CASE").map { String(cString: $0) }

  /// What the driver said about a case.
  private struct Answer {
    let name: String
    let status: Int?
    let problem: String
  }

  @Test(.enabled(if: one == nil)) func everyAnswerIsAnExitCodeAndAMessage() async {
    let count = Self.variable ?? 2000
    async let first = Self.answers(0..<count / 2)
    async let second = Self.answers(count / 2..<count)
    let answers = await first + second
    #expect(answers.count == count)
    let codes = Set(ExitStatus.allCases.filter { $0 != .bug }.map(\.rawValue))
    for answer in answers where !(answer.status.map(codes.contains) ?? false) || !answer.problem.isEmpty {
      Issue.record("\(answer.name): \(answer.status.map { "exit code \($0)" } ?? "") \(answer.problem)")
    }
    // Every kind both reads and refuses.
    for (kind, answers) in Dictionary(grouping: answers, by: { $0.name.prefix { $0 != ":" } }) where answers.count > 50 {
      let refused = answers.count { $0.status != 0 && $0.status != 75 }
      #expect(refused > 0 && refused < answers.count, "\(kind): \(refused) of \(answers.count) are refused")
    }
  }

  @Test(.enabled(if: one == nil)) func theProgramAnswersTheSame() throws {
    let folder = TemporaryFolder(inMemory: true)
    let kinds = ["config", "csv", "jsonl", "gz", "npy", "npz", "idx", "safetensors", "pretrained", "tokenizer", "checkpoint", "bundle"]
    let names = (kinds + ["textBundle", "language"]).flatMap { kind in (100..<104).map { "\(kind):\($0)" } }
    let kept = Self.drive(folder, ["keep"] + names)
    #expect(kept.status == 0 && kept.lines.count == names.count, "\(kept.err)")
    for line in kept.lines {
      let words = line.split(separator: "\t").map(String.init)
      let call = "ulimit -v 4000000; timeout 5 $TEMPER \(words[1...].joined(separator: " "))"
      let result = Program.shell(call, in: words[0])
      let status = ExitStatus(rawValue: Int(result.status))
      #expect(status != nil && status != .bug, "\(words[0]): \(result.status) \(result.err)")
      if status != .success { #expect(result.err.contains(/\[E\d{4}\]/) || status == .interrupted, "\(words[0]): \(result.err)") }
    }
  }

  /// Keeps the case that the environment names, and answers it as the program does.
  @Test(.enabled(if: one != nil)) func oneCaseIsKept() throws {
    let name = try #require(Self.one)
    let folder = "/tmp/temper-fuzz"
    TestFiles.remove(folder)
    TestFiles.makeFolder(folder)
    let result = Program.run(Self.driver, [folder, "keep", name], in: folder)
    let words = try #require(result.out.split(separator: "\n").first).split(separator: "\t").map(String.init)
    let answer = Program.shell("timeout 5 $TEMPER \(words[1...].joined(separator: " "))", in: words[0])
    print("cd \(words[0]); temper \(words[1...].joined(separator: " "))\nexit code \(answer.status)\n\(answer.err)")
  }

  // MARK: - The driver

  private static let driver = String(Program.path.dropLast("temper".count)) + "TemperFuzz"

  private static func drive(_ folder: TemporaryFolder, _ arguments: [String]) -> (status: Int32, lines: [Substring], err: String) {
    // A backtrace takes longer than a case.
    let result = Program.run(driver, [folder.path] + arguments, in: folder.path, environment: ["SWIFT_BACKTRACE=enable=no"])
    return (result.status, result.out.split(separator: "\n"), result.err)
  }

  /// The answers to cases, from one child process after another: where one ends, the next takes over behind the case.
  private static func answers(_ numbers: Range<Int>) async -> [Answer] {
    let folder = TemporaryFolder(inMemory: true)
    var answers: [Answer] = []
    var next = numbers.lowerBound
    while next < numbers.upperBound {
      let end = min(next + 5000, numbers.upperBound)
      let (status, lines, err) = drive(folder, ["run", "\(next)", "\(end)"])
      for line in lines {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        if words.count > 2 { answers.append(Answer(name: words[1], status: Int(words[2]), problem: words.count > 3 ? words[3] : "")) }
      }
      if status == 0 {
        next = end
        continue
      }
      // Its last line names the case that ended it.
      let words = (lines.last ?? "").split(separator: " ")
      guard words.count == 2, let number = Int(words[0]) else {
        answers.append(Answer(name: "the driver, at \(next)", status: nil, problem: "ended with \(status): \(err)"))
        return answers
      }
      let reason = status == 128 + SIGALRM ? "takes more than 5 s" : "ended with \(status): \(err)"
      answers.append(Answer(name: String(words[1]), status: nil, problem: reason))
      next = number + 1
    }
    return answers
  }
}
