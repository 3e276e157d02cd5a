import TemperJSON
import TemperRunSupport
import Testing

/// One way through the program: a config, and how its model is used.
struct Journey: Sendable, CustomTestStringConvertible {
  /// How a trained model is put to use, without its data.
  enum Use: Sendable {
    /// Rows of this file of the data.
    case predict(String)
    /// A text that begins like this.
    case generate(String)
    /// It has nothing to say: its data are made up tokens.
    case none
  }

  let name: String
  let task: String
  let data: String
  let model: String
  let use: Use
  /// Where a model of the run lies: its directory, or that of one of its folds.
  var inner = ""
  /// The config of a run that is trained before, called `base`.
  var base: String?
  private let rest: String

  var testDescription: String { name }

  /// A run that does `rest` besides, a list of config members.
  init(
    _ name: String, _ task: String = "classification", data: String, model: String, _ rest: String, _ use: Use, inner: String = "",
    base: String? = nil
  ) {
    self.base = base
    (self.name, self.task, self.data, self.model, self.use, self.rest, self.inner) = (name, task, data, model, use, rest, inner)
  }

  /// The config: it writes checkpoints all along, so that it can be killed between them.
  var config: String {
    """
    {"task": "\(task)", "data": \(data), "model": \(model), "checkpoint": {"every_steps": 2, "keep_last": 2}, \(rest)}
    """
  }
}

/// A table and what else there is to learn from, and a journey on it.
final class Traveller {
  let folder = TemporaryFolder()
  private let journey: Journey

  init(_ journey: Journey) {
    self.journey = journey
    JourneyData.write(to: folder)
    folder.write(journey.config, to: "run.json")
    if let base = journey.base { folder.write(base, to: "base.json") }
  }

  /// What the program says that is asked to do `arguments`; fails the test unless it ends with `status`.
  @discardableResult
  func temper(_ arguments: [String], status: Int32 = 0) throws -> String {
    let result = Program.run(arguments, in: folder.path)
    try #require(result.status == status, "temper \(arguments.joined(separator: " ")): \(result.status) \(result.err)")
    return result.out
  }

  /// Renames a file or folder.
  func move(_ name: String, to other: String) throws {
    try #require(Program.shell("mv '\(name)' '\(other)'", in: folder.path).status == 0)
  }

