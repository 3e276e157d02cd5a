import TemperJSON
import TemperRunSupport
import Testing

@Suite struct CompareTests {
  private let shop = Workshop()

  private func train(_ name: String, _ changes: String...) throws {
    let arguments = ["train", "c.json", "--name", name, "--quiet"] + changes.flatMap { ["--set", $0] }
    let result = Program.run(arguments, in: shop.folder.path)
    try #require(result.status == 0, "\(result.err)")
  }

  @Test func runsAreCompared() throws {
    try train("a", "train.epochs=30", "optimizer.learning_rate=0.01")
    try train("b", "train.epochs=1")
    let table = shop.temper("compare", "runs/a", "runs/b")
    #expect(table.status == 0 && table.err == "")
    for part in [
      "A  runs/a", "B  runs/b", "B against A", "train.epochs", "data: no differences", "environment: no differences", "weights: differ",
      "\naccuracy ", "test A", "12 test rows: ", "McNemar's test: p = ", "exact binomial", "t.csv:", "  wrong\n",
    ] { #expect(table.out.contains(part), "\(part) is missing in\n\(table.out)") }

    let json = try JSON.parse(shop.temper("compare", "runs/a", "runs/b", "runs/a/best", "--split", "validation", "--json").out, path: "out")
    let comparisons = try #require(json["comparisons"]?.array)
    #expect(comparisons.count == 2 && comparisons[1]["same_weights"] == true)
    #expect(comparisons[0]["rows"]?["split"] == "validation" && comparisons[0]["rows"]?["test"]?["type"] == "mcnemar")
    let flip = try #require(comparisons[0]["rows"]?["flips"]?.array?.first)
    #expect(flip["line"]?.integer != nil && flip["truth"]?.string != nil && flip["a"] != flip["b"])
    #expect(shop.temper("compare", "runs/a", "runs/b").out == table.out, "it is the same every time")
  }

  /// The loss of its steps is of other weights, with dropout, and says nothing of the model.
  @Test func anUnfinishedRunHasItsBestEvaluation() throws {
    try train("a")
    TestFiles.copy(shop.folder("runs/a"), to: shop.folder("runs/u"))
    TestFiles.remove(shop.folder("runs/u/results.json"))
    let table = shop.temper("compare", "runs/a", "runs/u")
    #expect(table.status == 0 && table.out.contains("\nnote: B has no final results: its metrics are those of its best evaluation\n"))
    #expect(!table.out.contains("better") && !table.out.contains("worse"), "\(table.out)")
    let json = try JSON.parse(shop.temper("compare", "runs/a", "runs/u", "--json").out, path: "out")
    let metrics = try #require(json["comparisons"]?.array?.first?["metrics"]?.array)
    let loss = metrics.first { $0["name"] == "train.loss" }
    #expect(loss?["b"]?.isNull == true && loss?["is_better"]?.isNull == true)
    #expect(metrics.first { $0["name"] == "validation.loss" }?["difference"]?.number == 0)
  }

  /// A row that is harder in one of the files says nothing about the models.
  @Test func runsOnOtherDataHaveNoVerdict() throws {
    try train("a")
    let lines = TestFiles.text(shop.folder("t.csv"))
    shop.folder.write(lines + (lines.split(separator: "\n").last ?? "") + "\n", to: "u.csv")
    try train("b", "data.path=\(shop.folder("u.csv"))")
    let table = shop.temper("compare", "runs/a", "runs/b")
    let note =
      "B against A\nnote: the runs have different data: no rows are known to be the same, so no metrics are called better or worse\n"
    #expect(table.status == 0 && table.out.contains(note), "\(table.out)")
    #expect(!table.out.contains("  better") && !table.out.contains("  worse") && !table.out.contains("class ("))
    let json = try JSON.parse(shop.temper("compare", "runs/a", "runs/b", "--json").out, path: "out")["comparisons"]?.array?.first
    #expect(json?["same_data"] == false && json?["metrics"]?.array?.allSatisfy { $0["is_better"]?.isNull == true } == true)
    // Once the file is another one, the rows of the first run cannot be read either, and the message names it.
    shop.folder.write(TestFiles.text(shop.folder("u.csv")), to: "t.csv")
    #expect(shop.temper("compare", "runs/a", "runs/a").out.contains("rows: not compared: runs/a: \(shop.folder("t.csv")): "))
    let changed = shop.temper("evaluate", "runs/a")
    #expect(changed.status == 65 && changed.err.hasPrefix("error: \(shop.folder("t.csv")): the file changed since the model was trained"))
  }

  @Test func exitCodes() throws {
    try train("a")
    try train("r", "task=regression", "data.label=x0")
    #expect(shop.temper("compare", "runs/a", "runs/none").status == 66)
    #expect(shop.temper("compare", "runs/a").status == 64)
    #expect(shop.temper("compare", "runs/a", "runs/r").err.contains("[E0150]"))
    #expect(shop.temper("compare", "runs/a", "runs/r").status == 64)
    #expect(shop.temper("compare", "runs/a", "runs/a", "--split", "train").status == 64)
    shop.folder.write("{", to: "runs/r/resolved.json")
    let damaged = shop.temper("compare", "runs/a", "runs/r")
    #expect(damaged.status == 65 && damaged.err.contains("[E0295]"), "\(damaged.err)")
  }
}
