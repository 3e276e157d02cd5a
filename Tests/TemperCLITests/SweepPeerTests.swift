import TemperJSON
import TemperRunSupport
import TemperStudies
import Testing

/// One study, searched by `temper sweep` and by Optuna in turn.
@Suite("Sweeps and Optuna", .enabled(if: Peer.has("optuna", "plotly", "pandas"), "\(Peer.reason("optuna 5", "plotly", "pandas"))"))
struct SweepPeerTests {
  private let shop = Workshop()
  private var storage: String { shop.folder("runs/c/sweep.db") }

  init() {
    shop.folder.write(
      #"{"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [8]}, "train": {"epochs": 4}, "#
        + #""early_stopping": null, "sweep": {"space": {"optimizer.learning_rate": "log_uniform(1e-4, 1e-1)", "#
        + #""model.hidden": "choice([4], [8, 4], [16])", "train.batch_size": "int(8, 32, step=8)"}}}"#, to: "c.json")
  }

  private func sweep(_ arguments: String...) throws -> JSON {
    let result = Program.run(["sweep", "c.json", "-q", "--json"] + arguments, in: shop.folder.path)
    try #require(result.status == 0, "\(result.err)")
    return try JSON.parse(result.out, path: "out")
  }

  private func optuna(_ file: String, _ name: String, count: Int) throws -> JSON {
    let (status, output) = Peer.run(script: "optuna_storage.py", ["search", file, name, "\(count)"])
    try #require(status == 0, "\(output)")
    return try JSON.parse(output, path: "optuna_storage.py")
  }

  /// What may not change of the trials that have ended.
  private func ended(_ file: String, _ name: String) throws -> [String] {
    try Study(path: file, name: name).trials().map { trial in
      "\(trial.number) \(trial.state) \(trial.values) \(trial.parameters.map { "\($0.name) \($0.value)" }.sorted())"
    }
  }

  @Test func optunaContinuesASweepAndTemperContinuesIt() throws {
    #expect(try sweep("--trials", "5")["complete"] == 5)
    let first = try ended(storage, "c")
    let seen = try optuna(storage, "c", count: 3)
    #expect(seen["trials"] == 8 && seen["rows"] == 8)
    #expect(Set(seen["importances"]?.members?.map(\.name) ?? []) == ["optimizer.learning_rate", "model.hidden", "train.batch_size"])
    #expect(seen["traces"]?.array?.allSatisfy { $0.integer ?? 0 > 0 } == true)
    let second = try ended(storage, "c")
    #expect(Array(second.prefix(5)) == first)
    // The budget counts what Optuna did.
    let result = try sweep("--trials", "11")
    #expect(result["study"] == "c" && result["trials"] == 11 && result["complete"] == 11, "\(result.serialized())")
    #expect(try Array(ended(storage, "c").prefix(8)) == second)
    #expect(try Study.names(path: storage) == ["c"])
    #expect(try optuna(storage, "c", count: 0)["best"] == result["best"]?["trial"])
    #expect(TestFiles.text(shop.folder("runs/c/leaderboard.csv")).split(separator: "\n").count == 12)
  }

  /// A choice that is an array is a string to Optuna.
  @Test func temperRunsWhatOptunaPutsIntoTheQueue() throws {
    #expect(try sweep("--trials", "2")["complete"] == 2)
    let queued = Peer.run(script: "optuna_storage.py", ["queue", storage, "c"])
    try #require(queued.status == 0, "\(queued.output)")
    #expect(try sweep("--trials", "2")["complete"] == 3)
    let config = try JSON.parse(TestFiles.text(shop.folder("runs/c/trials/2/resolved.json")), path: "resolved.json")
    #expect(config["model"]?["hidden"] == [8, 4] && config["train"]?["batch_size"] == 16)
  }

  @Test func temperContinuesAStudyOfOptunas() throws {
    let file = shop.folder("o.db")
    #expect(try optuna(file, "o", count: 4)["trials"] == 4)
    let first = try ended(file, "o")
    let result = try sweep("--storage", "sqlite:///" + file, "--study", "o", "--trials", "9")
    #expect(result["study"] == "o" && result["trials"] == 9 && result["complete"] == 9, "\(result.serialized())")
    #expect(try Array(ended(file, "o").prefix(4)) == first)
    let again = try optuna(file, "o", count: 2)
    #expect(again["trials"] == 11 && again["rows"] == 11)
  }

  @Test func otherChoicesAreNotMistakenForEachOther() throws {
    let file = shop.folder("o.db")
    _ = try optuna(file, "o", count: 2)
    let choices = ["--space", "model.hidden=choice([16], [4], [8, 4])"]
    let result = Program.run(["sweep", "c.json", "--storage", file, "--study", "o", "--trials", "4"] + choices, in: shop.folder.path)
    #expect(result.err.contains("model.hidden is one of [4], [8,4], [16], and here it is one of [16], [4], [8,4]. Write"), "\(result.err)")
    #expect(try result.status == 73 && ended(file, "o").count == 2)
  }
}