  /// Trains, and compares what the stored model comes to on the run's own data with what the run said.
  func trainAndEvaluate() throws {
    if journey.base != nil { try temper(["train", "base.json", "--quiet"]) }
    let run = try JSON.parse(try temper(["train", "run.json", "--quiet", "--json"]), path: "train")
    #expect(try temper(["runs"]).contains("\nruns/run "))
    try evaluateCheckpoint()
    guard journey.inner.isEmpty else { return try evaluateFold(run) }
    let evaluation = try JSON.parse(try temper(["evaluate", "runs/run", "--json"]), path: "evaluate")
    let part = try #require(evaluation["data"]?.string)
    try expectEqual(evaluation, try #require(run[part]), part)
  }

  /// Judges the last checkpoint, and compares it with what the run noted at that step.
  private func evaluateCheckpoint() throws {
    let run = "runs/run" + journey.inner
    let last = try #require(TestFiles.names(folder(run + "/checkpoints")).last)
    let step = try #require(Int(last.dropFirst("step-".count).dropLast()))
    let noted = TestFiles.text(folder(run + "/metrics.jsonl")).split(separator: "\n").compactMap { try? JSON.parse(String($0), path: "m") }
    let validation = noted.last { $0["step"]?.integer == step }?["validation"]
    let part = validation?.isNull == false ? ["--split", "validation"] : []
    let judged = try JSON.parse(
      try temper(["evaluate", run, "--checkpoint", "\(step)", "--json"] + part), path: "evaluate")
    #expect(judged["step"]?.integer == step)
    if let validation, !validation.isNull { try expectEqual(judged, validation, "checkpoint \(step)") }
  }

  private func evaluateFold(_ run: JSON) throws {
    let evaluation = try JSON.parse(try temper(["evaluate", "runs/run" + journey.inner, "--json"]), path: "evaluate")
    let part = try #require(evaluation["data"]?.string)
    let fold = try #require(run["folds"]?.array?.first { "/" + ($0["run"]?.string ?? "") == journey.inner })
    try expectEqual(evaluation, try #require(fold[part]), part)
  }

  private func expectEqual(_ evaluation: JSON, _ told: JSON, _ part: String) throws {
    var compared = 0
    for member in told.members ?? [] {
      guard let value = evaluation[member.name] else { continue }
      #expect(
        value == member.value, "\(part) \(member.name): the run said \(member.value.serialized()), evaluate says \(value.serialized())")
      compared += 1
    }
    #expect(compared > 1, "nothing to compare in \(told.serialized())")
  }

  /// Uses the model, then its folder alone, where neither run nor data are.
  func useAlone() throws {
    let model = "runs/run" + journey.inner
    let (before, arguments): (String, (String) -> [String])
    switch journey.use {
    case .predict(let input):
      arguments = { ["predict", $0, "--input", input] }
      if TestFiles.names(folder("data/" + input)).isEmpty {
        TestFiles.write(TestFiles.bytes(folder("data/" + input)) ?? [], to: folder(input))
      } else {
        TestFiles.copy(folder("data/" + input), to: folder(input))
      }
    case .generate(let prompt):
      arguments = { ["generate", $0, "--prompt", prompt, "--max-tokens", "20", "--seed", "3"] }
    case .none: return
    }
    before = try temper(arguments(model))
    TestFiles.makeFolder(folder("elsewhere"))
    TestFiles.copy(folder(model + "/best"), to: folder("elsewhere/model"))
    try move("data", to: "gone")
    try move("runs", to: "gone-runs")
    #expect(try temper(arguments("elsewhere/model")) == before)
    #expect(before.split(separator: "\n").count > 1 || before.utf8.count > 10, "nothing came of it: \(before)")
    try move("gone", to: "data")
    try move("gone-runs", to: "runs")
  }

  /// Trains from resolved.json, and once more with a kill and a resume in between: all of it comes to the same bytes.
  func trainAgain() throws {
    try temper(["validate", "runs/run/resolved.json"])
    try move("runs/run", to: "first")
    try temper(["train", "first/resolved.json", "--quiet"])
    expectSameFiles("runs/run", "first", "from resolved.json")
    try move("runs/run", to: "second")
    _ = Program.shell(
      """
      $TEMPER train run.json --quiet & p=$!
      until compgen -G 'runs/run\(journey.inner)/checkpoints/step-*/DONE' > /dev/null || ! kill -0 $p 2> /dev/null; do :; done
      kill -KILL $p; wait $p 2> /dev/null
      """, in: folder.path)
    try temper(["train", "--resume", "runs/run", "--quiet"])
    expectSameFiles("runs/run", "first", "killed and resumed")
    try temper(["validate", "runs/run/resolved.json"])
  }

  /// Everything a run leaves, but for the clock, the command line and the config as it was given.
  private func expectSameFiles(_ run: String, _ other: String, _ how: String) {
    let names = Self.files(folder(other)).filter { name in
      !["manifest.json", "timing.jsonl"].contains { name.hasSuffix($0) } && name != "config.json" && !name.hasSuffix("fold-1/config.json")
        && !name.hasSuffix("fold-2/config.json")
    }
    #expect(names.contains { $0.hasSuffix("metrics.jsonl") } && names.contains { $0.hasSuffix("best/model.safetensors") })
    for name in names {
      #expect(TestFiles.bytes(folder(run + "/" + name)) == TestFiles.bytes(folder(other + "/" + name)), "\(how): \(name) differs")
    }
    #expect(Self.files(folder(run)).count == Self.files(folder(other)).count, "\(how): other files")
  }

  private static func files(_ path: String) -> [String] {
    TestFiles.names(path).flatMap { name in
      name.hasSuffix("/") ? files(path + "/" + name.dropLast()).map { name + $0 } : [name]
    }
  }
}
