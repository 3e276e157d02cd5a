import TemperJSON
import TemperRunSupport
import Testing

/// `temper check`, with the program itself as its children.
@Suite struct CheckTests {
  private let shop = Workshop()

  init() {
    // Every seed gives other weights, and two epochs take a moment.
    shop.folder.write(
      #"{"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [8]}, "train": {"epochs": 2}, "#
        + #""early_stopping": null}"#, to: "c.json")
  }

  private func check(_ arguments: String...) -> Program.Result { Program.run(["check"] + arguments, in: shop.folder.path) }

  private func json(_ name: String) throws -> JSON { try JSON.parse(TestFiles.text(shop.folder(name)), path: name) }

  /// Rewrites b.json with `change` made to the text.
  private func edit(_ part: String, _ other: String) {
    let text = TestFiles.text(shop.folder("b.json"))
    #expect(text.contains(part))
    shop.folder.write(text.replacingFirst(part, with: other), to: "b.json")
  }

  private func metric(_ result: Program.Result, _ name: String, of config: Int = 0) throws -> JSON {
    let configs = try #require(try JSON.parse(result.out, path: "out")["configs"]?.array)
    return try #require(configs[config]["metrics"]?.array?.first { $0["metric"]?.string == name })
  }

  /// Wrong labels among the training rows, as many as cost about .02 of the accuracy on the test rows.
  @Test func aPlantedDropFails() throws {
    let options = ["--set", "train.epochs=10", "--set", "expect={}", "--seeds", "5", "--jobs", "2", "--baseline", "b.json"]
    func digits(_ more: String...) -> Program.Result {
      Program.run(["check", Repository.path("configs/digits.json")] + options + more, in: shop.folder.path)
    }
    #expect(digits("--update-baseline").status == 0)
    #expect(digits().status == 0)
    let planted = digits("--set", "data.label_noise=0.15", "--json")
    #expect(planted.status == 10)
    let accuracy = try metric(planted, "test.accuracy")
    #expect(abs((accuracy["delta"]?.number ?? 0) + 0.02) < 0.006, "\(accuracy.serialized())")
    #expect(accuracy["verdict"] == "REGRESSED" && accuracy["significant"] == true && accuracy["beyond_min_delta"] == true)
    // With a wider margin the one condition is left.
    let wide = try metric(digits("--set", "data.label_noise=0.15", "--json", "--min-delta", "0.1"), "test.accuracy")
    #expect(wide["verdict"] == "ok" && wide["significant"] == true && wide["beyond_min_delta"] == false)
  }

  @Test func withoutABaselineExpectationsAreChecked() throws {
    let met = check("c.json", "--seeds", "2", "--set", "expect={\"test.accuracy\": {\"min\": 0}}")
    #expect(met.status == 0 && met.out.contains("not checked") && met.err.contains("c/seed-1: finished (2 of 2)"), "\(met.err)")
    let unmet = check("c.json", "--quiet", "--set", "expect={\"test.accuracy\": {\"min\": 1.5}}")
    #expect(unmet.status == 10 && unmet.out.contains("UNMET"))
    #expect(unmet.err.hasPrefix("error: c: test.accuracy: expected at least 1.5000, found "), "\(unmet.err)")
    // Expectations are on the mean, and a run expects nothing by itself.
    #expect(try json("runs/check/c/seed-0/results.json")["expect"]?.array?.isEmpty == true)
  }

  /// What is learned from labels without a pattern is no better than guessing.
  @Test func warningsOfAStrictConfigFail() {
    let rows = (0..<300).map { "\($0 * 37 % 101),\($0 * 53 % 97),\($0 * $0 * 31 % 47 % 2 == 0 ? "heads" : "tails")\n" }
    shop.folder.write("x0,x1,kind\n" + rows.joined(), to: "coin.csv")
    let changes = ["--set", "data={\"path\": \"coin.csv\", \"label\": \"kind\"}", "--junit", "j.xml"]
    #expect(Program.run(["check", "c.json"] + changes, in: shop.folder.path).status == 0)
    let strict = Program.run(["check", "c.json", "--set", "strict=true"] + changes, in: shop.folder.path)
    #expect(strict.status == 10 && strict.out.contains("WARNINGS"), "\(strict.err)")
    let log = shop.folder("runs/check/c/seed-0.log")
    #expect(strict.err.contains("error: c: seed 0: warnings are errors because strict is set; see \(log)\n"))
    #expect(TestFiles.text(log).contains("[W0304]"))
    #expect(TestFiles.text(shop.folder("j.xml")).contains("<failure type=\"warnings\" message=\"strict is set; see "))
  }

  @Test func aCrossValidationIsCheckedByItsMeans() throws {
    let folds = ["--set", "data.split={\"validation\": {\"folds\": 2}}", "--set", "data.columns={\"part\": \"ignore\"}"]
    let arguments = ["check", "c.json", "--seeds", "2", "--baseline", "b.json"] + folds
    #expect(Program.run(arguments + ["--update-baseline"], in: shop.folder.path).status == 0)
    let entry = try #require(try json("b.json")["configs"]?.array?.first)
    #expect(entry["data"]?.array?.first?["name"] == "t.csv")
    let means = try (0..<2).map { try json("runs/check/c/seed-\($0)/folds.json")["mean"]?["validation"]?["accuracy"] }
    #expect(entry["metrics"]?["validation.accuracy"]?["values"]?.array == means.compactMap { $0 } && means[0] != nil)
    #expect(Program.run(arguments, in: shop.folder.path).status == 0)
  }

  @Test func eachRunHasItsSeedAndItsShareOfTheThreads() throws {
    #expect(check("c.json", "--seeds", "3", "--jobs", "64", "--set", "seed=7").status == 0)
    #expect(TestFiles.names(shop.folder("runs/check/c")).filter { $0.hasSuffix("/") } == ["seed-7/", "seed-8/", "seed-9/"])
    let manifest = try json("runs/check/c/seed-9/manifest.json")
    #expect(manifest["seed"] == 9 && manifest["threads"] == 1)
  }

  @Test func aMetricThatIsGoneFails() throws {
    #expect(check("c.json", "--baseline", "b.json", "--update-baseline").status == 0)
    edit("\"test.accuracy\": {", "\"test.wobble\": {\"values\": [1, 2]},\n\"test.accuracy\": {")
    let gone = check("c.json", "--baseline", "b.json")
    #expect(gone.status == 10 && gone.out.contains("GONE"))
    #expect(gone.err.contains("error: c: 1 metric in the baseline, but not in the results: \"test.wobble\"\n"), "\(gone.err)")
    #expect(gone.err.contains("note: c: one seed on a side, so min_delta alone decides; use --seeds 5 or more\n"))
    #expect(check("c.json", "--baseline", "b.json", "--update-baseline").out.contains("accepted"))
    #expect(check("c.json", "--baseline", "b.json").status == 0)
  }

  @Test func otherOriginsAreNoted() throws {
    #expect(check("c.json", "--baseline", "b.json", "--update-baseline").status == 0)
    edit("\"temper\": \"0.1.0\"", "\"temper\": \"0.0.9\"")
    edit("\"sha256\": \"", "\"sha256\": \"0")
    shop.folder.write(TestFiles.text(shop.folder("b.json")).replacing(/"processor": .*/, with: "\"processor\": \"Abacus\","), to: "b.json")
    let notes = check("c.json", "--baseline", "b.json")
    #expect(notes.status == 0)
    #expect(notes.err.contains("note: c: the baseline was written from other data: t.csv differs\n"), "\(notes.err)")
    #expect(notes.err.contains("note: c: the baseline was written by Temper 0.0.9, this is 0.1.0\n"))
    #expect(
      notes.err.contains("note: c: the baseline was written on another processor (Abacus), where results differ in their last digits\n"))
    shop.folder.write(TestFiles.text(shop.folder("c.json")), to: "d.json")
    let new = check("c.json", "d.json", "--baseline", "b.json", "--json")
    #expect(new.status == 0 && new.err.contains("note: d: it is not in the baseline, so its metrics are new\n"))
    #expect(try metric(new, "test.loss", of: 1)["verdict"] == "new")
  }

