import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// Models of hashed n-grams, whose tables are stored by the rows that were used.
@Suite struct StoredRowsTests {
  private let lab = Lab()

  private func run(_ name: String, _ changes: [String] = []) throws -> TrainedRun {
    try lab.train(
      lab.texts("ngram_linear", ["\"buckets\": 4096"], data: ["\"split\": {\"validation\": 0.3}"]) + ["name=\(name)", "early_stopping={}"]
        + changes)
  }

  private func weights(_ run: TrainedRun) throws -> SafeTensors {
    try SafeTensors(parsing: run.bytes("best/model.safetensors"), path: "best")
  }

  /// Writes the weights of `run` as they were written before there were rows.
  private func makeWhole(_ run: TrainedRun) throws {
    let weights = try weights(run)
    let whole = SafeTensors(tensors: try weights.names.map { ($0, try #require(weights.tensor($0))) })
    #expect(whole.bytes.count > 4096 * 4 * 4)
    TestFiles.write(whole.bytes, to: run.directory + "/best/model.safetensors")
    try reseal(run.directory + "/best")
  }

  @Test func aModelIsTheSameHoweverItIsStored() throws {
    let run = try run("a")
    #expect(run.bytes("best/model.safetensors").count < 4096 * 4 * 2)
    let table = try Table(path: lab.folder("texts.csv"))
    func predictions() throws -> [Double] { try StoredModel.rows(run.directory).predictions(table, rows: 0..<40) }
    let before = try predictions()
    #expect(try StoredModel.rows(run.directory).evaluate(.validation)?.loss == run.outcome.validation?.loss)
    let next = try self.run("b", ["init={\"run\": \"\(run.directory)\"}"])
    try makeWhole(run)
    #expect(try predictions() == before)
    // A run that begins with it, too.
    #expect(try self.run("c", ["init={\"run\": \"\(run.directory)\"}"]).last == next.last && !next.last.isEmpty)
  }

  /// A table of another size is no beginning, whatever rows it has.
  @Test func anotherSizeIsSaid() throws {
    let run = try run("a")
    let error = #expect(throws: Diagnostics.self) {
      try lab.train(lab.texts("ngram_linear", ["\"buckets\": 9000"]) + ["init={\"run\": \"\(run.directory)\"}"])
    }
    #expect(error?.description.contains("embeddings.weight: the model needs shape [9000, 4], the file has [4096, 4]") == true)
  }

  /// Weights that start elsewhere than at zero stay what they are in rows that nothing names; an average of weights and decay do, too.
  @Test(arguments: ["adamw", "lion", "rmsprop", "adagrad", "rowwise_adagrad"]) func noRuleMovesRowsThatNothingNames(type: String) throws {
    let run = try run("a", ["optimizer={\"type\": \"\(type)\", \"learning_rate\": 0.1}", "weight_average={\"decay\": 0.5}"])
    let table = try #require(try weights(run).tensor("embeddings.weight"))
    let used = (0..<4096).filter { table.rows($0..<$0 + 1).values.contains { $0.bitPattern != 0 } }
    #expect(used.count > 50 && used.count < 1000)
  }

  /// The rule that suits the model, unless the config names another; resolved.json says it.
  @Test func rowwiseAdagradIsTheStandard() throws {
    func optimizer(_ json: String) throws -> String {
      let resolved = try lab.config(lab.texts("ngram_linear") + ["optimizer=\(json)"]).resolved["optimizer"]
      return "\(try #require(resolved?["type"]?.string)) \(try #require(resolved?["learning_rate"]?.number))"
    }
    #expect(try optimizer("{}") == "rowwise_adagrad 0.1")
    #expect(try optimizer("{\"learning_rate\": 0.5}") == "rowwise_adagrad 0.5")
    #expect(try optimizer("{\"type\": \"adagrad\"}") == "adagrad 0.1")
    #expect(try optimizer("{\"type\": \"adam\"}") == "adam 0.001")
    #expect(try lab.config(["optimizer={}"]).resolved["optimizer"]?["type"] == "adamw")
    #expect(try lab.config(["optimizer={\"type\": \"adagrad\"}"]).resolved["optimizer"]?["learning_rate"] == 1e-3)
    let run = try run("a")
    #expect(try run.json("resolved.json")["optimizer"]?["type"] == "rowwise_adagrad")
    let again = try ConfigFile(path: run.directory + "/resolved.json", overrides: ["name=again"])
    #expect(try TemperTrainTests.train(again).last == run.last)
  }
}
