import Synchronization
import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// Runs with the losses that leave out classes, from the config to the predictions of a stored model.
@Suite struct SparseLossRunTests {
  private let lab = Lab()

  /// The loss, and whether probabilities are exactly 0 for some classes.
  static let losses: [(loss: String, hasZeros: Bool)] = [
    ("{\"type\": \"sparsemax\"}", true), ("{\"type\": \"entmax15\", \"class_weights\": \"balanced\"}", true),
    ("{\"type\": \"alpha_entmax\", \"alpha\": 1.7}", true), ("{\"type\": \"top_k_crossentropy\", \"k\": 2}", true),
    ("{\"type\": \"as_softmax\", \"delta\": 0.2}", false), ("{\"type\": \"sampled_softmax\", \"samples\": 1}", false),
    ("{\"type\": \"adaptive_softmax\", \"cutoffs\": [1, 2], \"div_value\": 2}", false),
  ]

  private func changes(_ loss: String) -> [String] {
    [
      "loss=\(loss)", "train={\"max_steps\": 40, \"batch_size\": 16, \"eval_every_steps\": 20}", "optimizer={\"learning_rate\": 0.02}",
      "data.split={\"column\": \"part\"}", "-data.columns", "regularization={\"dropout\": {\"rate\": 0.1}}",
      "checkpoint={\"every_steps\": 7}",
    ]
  }

  @Test(arguments: losses) func aModelPredictsByTheMapOfItsLoss(loss: String, hasZeros: Bool) throws {
    let run = try lab.train(changes(loss))
    TestFiles.makeFolder(lab.folder("elsewhere"))
    TestFiles.copy(run.directory + "/best", to: lab.folder("elsewhere/model"))
    let model = try StoredModel.rows(lab.folder("elsewhere/model"))
    let table = try Table(path: lab.folder("t.csv"))
    let p = try model.predictions(table, rows: 0..<table.count)
    #expect(p.count == 3 * table.count)
    for row in 0..<table.count { #expect(abs(p[3 * row..<3 * row + 3].reduce(0, +) - 1) < 1e-6) }
    #expect(p.contains(0) == hasZeros)
    // What the run measured is what its predictions say.
    let evaluation = try #require(try StoredModel.rows(run.directory).evaluate(.test))
    #expect(evaluation.loss == run.outcome.test?.loss)
    let report = try #require(evaluation.report as? ClassificationReport)
    #expect(try #require(run.outcome.test?.report as? ClassificationReport) == report)
    let test = (0..<table.count).filter { $0 * 7 % 10 >= 8 }
    #expect(test.count == report.count)
    let support = test.reduce(0) { $0 + p[3 * $1..<3 * $1 + 3].count { $0 > 0 } }
    let isWhole = loss.contains("sampled") || loss.contains("adaptive")
    #expect(report.supportSize == (isWhole ? nil : Double(support) / Double(test.count)))
    #expect((report.zeroGradientShare == nil) == isWhole)
    #expect(run.outcome.test?.metrics.contains { $0.name == "support_size" } == !isWhole)
    #expect(try #require(report.logLoss).isFinite)
  }

  @Test(arguments: losses.map(\.loss)) func trainedAgainOrResumedItIsTheSame(loss: String) throws {
    let first = try lab.train(changes(loss))
    let again = try train(try ConfigFile(path: first.directory + "/resolved.json", overrides: ["name=again"]))
    #expect(again.last == first.last && again.best == first.best && again.bytes("metrics.jsonl") == first.bytes("metrics.jsonl"))
    let steps = Mutex(0)
    var options = Runner.Options()
    options.isInterrupted = { steps.withLock { $0 >= 25 } }
    let ending = try Runner.run(try lab.config(changes(loss) + ["name=parts"]), options: options) { event in
      if case .stepped(let number, _) = event { steps.withLock { $0 = number } }
    }
    let interruption = try #require(ending.interruption)
    options.isInterrupted = { false }
    options.existing = .resume
    let parts = TrainedRun(try #require(try Runner.run(try ConfigFile(resuming: interruption.directory), options: options).outcome))
    #expect(parts.last == first.last && parts.best == first.best && parts.bytes("metrics.jsonl") == first.bytes("metrics.jsonl"))
  }

  /// A model without a linear layer at its end.
  private struct Headless: Model {
    let units: [HiddenUnits] = []
    let featureName: String? = nil
    let minimumBatchSize = 1
    func operationsPerRow(length: Int) -> Int { 1 }
    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor { x.squared() }
  }

  @Test func sampledSoftmaxNeedsALastLayer() throws {
    let sampled = Classification(SampledSoftmaxLoss(samples: 1, counts: [1, 2, 3]), ["a", "b", "c"])
    #expect(sampled.problem(with: Headless()) == "requires a model that ends in a linear layer")
    #expect(sampled.problem(with: MLP(ParameterStore.counting().root, inputs: 2, hidden: [], classes: 3)) == nil)
    #expect(Classification(SparsemaxLoss(), ["a", "b", "c"]).problem(with: Headless()) == nil)
  }

  @Test func adaptiveSoftmaxRefusesWhatItCannotDo() throws {
    func message(_ changes: [String]) -> String {
      do {
        _ = try lab.train(changes)
        return ""
      } catch { return "\(error)" }
    }
    let adaptive = "loss.type=adaptive_softmax"
    #expect(message([adaptive, "model.hidden=[3]"]).contains("leaves no features for tail 1 of 1: the last layer reads 3"))
    #expect(message([adaptive, "model.hidden=[3]", "loss.div_value=2"]) == "")
    #expect(message([adaptive, "loss.cutoffs=[1, 3]"]).contains("has a cutoff of 3, but the training rows have 3 classes"))
    #expect(message([adaptive, "loss.cutoffs=[2, 1]"]).contains("loss.cutoffs: must ascend"))
    #expect(message([adaptive, "loss.label_smoothing=0.1"]).contains("not read by type \"adaptive_softmax\""))
    #expect(message([adaptive, "regularization.dropout={\"type\": \"concrete\"}"]).contains("is not supported with adaptive_softmax"))
    #expect(message(Lab.regression + [adaptive]).contains("is a classification loss and the task is regression"))
    let first = try lab.train([adaptive])
    let start = "init={\"run\": \"\(first.directory)\""
    #expect(message([adaptive, "-model.initializer", start + "}"]).contains("init: \"output.head.weight\" belongs to the last layer"))
    #expect(message([adaptive, "-model.initializer", start + ", \"fresh\": [\"output.*\"]}"]) == "")
  }

  /// The share of rows without a gradient is that of rows whose class leads by the margin.
  @Test func rowsWithoutAGradientAreThoseSolved() throws {
    let run = try lab.train(changes("{\"type\": \"sparsemax\"}") + ["train.max_steps=400"])
    let report = try run.classes()
    let share = try #require(report.zeroGradientShare)
    #expect(share > 0.2 && share <= 1)
    let p = try StoredModel.rows(run.directory)
    let table = try Table(path: lab.folder("t.csv"))
    let probabilities = try p.predictions(table, rows: 0..<table.count)
    let column = try #require(table.column("kind"))
    let solved = (0..<table.count).filter { row in
      let y = ["a", "b", "c"].firstIndex(of: table.text(row: row, column: column)) ?? 0
      return row * 7 % 10 < 6 && probabilities[3 * row + y] == 1
    }
    #expect(abs(share - Double(solved.count) / Double(report.count)) < 1e-12)
  }
}