  @Test func seedsAndNamesAreNoted() throws {
    #expect(check("c.json", "--seeds", "2", "--baseline", "b.json", "--update-baseline").status == 0)
    let notes = check("c.json", "--seeds", "3", "--baseline", "b.json", "--min-delta", "9")
    #expect(notes.err.contains("note: c: 2 seeds on a side find large differences only; use --seeds 5 or more, also for the baseline\n"))
    #expect(notes.err.contains("note: c: the baseline has the seeds 0 to 1, this check the seeds 0 to 2; "), "\(notes.err)")
    TestFiles.makeFolder(shop.folder("sub"))
    shop.folder.write(TestFiles.text(shop.folder("c.json")), to: "sub/c.json")
    TestFiles.copy(shop.folder("t.csv"), to: shop.folder("sub/t.csv"))
    #expect(check("c.json", "sub/c.json").err.contains("note: sub/c.json is called c-2, because another config has the same name\n"))
  }

  /// A bound relative to a baseline is that of the config, by whatever name and wherever its run is.
  @Test func boundsOfABaselineDoNotDependOnTheRun() throws {
    #expect(check("c.json", "--baseline", "b.json", "--update-baseline").status == 0)
    let bounds = #"expect={"test.accuracy": {"within": 2, "of": "\#(shop.folder("b.json"))"}}"#
    let run = Program.run(["train", "c.json", "--name", "other", "--set", bounds], in: shop.folder.path)
    #expect(run.status == 0, "\(run.err)")
    #expect(try json("runs/other/resolved.json")["expect"]?["test.accuracy"]?["config"] == "c")
    TestFiles.copy(shop.folder("runs/other"), to: shop.folder("moved"))
    let again = Program.run(["check", "moved/resolved.json"], in: shop.folder.path)
    #expect(again.status == 0 && again.out.contains("ok"), "\(again.err)")
    #expect(Program.run(["train", "--resume", "moved", "--set", "train.epochs=3"], in: shop.folder.path).status == 0)
    let unknown = Program.run(["train", "c.json", "--set", bounds, "--set", "expect.test.accuracy.config=d"], in: shop.folder.path)
    #expect(unknown.status != 0)
  }

