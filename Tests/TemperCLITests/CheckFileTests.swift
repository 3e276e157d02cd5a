import TemperJSON
import TemperRunSupport
import Testing

/// What `temper check` reads and writes.
@Suite struct CheckFileTests {
  private let shop = Workshop()

  private func check(_ arguments: String...) -> Program.Result { Program.run(["check"] + arguments, in: shop.folder.path) }

  @Test func theNextCheckReplacesTheRunsOfThisOneAlone() {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
    let own = TestFiles.bytes(shop.folder("runs/c/manifest.json"))
    #expect(check("c.json", "--seeds", "2", "--quiet").status == 0)
    // A run of one's own in the folder of a check.
    #expect(shop.temper("train", "c.json", "-q", "--output-dir", "runs/check/c", "--name", "mine").status == 0)
    #expect(check("c.json", "--set", "seed=9", "--quiet").status == 0)
    #expect(TestFiles.names(shop.folder("runs/check/c")) == ["mine/", "seed-9.log", "seed-9/"])
    #expect(TestFiles.bytes(shop.folder("runs/c/manifest.json")) == own)
    #expect(shop.temper("train", "c.json", "-q", "--output-dir", "runs/check/c", "--name", "seed-3").status == 0)
    let refused = check("c.json", "--set", "seed=3")
    #expect(refused.status == 73 && refused.err.contains("runs/check/c/seed-3: exists, and no check has made it"), "\(refused.err)")
    #expect(TestFiles.names(shop.folder("runs/check/c")) == ["mine/", "seed-3/", "seed-9.log", "seed-9/"])
  }

  @Test func aFolderOfSomethingElseIsLeftAlone() {
    #expect(shop.temper("train", "c.json", "-q", "--name", "check").status == 0)
    let names = TestFiles.names(shop.folder("runs/check"))
    let refused = check("c.json")
    #expect(refused.status == 73 && refused.err.contains("[E0402]") && TestFiles.names(shop.folder("runs/check")) == names)
    #expect(check("c.json", "--output-dir", "elsewhere", "-q").status == 0)
    #expect(check("c.json", "--output-dir", "/proc/none").status == 73)
    #expect(check("c.json", "--junit", "/proc/none/j.xml").status == 73)
    #expect(check("c.json", "--baseline", "/proc/none/b.json", "--update-baseline").status == 73)
  }

  @Test func oneCheckAtATime() {
    let result = Program.shell(
      """
      $TEMPER check c.json --set train.epochs=900000 --set early_stopping=null & p=$!
      until test -s runs/check/c/seed-0/metrics.jsonl; do sleep 0.01; done
      $TEMPER check c.json 2> second; s=$?; kill -TERM $p; wait $p; exit $s
      """, in: shop.folder.path)
    #expect(result.status == 73 && TestFiles.text(shop.folder("second")).contains("another check is writing to this folder"))
  }

