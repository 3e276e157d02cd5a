import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperSearch
import Testing

@testable import TemperStudies

@Suite("A study") struct StudyTests {
  private let lab = StudyLab()

  @Test func whatIsWrittenIsRead() throws {
    let study = try Study(
      path: lab.path, name: "digits \u{e9}", directions: [.minimize, .maximize], metricNames: ["loss", "accuracy"])
    try study.setAttribute(["a": [1, "x"]], "config")
    let parameters = [StudyLab.rate(0.1), StudyLab.optimizer(1)]
    let first = try #require(try study.claim(number: 0, parameters: parameters, worker: "w", userAttributes: [("seed", 3)]))
    try study.report([.init(step: 5, value: 2.5), .init(step: 1, value: 0.5)], of: first)
    try study.finish(first, .complete([0.25, -.infinity]), constraints: [1.5, -.infinity], userAttributes: [("note", "a\u{0}b")])

    let again = try Study(path: lab.path, name: "digits \u{e9}")
    #expect(again.directions == [.minimize, .maximize])
    #expect(try again.metricNames == ["loss", "accuracy"])
    #expect(try again.userAttribute("config") == ["a": [1, "x"]])
    #expect(try again.userAttribute("other") == nil)
    let trials = try again.trials()
    #expect(trials == (try study.trials()))
    let trial = try #require(trials.first)
    #expect((trial.number, trial.state, trial.parameters) == (0, .complete, parameters))
    #expect(trial.values == [0.25, -.infinity])
    #expect(trial.reports == [.init(step: 1, value: 0.5), .init(step: 5, value: 2.5)])
    #expect(trial.userAttribute("seed") == 3)
    #expect(trial.userAttribute("note") == "a\u{0}b")
    #expect(trial.worker == "w")
    #expect(trial.constraints == [1.5, -.infinity])
    let (started, ended) = (try #require(trial.started), try #require(trial.ended))
    #expect(ended >= started && ended - started < 60)
    #expect(
      try again.searchTrials() == [
        Trial(
          number: 0, state: .complete, parameters: ["rate": 0.1, "optimizer": 1], values: [0.25, -.infinity],
          reports: trial.reports, constraints: [1.5, -.infinity])
      ])
  }

  @Test func studiesOfOneFileAreApart() throws {
    let a = try lab.study("a")
    let b = try lab.study("b", [.maximize])
    for number in 0..<3 {
      for study in [a, b] {
        let trial = try #require(try study.claim(number: number, parameters: [], worker: study.name))
        try study.finish(trial, .complete([Double(number)]))
      }
    }
    #expect(try a.trials().map(\.worker) == ["a", "a", "a"])
    #expect(try b.trials().map(\.values) == [[0], [1], [2]])
    #expect(try Study.names(path: lab.path) == ["a", "b"])
  }

  @Test func aNumberIsClaimedOnce() throws {
    let study = try lab.study()
    let other = try lab.study()
    #expect(try study.claim(number: 1, parameters: [], worker: "w") == nil)
    #expect(try study.claim(number: 0, parameters: [], worker: "w") != nil)
    #expect(try other.claim(number: 0, parameters: [StudyLab.rate(1)], worker: "v") == nil)
    #expect(try other.trials().map(\.worker) == ["w"])
    #expect(try other.claim(number: 1, parameters: [StudyLab.rate(1)], worker: "v") != nil)
  }

  @Test func changesOfOthersAreSeenAndFinishedTrialsAreNotReadAgain() throws {
    let study = try lab.study()
    let other = try lab.study()
    #expect(try study.trials() == [])
    let first = try #require(try other.claim(number: 0, parameters: [], worker: "w"))
    #expect(try study.trials().map(\.state) == [.running])
    try other.report([.init(step: 0, value: 1)], of: first)
    #expect(try study.trials()[0].reports.count == 1)
    try other.finish(first, .complete([4]))
    #expect(try study.searchTrials().map(\.values) == [[4]])
    // Not through the study: nothing else changes a finished trial.
    try other.database.run("UPDATE trial_values SET value = 7")
    #expect(try study.searchTrials().map(\.values) == [[4]])
    #expect(try lab.study().searchTrials().map(\.values) == [[7]])
  }

  @Test func infinityAndNaNAreKept() throws {
    let study = try lab.study()
    let pruned = try #require(try study.claim(number: 0, parameters: [], worker: "w"))
    try study.report([.init(step: 0, value: .nan), .init(step: 1, value: .infinity), .init(step: 2, value: -.infinity)], of: pruned)
    try study.finish(pruned, .pruned)
    let failed = try #require(try study.claim(number: 1, parameters: [], worker: "w"))
    try study.finish(failed, .complete([.nan]), constraints: [.nan])
    let trials = try lab.study().trials()
    #expect(trials[0].reports[0].value.isNaN)
    #expect(trials[0].reports[1...].map(\.value) == [.infinity, -.infinity])
    #expect(trials[0].values == [-.infinity], "as Optuna, the last intermediate value")
    #expect(trials[0].searchTrial.values == [])
    #expect(trials[1].state == .failed && trials[1].values == [])
    #expect(trials[1].failReason == "objective 0 is NaN")
    #expect(trials[1].constraints == [.infinity])
  }

