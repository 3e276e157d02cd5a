import TemperJSON
import TemperRunSupport
import Testing

/// What is too large is refused before it is allocated, with the setting that asks for it, under 2 GB of address space.
@Suite struct MemoryTests {
  private let shop = Workshop()

  private func limited(_ arguments: String) -> Program.Result {
    Program.shell("ulimit -v 2000000; $TEMPER \(arguments)", in: shop.folder.path)
  }

  @Test(arguments: [
    ("c.json", "--set 'model.hidden=[1000000,1000000]'", "model.hidden"),
    ("g.json", "--set model.n_embd=100000", "model.n_embd"), ("g.json", "--set model.vocab_size=10000000", "model.vocab_size"),
    ("g.json", "--set model.n_positions=1000000", "model.n_positions"), ("g.json", "--set train.batch_size=1000000", "train.batch_size"),
    ("g.json", "--set 'data={\"type\":\"random_tokens\",\"tokens\":1000000000,\"vocab_size\":9}'", "data.tokens"),
    ("c.json", "--set 'data={\"type\":\"random\",\"rows\":1000000,\"inputs\":1000000,\"classes\":3}'", "data.inputs"),
    ("c.json", "--set 'data={\"type\":\"random\",\"rows\":1000000,\"inputs\":1000,\"classes\":3}'", "data.rows"),
    (
      "c.json", "--set 'data={\"type\":\"random\",\"inputs\":1000,\"classes\":1000000}' --set 'model={\"type\":\"linear\"}'", "data.classes"
    ),
    ("n.json", "--set model.buckets=1000000000", "model.buckets"),
  ])
  func asksForTooMuch(config: String, change: String, key: String) {
    shop.folder.write(String(repeating: "some words to learn from ", count: 200), to: "t.txt")
    shop.folder.write(
      #"{"task": "language_modeling", "data": {"path": "t.txt", "split": {"validation": 0.2}}, "model": {"n_layer": 1, "n_embd": 16}}"#,
      to: "g.json")
    let rows = (0..<40).map { "text number \($0),\($0 % 2 == 0 ? "a" : "b")" }
    shop.folder.write((["text,y"] + rows).joined(separator: "\n") + "\n", to: "n.csv")
    shop.folder.write(#"{"data": {"path": "n.csv", "label": "y", "text": "text"}, "model": {"type": "ngram_linear"}}"#, to: "n.json")
    let result = limited("train \(config) -q \(change)")
    #expect(result.status == 64, "\(result.err)")
    #expect(result.err.contains("\(key): ") && result.err.contains(" of memory, but ") && result.err.contains("[E0113]"), "\(result.err)")
    #expect(!TestFiles.names(shop.folder.path).contains("runs/"))
    #expect(limited("validate \(config) \(change)").status == 0)
  }

  /// OpenBLAS tries for ever where it cannot map its buffers, so that it is not called then.
  @Test(arguments: [150_000, 250_000, 350_000, 450_000]) func nothingHangsForWantOfMemory(limit: Int) {
    let result = Program.shell("ulimit -v \(limit); timeout -s KILL 20 $TEMPER train c.json -q --threads 2", in: shop.folder.path)
    #expect(result.status != 137, "\(result.err)")
    let version = Program.shell("ulimit -v \(limit); timeout -s KILL 20 $TEMPER --version", in: shop.folder.path)
    #expect(version.status != 137, "\(version.err)")
  }

  /// A stored config that says another size than the weights have asks for nothing.
  @Test func storedSizesAreHeldAgainstTheWeights() throws {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
    let path = shop.folder("runs/c/best/config.json")
    let changed = TestFiles.text(path).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.contains("\"hidden\": [8]") ? "    \"hidden\": [1000000, 1000000]," : String(line)
    }
    TestFiles.write(Array(changed.joined(separator: "\n").utf8), to: path)
    try reseal(shop.folder("runs/c/best"))
    let result = limited("predict runs/c --input t.csv")
    #expect(result.status == 65 && result.err.contains("the model needs shape [1000000, 6]"), "\(result.err)")
  }

  /// 100,000 classes fit: nothing has a number for each pair of them, or for each row and class.
  @Test func aHundredThousandClasses() throws {
    shop.folder.write(
      #"{"data": {"type": "random", "rows": 200, "inputs": 4, "classes": 100000}, "model": {"type": "linear"}, "early_stopping": null, "#
        + #""train": {"max_steps": 1}}"#, to: "many.json")
    let result = Program.shell("ulimit -v 1500000; $TEMPER train many.json --json -q", in: shop.folder.path)
    #expect(result.status == 0, "\(result.err)")
    let report = Program.shell("ulimit -v 1500000; $TEMPER evaluate runs/many --json", in: shop.folder.path)
    let json = try JSON.parse(report.out, path: "out")
    #expect(json["classes"]?.array?.count == 1000 && json["confusion"]?.isNull == true && json["roc_auc"]?.isNull == true)
    #expect(json["accuracy"]?.number != nil && json["notes"]?.array?.count == 2 && report.out.utf8.count < 500_000)
    let table = Program.shell("$TEMPER evaluate runs/many", in: shop.folder.path).out
    #expect(table.contains("... 99950 more: see --json") && table.contains("note: roc_auc is not computed"))
  }
}
