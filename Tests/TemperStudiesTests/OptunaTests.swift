import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperSearch
import TemperStudies
import Testing

/// Optuna reads, shows and continues what Temper writes, and the reverse.
@Suite(
  "Studies and Optuna",
  .enabled(if: Peer.has("optuna", "plotly", "optuna_dashboard"), "\(Peer.reason("optuna 5", "plotly", "optuna_dashboard"))"))
struct OptunaTests {
  private let lab = StudyLab()

  private func optuna(_ arguments: String...) throws -> JSON {
    let (status, output) = Peer.run(script: "optuna_storage.py", arguments)
    try #require(status == 0, "\(output)")
    return try JSON.parse(output, path: "optuna_storage.py")
  }

  /// A study with a trial of every kind and 30 more whose value is 0.9 of `rate` and 0.1 of `optimizer`.
  private func filled() throws -> Study {
    let study = try Study(path: lab.path, name: "t\u{e9}", directions: [.minimize], metricNames: ["loss"])
    try study.setAttribute("x", "owner")
    for number in 0..<30 {
      let (rate, optimizer) = (Double(number * 7 % 30) / 30, number % 2)
      let id = try claim(study, number, [StudyLab.rate(rate), StudyLab.optimizer(optimizer)])
      try study.report([.init(step: 0, value: 1), .init(step: 1, value: rate)], of: id)
      try study.finish(id, .complete([0.9 * rate + 0.1 * Double(optimizer)]), constraints: [number == 0 ? 1 : -1])
    }
    var id = try claim(study, 30, [StudyLab.rate(0.5)])
    try study.report([.init(step: 0, value: 2), .init(step: 1, value: .nan), .init(step: 2, value: .infinity)], of: id)
    try study.finish(id, .pruned)
    id = try claim(study, 31, [])
    try study.finish(id, .failed(reason: "out of memory"))
    id = try claim(study, 32, [StudyLab.rate(0.25)])
    try study.finish(id, .complete([.infinity]), constraints: [.infinity, -.infinity], userAttributes: [("run", "runs/a")])
    _ = try claim(study, 33, [StudyLab.rate(0.75)])
    return study
  }

  private func claim(_ study: Study, _ number: Int, _ parameters: [StoredTrial.Parameter]) throws -> Int {
    try #require(try study.claim(number: number, parameters: parameters, worker: "host-1-a"))
  }

  @Test func theTablesAreOptunas() throws {
    _ = try lab.study()
    #expect(Peer.run(script: "optuna_storage.py", ["schema", lab.path]).output == "same\n")
  }

  @Test func optunaReadsAndContinuesAStudyOfTempers() throws {
    let study = try filled()
    let seen = try optuna("read", lab.path, study.name)
    #expect(seen["directions"] == ["MINIMIZE"])
    #expect(seen["names"] == ["loss"])
    #expect(seen["user"] == ["owner": "x"])
    #expect(seen["best"]?.integer == (try study.searchTrials().best(.minimize)?.number))
    try compare(seen, try study.trials())

    let used = try optuna("use", lab.path, study.name)
    for name in ["FanovaImportanceEvaluator", "PedAnovaImportanceEvaluator"] {
      let rate = try #require(used["importances"]?[name]?["rate"]?.number)
      #expect(rate > 0.6, "\(name)")
    }
    let traces = try #require(used["traces"]?.members)
    #expect(traces.count == 9)
    for plot in traces { #expect(plot.value.integer ?? 0 > 0, "\(plot.name)") }
    #expect(used["trials"] == 37)
    // The open connection sees what Optuna added.
    let trials = try study.trials()
    #expect(trials.count == 37)
    #expect(trials[36].parameters.first?.value == used["last"]?.number)
    #expect(trials[36].worker == nil)
    #expect(try optuna("serve", lab.path) == .object([(study.name, .integer(37))]))
  }

  @Test func temperReadsAndContinuesAStudyOfOptunas() throws {
    let seen = try optuna("make", lab.path)
    let study = try Study(path: lab.path, name: "o")
    #expect(study.directions == [.maximize])
    #expect(try study.metricNames == ["score"])
    #expect(try study.userAttribute("owner") == "optuna")
    try compare(seen, try study.trials())
    let waiting = try #require(try study.trials().last)
    #expect(waiting.fixedParameters == ["rate": 0.25, "optimizer": "adamw"])
    let parameters = try #require(try study.trials().first).parameters
    #expect(try study.claim(waiting: waiting, parameters: parameters, worker: "host-1-a"))
    #expect(try study.claim(waiting: waiting, parameters: parameters, worker: "host-1-b") == false)
    try study.finish(waiting.id, .complete([0.25]))
    let id = try #require(try study.claim(number: 6, parameters: parameters, worker: "host-1-a"))
    try study.finish(id, .complete([0.5]))
    let again = try optuna("read", lab.path, "o")
    #expect(again["trials"]?.array?.count == 7)
    try compare(again, try study.trials())
  }

  /// Whether Optuna and Temper see the same trials.
  private func compare(_ seen: JSON, _ trials: [StoredTrial]) throws {
    let others = try #require(seen["trials"]?.array)
    #expect(others.count == trials.count)
    for (other, trial) in zip(others, trials) {
      #expect(other["number"]?.integer == trial.number)
      #expect(other["state"]?.string == trial.state.rawValue)
      #expect(Set(other["params"]?.members?.map(\.name) ?? []) == Set(trial.parameters.map(\.name)))
      for parameter in trial.parameters {
        let distribution = try Distribution(optunaJSON: JSON.parse(parameter.distribution, path: "distribution"))
        var value = JSON.number(parameter.value)
        if case .categorical(let choices) = distribution { value = choices[Int(parameter.value)] }
        let text = try #require(other["params"]?[parameter.name]?.string)
        #expect(text == value.string || text == "None" && value.isNull || Double(text) == value.number, "\(parameter.name)")
      }
      #expect(numbers(other["values"]?.array) == trial.values.map(\.description))
      #expect(Set(numbers(other["constraints"]?.array)) == Set(trial.constraints.map(\.description)))
      #expect(other["reports"]?.members?.count == trial.reports.count)
      for report in trial.reports {
        #expect(numbers(other["reports"]?["\(report.step)"].map { [$0] }) == [report.value.description])
      }
      #expect(Set(other["user"]?.members?.map(\.name) ?? []) == Set(trial.userAttributes.keys))
      if let started = trial.started, let ended = trial.ended {
        #expect(abs((other["seconds"]?.number ?? -1) - (ended - started)) < 1e-3)
      }
    }
  }

  /// Numbers that Python wrote as text, as Swift writes them.
  private func numbers(_ texts: [JSON]?) -> [String] { texts?.map { Double($0.string ?? "")?.description ?? "?" } ?? [] }
}
