import TemperJSON
import TemperRunSupport
import Testing

/// Verifications, with trainings as processes that are really killed.
@Suite struct VerifyTests {
  private let shop = Workshop()

  private static let config = """
    {"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [16]},
     "train": {"max_steps": 400, "batch_size": 8, "eval_every_steps": 7}, "early_stopping": {"patience": 1000},
     "checkpoint": {"every_steps": 5, "keep_last": 2}}
    """

  init() {
    shop.folder.write(Self.config, to: "k.json")
    TestFiles.makeFolder(shop.folder("tmp"))
  }

  private func temper(_ line: String) -> Program.Result {
    Program.shell("TMPDIR=$PWD/tmp $TEMPER verify \(line)", in: shop.folder.path)
  }

  @Test func killedRunsResume() throws {
    let result = temper("resume k.json --kills 4 --seed 3 --json")
    #expect(result.status == 0, "\(result.out)\n\(result.err)")
    let json = try JSON.parse(result.out, path: "out")
    let kills = try #require(json["kills"]?.array)
    #expect(json["same"] == true && kills.count == 4 && kills.allSatisfy { $0["same"] == true })
    #expect(TestFiles.names(shop.folder("tmp")).isEmpty && !TestFiles.names(shop.folder.path).contains("runs/"))
  }

  @Test func runsRepeat() throws {
    let result = temper("determinism k.json --set train.max_steps=20 --threads 2")
    let sentence = "determinism: the same bytes in 3 runs, on 1 to 2 threads"
    #expect(result.status == 0 && result.out.contains(sentence), "\(result.out)\(result.err)")
    #expect(TestFiles.names(shop.folder("tmp")).isEmpty)
  }

  /// How far a run gets in a time differs, so the limit is left out.
  @Test func limitsInTimeAreLeftOut() {
    let criterion = #"early_stopping.criteria='[{"type": "minutes", "minutes": 0.0001}]'"#
    let limited = temper(
      "determinism k.json --set train.max_minutes=0.0001 --set \(criterion) --set train.max_steps=50 --threads 1")
    #expect(limited.status == 0, "\(limited.out)\n\(limited.err)")
    #expect(temper("determinism k.json --threads 1 --runs 1").status == 64)
  }

  /// It leaves the same bytes every time, but is nothing to rely on.
  @Test func aDivergingRunIsNamed() {
    let diverging = temper("determinism k.json --set optimizer.type=sgd --set optimizer.learning_rate=1e25 --threads 1")
    #expect(diverging.status == 0 && diverging.out.contains("note: the run diverges (exit code 11)"), "\(diverging.out)\n\(diverging.err)")
  }

  /// The data change between two runs, so their bytes differ; the runs are kept.
  @Test func differencesAreFound() throws {
    let change = "(until ls -d tmp/*/first > /dev/null 2>&1; do sleep 0.01; done; sed -i 's/^0\\./1./' t.csv) &"
    let result = Program.shell(
      "\(change)\nTMPDIR=$PWD/tmp $TEMPER verify determinism k.json --threads 1 --runs 9", in: shop.folder.path)
    #expect(result.status == 10, "\(result.out)\n\(result.err)")
    #expect(result.out.contains("DIFFERENT: best/") && result.out.contains("kept in \(shop.folder("tmp"))"))
    let kept = try #require(TestFiles.names(shop.folder("tmp")).first)
    #expect(TestFiles.names(shop.folder("tmp/\(kept)first")).contains("metrics.jsonl"))
  }

  @Test func failuresAreNamed() throws {
    let result = temper("resume k.json --set data.path=nowhere.csv")
    #expect(result.status == 13 && result.out.contains("ended with exit code 66"), "\(result.out)\n\(result.err)")
    let log = try #require(result.out.split(separator: " ").last?.dropLast())
    #expect(TestFiles.text(String(log)).contains("nowhere.csv"))
    #expect(temper("resume").status == 64 && temper("determinism k.json --runs 0").status == 64)
    #expect(temper("determinism k.json --set model.hiden=1").status == 64)
  }

  @Test func aSignalEndsItAndItsChildren() throws {
    let result = Program.shell(
      "export TMPDIR=$PWD/tmp; $TEMPER verify determinism k.json --set train.max_steps=1000000 --threads 1 & p=$!; "
        + "until ls tmp/*/run/resolved.json > /dev/null 2>&1; do sleep 0.02; done; kill -TERM $p; wait $p; s=$?; "
        + "ls tmp; exit $s", in: shop.folder.path)
    #expect(result.status == 75 && result.out == "", "\(result.out)\n\(result.err)")
  }
}
