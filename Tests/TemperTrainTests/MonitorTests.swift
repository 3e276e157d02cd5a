import TemperCore
import TemperJSON
import TemperMetrics
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperTrain

/// Whatever metric is watched, what is kept is the best by that metric.
@Suite struct MonitorTests {
  private let lab = Lab()

  /// Seven overlapping classes of which one row in three is wrong, so that every metric goes up and down; `y` is a number to predict, and `p` and
  /// `q` are labels.
  private func table() -> String {
    var (lines, state) = (["a,b,kind,y,p,q,part"], UInt64(7))
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for row in 0..<140 {
      let (kind, noise) = (row % 7, random(100))
      let shown = random(3) == 0 ? random(7) : kind
      let part = row % 20 < 14 ? "train" : "validation"
      lines.append(
        "\(Double(kind * 10 + noise % 25) / 10),\(Double(kind * kind + random(30)) / 10),k\(shown),\(kind * 3 + random(20) - 30),"
          + "\(shown > 3 ? 1 : 0),\(random(2)),\(part)")
    }
    lab.folder.write(lines.joined(separator: "\n") + "\n", to: "m.csv")
    return lab.folder("m.csv")
  }

  private func changes(_ task: TaskDefinition) -> [String] {
    guard let kind = task.target else {
      return lab.language(task.continuesTexts ? "gpt2" : "bert", data: ["\"split\": {\"validation\": 0.2}"]) + [
        "train={\"max_steps\": 12, \"batch_size\": 2, \"eval_every_steps\": 1}", "optimizer={\"learning_rate\": 0.2}",
      ]
    }
    let target =
      switch kind {
      case .classes: "\"label\": \"kind\", \"columns\": {\"y\": \"ignore\", \"p\": \"ignore\", \"q\": \"ignore\"}"
      case .value: "\"label\": \"y\", \"columns\": {\"kind\": \"ignore\", \"p\": \"ignore\", \"q\": \"ignore\"}"
      case .labels: "\"labels\": [\"p\", \"q\"], \"columns\": {\"kind\": \"ignore\", \"y\": \"ignore\"}"
      }
    return [
      "task=\(task.name)", "data={\"path\": \"\(table())\", \"split\": {\"column\": \"part\"}, \(target)}", "model={\"hidden\": [16]}",
      "optimizer={\"type\": \"sgd\", \"momentum\": 0.9, \"learning_rate\": 0.3}", "loss={}", "expect={}", "regularization={}",
      "train={\"max_steps\": 24, \"batch_size\": 32, \"eval_every_steps\": 2}",
    ]
  }

  @Test(arguments: Tasks.all) func theKeptStepIsTheBest(task: TaskDefinition) throws {
    let changes = changes(task)
    for name in task.metrics {
      let metric = try #require(Metric.named(name))
      let run = try lab.train(
        changes + [
          "early_stopping={\"monitor\": \"validation.\(name)\", \"patience\": 1000}",
          "checkpoint={\"every_steps\": 1000, \"keep_last\": 1, \"keep_best\": 1}",
        ])
      let seen = try run.metrics().dropFirst().compactMap { line in
        line["validation"]?[name]?.number.map { (step: line["step"]?.integer ?? -1, value: $0) }
      }
      if seen.isEmpty {
        // Two classes have no top three.
        #expect(run.outcome.warnings.contains { $0.message.hasPrefix("validation.\(name) is monitored but undefined") }, "\(name)")
        continue
      }
      let values = seen.map(\.value)
      let best = metric.better == .higher ? values.max() : values.min()
      #expect(run.outcome.bestStep == seen.first { $0.value == best }?.step, "\(task) \(name): \(values)")
      #expect(TestFiles.names(run.directory + "/checkpoints").contains { $0.hasSuffix("\(run.outcome.bestStep)/") }, "\(name)")
      #expect(Set(values).count > 1, "\(name) tells no direction")
    }
  }

  @Test func modeOverridesTheMetric() throws {
    let run = try lab.train(
      changes(try #require(Components.standard.task("regression"))) + [
        "early_stopping={\"monitor\": \"validation.rmse\", \"mode\": \"max\", \"patience\": 1000}"
      ])
    let values = try run.metrics().dropFirst().map { ($0["step"]?.integer, $0["validation"]?["rmse"]?.number ?? 0) }
    #expect(run.outcome.bestStep == values.max { $0.1 < $1.1 }?.0)
  }