  @Test func aWaitingTrialIsClaimedOnceAndKeepsItsNumber() throws {
    let study = try lab.study()
    let other = try lab.study()
    // As Optuna's `RetryFailedTrialCallback` puts a failed trial back into the queue: with its parameters, and with the worker that died.
    for statement in [
      "INSERT INTO trials (number, study_id, state) VALUES (0, 1, 'WAITING')",
      "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (1, 'rate', 0.5, '{}')",
      "INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES (1, 'worker', '\"dead\"')",
      "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (1, 'fixed_params', '{\"rate\": 0.5}')",
    ] { try other.database.run(statement) }
    let waiting = try #require(try study.trials().first)
    #expect((waiting.state, waiting.started, waiting.fixedParameters) == (.waiting, nil, ["rate": 0.5]))
    #expect(try study.abandonedTrials() == [])
    let parameters = [StudyLab.rate(0.5), StudyLab.optimizer(1)]
    #expect(try study.claim(waiting: waiting, parameters: parameters, worker: "w"))
    #expect(try other.claim(waiting: waiting, parameters: [StudyLab.rate(0.75)], worker: "v") == false)
    let running = try #require(try other.trials().first)
    #expect((running.number, running.state, running.worker, running.parameters) == (0, .running, "w", parameters))
    #expect(running.started != nil)
    try study.finish(waiting.id, .complete([1]))
    #expect(try other.claim(number: 1, parameters: [], worker: "v") != nil)
  }

  @Test func aReportReplacesThatOfTheSameStep() throws {
    let study = try lab.study()
    let trial = try #require(try study.claim(number: 0, parameters: [], worker: "w"))
    try study.report([.init(step: 3, value: 1)], of: trial)
    try study.report([.init(step: 3, value: .nan)], of: trial)
    try study.report([.init(step: 3, value: 2)], of: trial)
    #expect(try study.trials()[0].reports == [.init(step: 3, value: 2)])
  }

  @Test func onlyARunningTrialTakesResults() throws {
    let study = try lab.study()
    let trial = try #require(try study.claim(number: 0, parameters: [], worker: "w"))
    try study.finish(trial, .failed(reason: "out of memory"))
    #expect(try study.trials()[0].failReason == "out of memory")
    #expect(diagnosed { try study.finish(trial, .complete([1])) } == ["E0428"])
    #expect(diagnosed { try study.report([.init(step: 0, value: 1)], of: trial) } == ["E0428"])
    #expect(diagnosed { try study.setAttribute(1, "x", ofTrial: trial) } == ["E0428"])
    #expect(diagnosed { try study.finish(99, .pruned) } == ["E0428"])
    #expect(try study.trials()[0].values == [])
  }

  @Test func aBatchIsStoredAsAWholeOrNotAtAll() throws {
    let study = try lab.study()
    var seen = 0
    let codes = diagnosed {
      try study.batch { () throws(Diagnostics) in
        let trial = try study.claim(number: 0, parameters: [], worker: "w")
        seen = try study.trials().count
        try study.finish((trial ?? 0) + 1, .pruned)
      }
    }
    #expect(codes == ["E0428"] && seen == 1)
    #expect(try study.trials() == [])
    try study.batch { () throws(Diagnostics) in
      guard let trial = try study.claim(number: 0, parameters: [], worker: "w") else { return }
      // The part that fails is undone, the rest stays.
      #expect(throws: Diagnostics.self) { try study.finish(trial + 1, .pruned) }
      try study.finish(trial, .complete([1]))
    }
    #expect(try lab.study().trials().map(\.state) == [.complete])
  }

  @Test func namesAndDirectionsAreChecked() throws {
    _ = try lab.study("a")
    #expect(diagnosed { _ = try Study(path: lab.path, name: "a", directions: [.maximize]) } == ["E0427"])
    #expect(diagnosed { _ = try Study(path: lab.path, name: "b") } == ["E0314"])
    #expect(diagnosed { _ = try Study(path: lab.folder("none.db"), name: "b") } == ["E0301"])
    #expect(try Study.names(path: lab.path) == ["a"])
  }

  @Test func aDeletedStudyIsNoticed() throws {
    let study = try lab.study("a")
    #expect(try study.trials() == [])
    try lab.study("b").database.run("DELETE FROM studies WHERE study_name = 'a'")
    #expect(diagnosed { _ = try study.trials() } == ["E0314"])
  }
}