  @Test func configsOfOneNameDoNotCollide() throws {
    for (folder, rate) in [("one", "1e-3"), ("two", "1e-1")] {
      TestFiles.makeFolder(shop.folder(folder))
      let config = TestFiles.text(shop.folder("c.json")).replacingFirst("t.csv", with: "../t.csv")
      shop.folder.write(config.replacingFirst("{", with: "{\"optimizer\": {\"learning_rate\": \(rate)}, "), to: "\(folder)/c.json")
    }
    let (one, two) = ("one/c.json", "two/c.json")
    #expect(check(one, two, "--baseline", "b.json", "--update-baseline").status == 0)
    #expect(TestFiles.names(shop.folder("runs/check")) == ["c-2/", "c/", "check.json"])
    let weights = ["c", "c-2"].map { TestFiles.bytes(shop.folder("runs/check/\($0)/seed-0/best/model.safetensors")) }
    #expect(weights[0] != nil && weights[0] != weights[1])
    // Each is compared with itself, in any order; the values of the other differ.
    for configs in [[one, two], [two, one], [two]] {
      let result = Program.run(["check"] + configs + ["--baseline", "b.json", "--json"], in: shop.folder.path)
      let found = try JSON.parse(result.out, path: "out")["configs"]?.array ?? []
      #expect(result.status == 0 && found.count == configs.count)
      for item in found.flatMap({ $0["metrics"]?.array ?? [] }) { #expect(item["delta"] == 0 || item["delta"]?.isNull == true) }
    }
  }

  /// What the check reads or writes otherwise stays as it is.
  @Test func reportsAreWrittenOverNothingElse() {
    shop.folder.write("{}", to: "e.json")
    let calls = [
      ["--markdown", "c.json"], ["--junit", "t.csv"], ["--baseline", "b.json", "--update-baseline", "--junit", "b.json"],
      ["--junit", "same", "--markdown", "same"], ["--baseline", "e.json"], ["--junit", "."],
    ]
    let statuses = calls.map { Program.run(["check", "c.json", "-q"] + $0, in: shop.folder.path).status }
    #expect(statuses == [64, 64, 64, 64, 65, 73])
    #expect(!TestFiles.names(shop.folder.path).contains("runs/") && TestFiles.text(shop.folder("t.csv")) == SampleTable.csv())
    let special = Program.shell(
      """
      mkfifo pipe; echo old > target; ln -s target link; cat pipe > read & $TEMPER check c.json -q --junit link --markdown pipe > /dev/null
      wait; grep -c testcase target; grep -c '^| c' read; test -p pipe && test -L link && echo kept
      """, in: shop.folder.path)
    #expect(special.out.hasSuffix("kept\n") && !special.out.contains("0\n0"), "\(special.out) \(special.err)")
  }

  @Test func twoChecksUpdateOneBaseline() {
    shop.folder.write(TestFiles.text(shop.folder("c.json")), to: "d.json")
    let result = Program.shell(
      """
      for c in c d; do $TEMPER check $c.json -q --output-dir $c --baseline b.json --update-baseline > /dev/null & done; wait
      grep -c '"config"' b.json
      """, in: shop.folder.path)
    #expect(result.out == "2\n", "\(TestFiles.text(shop.folder("b.json")))")
  }

  @Test func errorsComeBeforeTheFirstRun() {
    shop.folder.write("{\"data\": {\"label\": 3}}", to: "x.json")
    shop.folder.write("{\"trian\": {}}", to: "y.json")
    let both = check("x.json", "y.json", "c.json")
    #expect(both.status == 64 && both.err.contains("x.json:1:") && both.err.contains("y.json:1:"))
    #expect(check("c.json", "none.json").status == 66)
    #expect(check("c.json", "--baseline", "none.json").status == 66)
    shop.folder.write("{\"configs\": 3}", to: "b.json")
    #expect(check("c.json", "--baseline", "b.json").status == 65)
    for arguments in [
      [], ["c.json", "--jobs", "0"], ["c.json", "--seeds", "0"], ["c.json", "--seeds", "2", "--set", "seed=9223372036854775806"],
      ["c.json", "--update-baseline"], ["c.json", "--min-delta", "0.1"],
      ["c.json", "--baseline", "b.json", "--min-delta=-1"], ["-"], ["c.json", "./c.json"], ["c.json", "--set", "train.epochs=0"],
    ] { #expect(Program.run(["check"] + arguments, in: shop.folder.path).status == 64, "\(arguments)") }
    #expect(TestFiles.names(shop.folder.path) == ["b.json", "c.json", "t.csv", "x.json", "y.json"])
  }

  /// A config can expect its own first results to be kept before there are any.
  @Test func theFirstBaselineIsWrittenForAConfigThatRefersToIt() throws {
    let config = TestFiles.text(shop.folder("c.json"))
    let expectation = "{\"expect\": {\"test.accuracy\": {\"within\": 0.5, \"of\": \"b.json\"}}, "
    shop.folder.write(config.replacingFirst("{", with: expectation), to: "c.json")
    #expect(shop.temper("validate", "c.json").status == 0)
    #expect(shop.temper("train", "c.json", "-q").status == 66)
    let first = check("c.json", "--seeds", "2", "--baseline", "b.json", "--update-baseline")
    #expect(
      first.status == 0 && first.err.contains("is not checked, because the file is new") && first.err.contains("note: wrote b.json\n"))
    #expect(check("c.json", "--seeds", "2").status == 0)
    #expect(shop.temper("train", "c.json", "-q").out.contains("test.accuracy"))
    shop.folder.write(TestFiles.text(shop.folder("c.json")).replacingFirst("0.5", with: "0"), to: "c.json")
    #expect(check("c.json", "--seeds", "2", "--set", "train.epochs=1", "--set", "optimizer.learning_rate=1e-9").status == 10)
  }

  @Test(.enabled(if: Peer.has("junitparser"), "\(Peer.reason("junitparser"))")) func aReaderOfJUnitAgrees() throws {
    shop.folder.write(#"{"name": "a<&\"'>", "data": {"path": "none.csv", "label": "kind"}}"#, to: "broken.json")
    let result = check("c.json", "broken.json", "--set", "expect={\"test.accuracy\": {\"min\": 1.5}}", "--junit", "j.xml")
    #expect(result.status == 10)
    let (status, output) = Peer.run(script: "junit_counts.py", [shop.folder("j.xml")])
    #expect(status == 0, "\(output)")
    let counts = try JSON.parse(output, path: "output")
    #expect(counts["failures"] == 1 && counts["errors"] == 1 && counts["suites"] == ["c", "a<&\"'>"], "\(output)")
  }

  @Test func theMarkdownIsATable() {
    let result = check("c.json", "--seeds", "2", "--markdown", "deep/m.md", "--set", "expect={\"test.accuracy\": {\"min\": 1.5}}")
    #expect(result.status == 10)
    let lines = TestFiles.text(shop.folder("deep/m.md")).split(separator: "\n")
    #expect(lines.first?.hasPrefix("**temper check**: failed, ") == true)
    let rows = lines.filter { $0.hasPrefix("| ") }
    #expect(rows.first == "| config | metric | baseline | now | delta | p | verdict |")
    #expect(rows.contains { $0.hasPrefix("| c | test.accuracy |") && $0.hasSuffix("| UNMET |") && $0.contains(" +- ") })
    #expect(rows.allSatisfy { $0.matches(of: /(?:^|[^\\])\|/).count == 8 }, "\(rows)")
    #expect(lines.contains { $0.hasPrefix("- c: test.accuracy: expected at least 1.5000, found ") })
  }
}
