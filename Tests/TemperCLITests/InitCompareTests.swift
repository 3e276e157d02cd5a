import Glibc
import TemperJSON
import TemperRunSupport
import Testing

/// `temper init --compare`: what it trains, what it tells and what it writes.
@Suite struct InitCompareTests {
  /// Rows whose kind is the sign of a sum, or of a product, of which a linear model knows nothing.
  private static func csv(_ rows: Int, isProduct: Bool) -> String {
    "a,b,kind\n"
      + (0..<rows).map { row in
        let (a, b) = (Double(row * 37 % 101) - 50, Double(row * 61 % 89) - 44)
        return "\(a),\(b),\((isProduct ? a * b : a + 2 * b) > 0 ? "up" : "down")\n"
      }.joined()
  }

  @Test func theBestIsWritten() throws {
    let shop = Workshop()
    shop.folder.write(Self.csv(400, isProduct: true), to: "product.csv")
    let before = Set(TestFiles.names(shop.folder.path))
    let told = shop.temper("init", "--data", "product.csv", "--label", "kind", "--compare", "--seconds", "3")
    #expect(told.status == 0, "\(told.err)")
    for part in ["compared on", "linear", "mlp", "tabm", "best", "wrote product.json"] { #expect(told.out.contains(part), "\(told.out)") }
    #expect(told.err.contains("round 1: linear accuracy 0.") && told.err.contains("round 1: tabm accuracy 0."), "\(told.err)")
    let config = try JSON.parse(TestFiles.text(shop.folder("product.json")), path: "product")
    #expect(config["model"]?["type"] != "linear" && config["data"]?["path"] == "product.csv")
    #expect(config["data"]?["split"]?["test"]?.number == 0.1 && config["seed"] == nil && config["output_dir"] == nil)
    let trained = shop.temper("train", "product.json", "--quiet", "--set", "train.epochs=2")
    #expect(trained.status == 0, "\(trained.err)")
    // Nothing else is left behind.
    #expect(TestFiles.names(shop.folder.path).filter { !before.contains($0) }.sorted() == ["product.json", "runs/"])
  }

  @Test func figuresAreInTheJSON() throws {
    let shop = Workshop()
    shop.folder.write(Self.csv(120, isProduct: false), to: "sum.csv")
    let told = shop.temper(
      "init", "--data", "sum.csv", "--label", "kind", "--compare", "--seconds", "2", "--json", "--output", "sub/x.json")
    #expect(told.status == 0, "\(told.err)")
    let found = try #require(try JSON.parse(told.out, path: "out")["comparison"])
    let candidates = try #require(found["candidates"]?.array)
    #expect(candidates.map { $0["model"]?.string } == ["linear", "mlp", "tabm"])
    let rounds = try #require(found["rounds"]?.integer)
    #expect((1...5).contains(rounds) && found["metric"] == "accuracy")
    for candidate in candidates {
      let values = try #require(candidate["values"]?.array).compactMap(\.number)
      #expect(values.count == rounds && candidate["problem"]?.isNull == true)
      #expect(abs((candidate["mean"]?.number ?? 9) - values.reduce(0, +) / Double(rounds)) < 1e-12)
    }
    let best = candidates.map { $0["mean"]?.number ?? 0 }.max()
    #expect(candidates.first { $0["model"]?.string == found["best"]?.string }?["mean"]?.number == best)
    // Of so few rows the simplest is written that is level with the best.
    let winner = found["winner"]?.string
    let level = candidates.first { $0["model"]?.string == found["best"]?.string || $0["level"] == true }
    #expect(level?["model"]?.string == winner)
    #expect(abs((found["baseline"]?.number ?? 0) - 0.5) < 0.15)
    let written = try JSON.parse(TestFiles.text(shop.folder("sub/x.json")), path: "x")
    #expect((written["model"]?["type"]?.string ?? "mlp") == winner && written["data"]?["path"] == "../sum.csv")
  }

  /// Of an error the lowest is the best, and that of the mean is the baseline.
  @Test func numbersAreComparedByTheirError() throws {
    let shop = Workshop()
    shop.folder.write("a,b,size\n" + (0..<700).map { "\($0 % 97),\($0 % 89),\(3 * ($0 % 97) - $0 % 89).5\n" }.joined(), to: "t.csv")
    let told = shop.temper("init", "--data", "t.csv", "--label", "size", "--compare", "--seconds", "3", "--json")
    #expect(told.status == 0, "\(told.err)")
    let found = try #require(try JSON.parse(told.out, path: "out")["comparison"])
    let candidates = (found["candidates"]?.array ?? []).filter { $0["problem"]?.isNull == true }
    let lowest: Double? = candidates.compactMap { $0["mean"]?.number }.min()
    let best = try #require(lowest)
    #expect(found["metric"] == "rmse" && found["winner"] == "linear" && best < 1 && found["baseline"]?.number ?? 0 > 50)
    #expect(candidates.first { $0["model"] == found["winner"] }?["mean"]?.number == best)
    let run = shop.temper("train", "t.json", "--quiet")
    #expect(run.status == 0 && shop.temper("evaluate", "runs/t").status == 0, "\(run.err)")
  }

  /// Constant classes but for one in a hundred: nothing can be said of the models.
  @Test func guessingIsNoted() throws {
    let shop = Workshop()
    shop.folder.write("x,kind\n" + (0..<700).map { "\($0 * 37 % 101),\($0 % 100 == 7 ? "rare" : "usual")\n" }.joined(), to: "t.csv")
    let told = shop.temper("init", "--data", "t.csv", "--label", "kind", "--compare", "--seconds", "3")
    #expect(told.status == 0 && told.out.contains("none is better than the baseline, always the most frequent class"), "\(told.out)")
    #expect(shop.temper("validate", "t.json").err == "")
  }

  @Test func mistakesAreSaidBeforeAnythingIsTrained() {
    let shop = Workshop()
    shop.folder.write(Self.csv(60, isProduct: false), to: "t.csv")
    #expect(shop.temper("init", "--compare", "--task", "classification").status == 64)
    #expect(shop.temper("init", "--data", "t.csv", "--label", "kind", "--seconds", "5").status == 64)
    #expect(shop.temper("init", "--data", "t.csv", "--label", "kind", "--compare", "--seconds", "0").status == 64)
    shop.folder.write("{}", to: "t.json")
    let there = shop.temper("init", "--data", "t.csv", "--label", "kind", "--compare")
    #expect(there.status == 73 && there.err.contains("[E0404]") && !there.err.contains("round"), "\(there.err)")
    // A table too small to hold validation rows out beside a fifth: what cannot be trained is out, and said to be.
    TestFiles.makeFolder(shop.folder("locked"))
    if chmod(shop.folder("locked"), 0o555) == 0, getuid() != 0 {
      let locked = shop.temper("init", "--data", "t.csv", "--label", "kind", "--compare", "--output", "locked/t.json")
      #expect(locked.status == 73 && !locked.err.contains("round"), "\(locked.err)")
    }
    #expect(shop.temper("init", "--data", "t.csv", "--label", "kind", "--output", "-").status == 64)
    shop.folder.write("x,kind\n1,a\n2,a\n3,b\n", to: "tiny.csv")
    let tiny = shop.temper("init", "--data", "tiny.csv", "--label", "kind", "--compare", "--seconds", "1")
    #expect(tiny.status == 0 && tiny.out.contains("note: mlp is out: too few rows"), "\(tiny.err)")
    shop.folder.write("x,kind\n1,a\n2,a\n3,b\nfour,b\n", to: "odd.csv")
    let odd = shop.temper("init", "--data", "odd.csv", "--label", "nothing", "--compare", "--seconds", "1")
    #expect(odd.status == 65 && !TestFiles.names(shop.folder.path).contains("odd.json"), "\(odd.err)")
  }
}
