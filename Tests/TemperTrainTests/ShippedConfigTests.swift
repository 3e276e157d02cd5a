import TemperCore
import TemperFiles
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct ShippedConfigTests {
  private static func configs(_ folder: String) -> [String] {
    TestFiles.names(Repository.path(folder)).filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }.map { folder + "/" + $0 }
  }

  /// Configs that learn from a Debian package's files, and where those lie.
  private static let packaged = ["configs/fashion-mnist.json": "/usr/share/datasets/fashion-mnist"]

  /// The shipped configs whose data are on this machine.
  private static let trainable: [String] = {
    let all = configs("configs")
    let absent = all.filter { packaged[$0].map { TestFiles.names($0).isEmpty } ?? false }
    if !absent.isEmpty { print("\(absent.count) of \(all.count) shipped configs skipped, their data are not installed: \(absent)") }
    return all.filter { !absent.contains($0) }
  }()

  @Test(arguments: trainable) func aShippedConfigMeetsItsOwnExpectations(path: String) throws {
    let folder = TemporaryFolder()
    let outcome = try train(try ConfigFile(path: Repository.path(path), overrides: ["output_dir=\(folder.path)"])).outcome
    #expect(!outcome.checks.isEmpty, "it expects nothing")
    #expect(outcome.meetsExpectations, "\(outcome.checks)")
    #expect(outcome.warnings == [])
    #expect(outcome.stopReason != .diverged)
  }

  @Test(arguments: configs("configs/bench")) func aBenchConfigIsValidAndRuns(path: String) throws {
    let result = try StepBenchmark.run(
      try ConfigFile(path: Repository.path(path), overrides: ["train.batch_size=4", "threads=1"]), steps: 3)
    #expect(result.stepMilliseconds > 0)
    #expect(result.gigaflops > 0)
  }

  /// Recipes train on data of the user's own, and some take long: the guide has their results.
  @Test(arguments: configs("configs/recipes")) func aRecipeIsValidAndExpectsSomething(path: String) throws {
    let config = try ConfigFile(path: Repository.path(path)).config
    #expect(!config.expectations.isEmpty)
  }

  @Test(arguments: configs("configs") + ["bench", "recipes", "sweeps"].flatMap { configs("configs/" + $0) }) func itsSchemaIsWhereItSays(
    path: String
  )
    throws
  {
    let json = try JSON.parse(try #require(TestFiles.bytes(Repository.path(path))), path: path)
    let schema = try #require(json["$schema"]?.string)
    let target = Paths.absolute(schema, in: Paths.folder(of: Repository.path(path)))
    #expect(target == Repository.path("configs/temper.schema.json"))
  }

  /// What a config is resolved to is read again, and says the same: no rule rejects a key for being there.
  @Test(arguments: ["configs", "configs/bench", "configs/recipes", "configs/studies", "configs/sweeps"].flatMap(configs))
  func itsResolvedConfigIsAConfig(path: String) throws {
    let folder = TemporaryFolder()
    let resolved = try ConfigFile(path: Repository.path(path)).resolved
    let again = try ConfigFile(path: folder.write(resolved.serialized(), to: "resolved.json")).resolved
    #expect(again == resolved)
  }

  /// `temper schema > configs/temper.schema.json` brings it up to date.
  @Test func theShippedSchemaIsCurrent() {
    #expect(TestFiles.text(Repository.path("configs/temper.schema.json")) == RunConfig.schema.serialized(pretty: true) + "\n")
  }
}

@Suite struct ReadmeTests {
  private func readme() -> String { TestFiles.text(Repository.path("README.md")) }

  /// `temper schema --format markdown`, between its markers, brings it up to date.
  @Test func theTableOfKeysIsCurrent() {
    let page = TestFiles.text(Repository.path("configs/KEYS.md"))
    #expect(page.contains("<!-- keys -->\n\(RunConfig.markdownTable)\n<!-- /keys -->"))
  }

  /// The few defaults that the README tells are those of the config types.
  @Test func theDefaultsAreThoseOfTheKeys() throws {
    let lines = readme().split(separator: "\n")
    let start = try #require(lines.firstIndex(of: "<!-- defaults -->"))
    let end = try #require(lines.firstIndex(of: "<!-- /defaults -->"))
    let told = lines[(start + 3)..<end].map { line in line.split(separator: " | ").prefix(2).joined(separator: " | ") }
    let known = Set(RunConfig.table.map { "| `\($0.path)`\($0.types.isEmpty ? "" : " (\($0.types))") | \($0.defaultText)" })
    #expect(told.filter { !known.contains($0) } == [], "no such key, or another default")
    for key in [
      "data.split.validation", "optimizer.type", "optimizer.learning_rate", "train.epochs", "train.batch_size", "train.eval_every_epochs",
      "early_stopping.patience", "checkpoint.keep_last",
    ] { #expect(told.contains { $0.hasPrefix("| `\(key)`") }, "\(key)") }
  }

  /// The guide's page on evaluation has every metric as it is declared.
  @Test(arguments: Metric.all.map(\.name)) func everyMetricIsInTheGuide(name: String) throws {
    let metric = try #require(Metric.named(name))
    let page = TestFiles.text(Repository.path("Sources/temper/temper.docc/Evaluation.md")).replacing("&#124;", with: "|")
    #expect(page.contains("| `\(name)` | \(metric.better) | \(metric.definition) |"))
  }

  @Test(arguments: ExitStatus.allCases) func everyExitCodeIsListed(status: ExitStatus) {
    #expect(readme().contains("| \(status.rawValue) | \(status.meaning) |"))
  }

  @Test(arguments: configs) func boundsAreThoseOfTheConfigs(name: String) throws {
    let file = try ConfigFile(path: Repository.path("configs/\(name).json"))
    let bound = try #require(file.config.expectations.first?.min)
    let row = try #require(readme().split(separator: "\n").first { $0.hasPrefix("| `\(name)` |") })
    #expect(row.contains("| \("\(bound)".dropFirst()) |"), "\(row)")
  }

  private static let configs = ["digits", "digits-linear", "iris", "wine", "breast-cancer"]
}

@Suite struct AliasTests {
  /// An alias names a key, or a block, that is there, and is none itself where it would be rejected.
  @Test func everyAliasMeansAKey() {
    let paths = Set(RunConfig.table.map(\.path))
    for (alias, target) in Aliases.keys.sorted(by: { $0.key < $1.key }) {
      #expect(paths.contains(target), "\(alias) -> \(target)")
      #expect(!paths.contains(alias), "\(alias) is a key")
    }
  }

  @Test func anAliasIsRejectedWithTheRightKey() throws {
    let lab = Lab()
    for (alias, target) in Aliases.keys {
      let block = target.split(separator: ".").dropLast().joined(separator: ".")
      do {
        _ = try lab.config(["\(block.isEmpty ? alias : block + "." + alias)=1"])
        Issue.record("\(alias) was taken")
      } catch let error as Diagnostics {
        let named = error.list.filter { $0.code.name == "E0103" }
        #expect(named.count == 1, "\(alias): \(error)")
        #expect(named.first?.message.contains(String(target.split(separator: ".").last ?? "")) == true, "\(error)")
      }
    }
  }
}