  @Test func anUnknownMetricIsAnErrorThatListsAll() {
    for change in [
      "early_stopping.monitor=validation.los", "schedule={\"type\": \"reduce_on_plateau\", \"monitor\": \"validation.los\"}",
      "expect={\"test.los\": {\"max\": 1}}",
    ] {
      do {
        _ = try lab.config([change])
        Issue.record("\(change) is taken")
      } catch {
        #expect("\(error)".contains("balanced_accuracy") && "\(error)".contains("loss"), "\(error)")
      }
    }
  }

  /// Validation rows of one class have no area under the curve: the run says so once, and goes on.
  @Test func anUndefinedMetricWarnsOnceAndDoesNotStop() throws {
    let rows = (0..<30).map { "\($0 % 7),\($0 % 2 == 0 ? "a" : "b")" }
    lab.folder.write((["x,y"] + rows).joined(separator: "\n") + "\n", to: "train.csv")
    lab.folder.write("x,y\n1,a\n3,a\n2,a\n", to: "one.csv")
    let run = try lab.train([
      "data={\"train\": \"\(lab.folder("train.csv"))\", \"validation\": \"\(lab.folder("one.csv"))\", \"label\": \"y\"}", "expect={}",
      "early_stopping={\"monitor\": \"validation.roc_auc\", \"patience\": 2}", "train={\"epochs\": 9}",
      "schedule={\"type\": \"reduce_on_plateau\", \"monitor\": \"validation.roc_auc\", \"patience\": 0}",
      "checkpoint={\"keep_best\": 1}", "optimizer={\"learning_rate\": 0.5}",
    ])
    #expect(run.outcome.stopReason == .completed && run.outcome.epochs == 9 && run.outcome.bestStep == run.outcome.steps)
    #expect(run.outcome.warnings.count { $0.message.hasPrefix("validation.roc_auc is monitored but undefined: it needs ") } == 1)
    #expect(try Set(run.learningRates()) == [0.5])
  }

  /// Batch normalization of one row is refused, and not given another batch size.
  @Test func batchesOfOneRowCannotBeNormalized() throws {
    let norm = "model={\"hidden\": [8], \"norm\": \"batch\"}"
    let error = #expect(throws: Diagnostics.self) { try lab.config([norm, "train.batch_size=1"]) }
    #expect(error?.description.contains("train.batch_size: must be at least 2") == true)
    _ = try lab.config([norm, "train.batch_size=2"])
    _ = try lab.config(["model={\"hidden\": [8], \"norm\": \"layer\"}", "train.batch_size=1"])
  }

  /// A number that 32 bits cannot hold is refused wherever it is computed with, and taken where it is only compared.
  @Test(arguments: [
    ("loss={\"type\": \"huber\", \"delta\": 1e-320}", "loss.delta", true),
    ("regularization={\"dropout\": {\"type\": \"concrete\", \"temperature\": 1e-320}}", "temperature", false),
    ("optimizer.learning_rate=1e39", "optimizer.learning_rate", false), ("optimizer.learning_rate=1e-50", "optimizer.learning_rate", false),
    ("regularization={\"dropout\": {\"rate\": 0.99999999999}}", "rate", false), ("train.max_grad_norm=1e-60", "train.max_grad_norm", false),
    ("optimizer={\"type\": \"adamw\", \"eps\": 1e-60}", "optimizer.eps", false),
    ("regularization.l1={\"type\": \"linear\", \"from\": 0, \"to\": 1e50}", "regularization.l1.to", false),
  ])
  func numbersBeyond32Bits(change: String, key: String, isRegression: Bool) throws {
    let error = #expect(throws: Diagnostics.self) { try lab.config((isRegression ? Lab.regression : []) + [change]) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(key) && text.contains("32 bits") && text.contains("E0105"), "\(text)")
  }

  @Test func numbersThatAreOnlyCompared() throws {
    _ = try lab.config([
      "expect={\"test.accuracy\": {\"min\": -1e300, \"max\": 1e300}}", "early_stopping={\"min_delta\": 1e-300, \"baseline\": 1e200}",
      "optimizer.learning_rate=1e-30",
    ])
  }
}