  @Test func aFailedRunNamesItsLog() throws {
    shop.folder.write(#"{"data": {"path": "none.csv", "label": "kind"}}"#, to: "broken.json")
    let result = check("c.json", "broken.json", "--baseline", "b.json", "--update-baseline", "--junit", "j.xml")
    #expect(result.status == 13)
    let log = shop.folder("runs/check/broken/seed-0.log")
    let reason = "exit code 66: \(shop.folder("none.csv")): file not found. Check the path. [E0301]; see \(log)"
    #expect(result.err.contains("error: broken: seed 0 failed: \(reason)\n"), "\(result.err)")
    #expect(TestFiles.text(log).contains("none.csv"))
    #expect(result.err.contains("note: b.json is not updated, because a run failed\n") && TestFiles.bytes(shop.folder("b.json")) == nil)
    #expect(TestFiles.text(shop.folder("j.xml")).contains("<error type=\"failed run\" message=\"\(reason)\"/>"))
    // What is expected of another config comes first.
    #expect(check("c.json", "broken.json", "--set", "expect={\"test.loss\": {\"max\": 0}}").status == 10)
  }

  @Test func aKilledRunNamesItsSignal() {
    let result = Program.shell(
      """
      $TEMPER check c.json --set train.epochs=900000 & p=$!
      until test -s runs/check/c/seed-0/metrics.jsonl; do sleep 0.01; done
      kill -KILL $(cat /proc/$p/task/$p/children); wait $p
      """, in: shop.folder.path)
    #expect(result.status == 13 && result.err.contains("error: c: seed 0 failed: killed by signal 9; see "), "\(result.err)")
  }

  @Test func anInterruptedCheckEndsItsRuns() {
    let result = Program.shell(
      """
      $TEMPER check c.json --seeds 3 --jobs 2 --set train.epochs=900000 --baseline b.json --update-baseline --junit j.xml & p=$!
      until test -s runs/check/c/seed-0/metrics.jsonl && test -s runs/check/c/seed-1/metrics.jsonl; do sleep 0.01; done
      kill -TERM $p; wait $p; s=$?; test -e runs/check/c/seed-0/.lock && echo still running; exit $s
      """, in: shop.folder.path)
    #expect(result.status == 75 && result.out == "", "\(result.out) \(result.err)")
    #expect(result.err.hasSuffix("interrupted after 0 of 3 runs; the next check trains all of them again\n"), "\(result.err)")
    #expect(TestFiles.names(shop.folder("runs/check/c")).filter { $0.hasSuffix("/") } == ["seed-0/", "seed-1/"])
    #expect(TestFiles.bytes(shop.folder("b.json")) == nil && check("c.json").status == 0)
    // Not the file of an earlier check that passed.
    let report = TestFiles.text(shop.folder("j.xml"))
    #expect(
      report.contains("tests=\"1\" failures=\"0\" errors=\"1\"")
        && report.contains("<error type=\"interrupted\" message=\"interrupted after 0"))
  }
}
