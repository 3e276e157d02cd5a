import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTrain
import Testing

/// A model, an input, an objective and a task of one's own do all that Temper's do.
@Suite struct ExtensionTests {
  @Test(arguments: Extension.all) func isTrainedAndStored(example: Extension) throws {
    let lab = ExtensionLab(example)
    let run = try lab.train("run")
    let validation = try #require(run.validation)
    let (value, better) = try #require(
      validation.metrics.first { $0.name == example.metric }.map { ($0.value ?? .nan, $0.metric.better) })
    #expect(value == example.worst || better.improves(value, on: example.worst), "\(example.metric) \(value)")
    #expect(run.meetsExpectations)
    if let (model, best) = example.plain {
      let plain = try lab.train("plain", ["model={\"type\": \"\(model)\"}"])
      #expect((plain.validation?.metrics.first { $0.name == example.metric }?.value ?? .nan) < best)
    }

    let model = try StoredModel.read(run.directory, components: .extended)
    #expect(try model.evaluate(.validation)?.metrics == run.validation?.metrics)
    #expect(try model.evaluate(.train)?.metrics == run.train.metrics && model.evaluate(.test) == nil)
    let checkpoint = try CheckpointModel.withFolder(run: run.directory, step: 10, components: .extended) { (folder) throws(Diagnostics) in
      try StoredModel.read(folder, components: .extended).evaluate(.validation)
    }
    #expect(checkpoint?.loss?.isFinite == true && checkpoint?.metrics != run.validation?.metrics)
    let record = try #require(try RunRecord.all(in: run.directory, components: .extended).first)
    #expect(record.headlines == ["validation.loss", "validation.\(validation.report.metrics[0].name)"])
    #expect(record.value(of: "validation.loss") == validation.loss)
  }

  @Test(arguments: Extension.all) func predictsFromItsFolderAlone(example: Extension) throws {
    let lab = ExtensionLab(example)
    let run = try lab.train("run")
    let before = try lab.predictions(run.directory)
    #expect(before.count > 10)
    TestFiles.copy(run.directory + "/best", to: lab.folder("alone"))
    TestFiles.remove(lab.folder("data.csv"))
    TestFiles.remove(lab.folder("runs"))
    #expect(try lab.predictions(lab.folder("alone")) == before)
  }

  @Test(arguments: Extension.all) func comesToTheSameWeightsAgain(example: Extension) throws {
    let lab = ExtensionLab(example)
    let run = try lab.train("run")
    let others = [
      try lab.trainInParts("parts", steps: 15), try lab.train("again", path: run.directory + "/resolved.json"),
      try lab.train("threads", ["threads=1"]),
    ]
    for other in others {
      for name in ["last/model.safetensors", "best/model.safetensors", "metrics.jsonl"] {
        #expect(TestFiles.bytes(other.directory + "/" + name) == TestFiles.bytes(run.directory + "/" + name), "\(other.directory) \(name)")
      }
    }
  }

  @Test(arguments: Extension.all) func temperAloneDoesNotKnowIt(example: Extension) throws {
    let lab = ExtensionLab(example)
    #expect(throws: Diagnostics.self) { try ConfigFile(path: lab.folder("run.json")) }
    let run = try lab.train("run")
    #expect(throws: Diagnostics.self) { try StoredModel.read(run.directory) }
  }

  @Test func anObjectiveHasItsOwnLossAlone() throws {
    let lab = ExtensionLab(Extension.all[2])
    for change in ["loss.type=mse", "early_stopping.monitor=validation.poisson_deviance"] {
      #expect(throws: Diagnostics.self, "\(change)") { try lab.train("run", [change]) }
    }
    for task in ["task=regression", "task=reconstruction"] {
      #expect(throws: Diagnostics.self, "\(task)") { try lab.train("run", [task, "expect={}", "loss.type=poisson"]) }
    }
  }

  @Test func keysOfOnesOwnAreKnown() throws {
    let lab = ExtensionLab(Extension.all[0])
    #expect(throws: Diagnostics.self) { try ConfigFile(path: lab.folder("run.json"), removing: ["model.rang"], components: .extended) }
    let file = try ConfigFile(path: lab.folder("run.json"), removing: ["model.rank"], components: .extended)
    #expect(file.resolved["model"]?["rank"]?.integer == 4)
  }
}

/// The excerpts of CONTRIBUTING.md are lines of the files of this folder.
@Suite struct ExcerptTests {
  private static let folder = "Tests/TemperTrainTests/Extensions/"

  /// Each excerpt with the file that it says it is from.
  private static func excerpts() -> [(file: String, lines: [Substring])] {
    let lines = TestFiles.text(Repository.path("CONTRIBUTING.md")).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.compactMap { index in
      guard lines[index].hasPrefix("<!-- from "), lines[index].hasSuffix(" -->") else { return nil }
      let rest = lines[(index + 1)...].drop { $0.isEmpty }
      guard rest.first == "```swift" else { return (String(lines[index]), []) }
      return (String(lines[index].dropFirst(10).dropLast(4)), Array(rest.dropFirst().prefix { $0 != "```" }))
    }
  }

  @Test func standInTheirFiles() {
    let excerpts = Self.excerpts()
    for (file, lines) in excerpts {
      let source = TestFiles.text(Repository.path(file)).split(separator: "\n", omittingEmptySubsequences: false)
      var rest = source[...]
      #expect(lines.count > 2, "\(file): an excerpt without lines")
      for line in lines where !line.isEmpty && !line.hasSuffix("...") {
        guard let index = rest.firstIndex(of: line) else {
          Issue.record("\(file) has no line, or not in this place: \(line)")
          continue
        }
        rest = rest[(index + 1)...]
      }
    }
    let folders = Set(excerpts.map { $0.file.split(separator: "/").dropLast().joined(separator: "/") + "/" })
    let examples = TestFiles.names(Repository.path(Self.folder)).filter { $0.hasSuffix("/") }.map { Self.folder + $0 }
    #expect(folders.isSuperset(of: examples) && examples.count == 4)
  }

  /// What they do, a program that uses the library can do.
  @Test func usePublicDeclarationsAlone() {
    let folder = Repository.path(Self.folder)
    for name in TestFiles.names(folder).flatMap({ name in
      name.hasSuffix("/") ? TestFiles.names(folder + name).map { name + $0 } : [name]
    }) {
      #expect(!TestFiles.text(folder + name).split(separator: "\n").contains { $0.hasPrefix("@testable") }, "\(name)")
    }
  }
}
