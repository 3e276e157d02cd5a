import TemperJSON
import TemperRunSupport
import Testing

/// `temper predict` reads, predicts and writes part by part.
@Suite struct PredictStreamTests {
  private let shop = Workshop()

  private func train() {
    shop.folder.write("x,y\n" + (0..<100).map { "\(Double($0 % 37) / 4),\($0 % 37 > 18 ? "b" : "a")\n" }.joined(), to: "one.csv")
    shop.folder.write(
      """
      {"data": {"path": "one.csv", "label": "y", "split": {"validation": null}}, "model": {"type": "linear"}, "train": {"epochs": 1},
       "early_stopping": null}
      """, to: "one.json")
    #expect(shop.temper("train", "one.json", "-q").status == 0)
  }

  /// A million rows take as much memory as ten thousand, by pipe and by file.
  @Test func memoryDoesNotGrowWithTheRows() {
    train()
    func peak(_ rows: Int, file: Bool) -> Int {
      let input = "(echo x; seq 1 \(rows))"
      let predict = "$TEMPER predict runs/one --input"
      let line = file ? "\(input) > in.csv; \(predict) in.csv" : "\(input) | \(predict) -"
      let result = Program.shell("\(line) > out.csv; wc -l < out.csv", in: shop.folder.path)
      #expect(result.out == "\(rows + 1)\n" && result.err == "", "\(result.err)")
      return result.peak
    }
    let (few, manyByPipe, manyByFile) = (peak(10_000, file: false), peak(1_000_000, file: false), peak(1_000_000, file: true))
    #expect(manyByPipe < few + 8_000_000 && manyByFile < few + 8_000_000, "\(few) \(manyByPipe) \(manyByFile)")
  }

  @Test func aBadRowEndsItAfterTheRowsBeforeIt() {
    train()
    let good = (0..<5000).map { "\($0 % 9)\n" }.joined()
    let whole = shop.temper("predict", "runs/one", "--input", "-", input: "x\n" + good)
    #expect(whole.status == 0)
    for (bad, message) in [("nine", "standard input:5002:1: "), ("1,2", "standard input:5002:3: ")] {
      let result = shop.temper("predict", "runs/one", "--input", "-", input: "x\n" + good + bad + "\n" + good)
      #expect(result.status == 65 && result.err.contains(message), "\(result.err)")
      #expect(result.out == whole.out)
    }
    // The first row of all: nothing is written.
    let first = shop.temper("predict", "runs/one", "--input", "-", input: "x\nnine\n")
    #expect(first.status == 65 && first.out == "")
  }

  @Test func devicesAndBombs() {
    train()
    for path in ["/dev/zero", "/dev/urandom"] {
      let result = shop.temper("predict", "runs/one", "--input", path)
      #expect(result.status == 65 && result.err.contains("[E0228]"), "\(result.err)")
    }
    let bomb = Program.shell(
      "(echo x; head -c 300000000 /dev/zero | tr '\\0' 1) | gzip -1 > bomb.csv.gz; ulimit -v 900000; $TEMPER predict runs/one --input bomb.csv.gz",
      in: shop.folder.path)
    #expect(bomb.status == 65 && bomb.err.contains("bomb.csv.gz: ") && bomb.err.contains("[E0228]"), "\(bomb.err)")
  }

  /// Standard input has no name that says what it holds: it is taken for what the training rows were.
  @Test func standardInputIsWrittenAsTheTrainingRows() {
    let rows = (0..<40).map { "{\"x\": \($0 % 7), \"y\": \"\($0 % 7 > 3 ? "b" : "a")\"}\n" }.joined()
    shop.folder.write(rows, to: "l.jsonl")
    shop.folder.write(
      "{\"data\": {\"path\": \"l.jsonl\", \"label\": \"y\"}, \"model\": {\"type\": \"linear\"}, \"train\": {\"epochs\": 1}}", to: "l.json")
    #expect(shop.temper("train", "l.json", "-q").status == 0)
    let (byName, byPipe) = (
      shop.temper("predict", "runs/l", "--input", "l.jsonl"), shop.temper("predict", "runs/l", "--input", "-", input: rows)
    )
    #expect(byPipe.status == 0 && byPipe.out == byName.out && !byName.out.isEmpty, "\(byPipe.err)")
    #expect(shop.temper("evaluate", "runs/l", "--input", "-", input: rows).status == 0)
    let packed = Program.shell("gzip -c l.jsonl | $TEMPER predict runs/l --input -", in: shop.folder.path)
    #expect(packed.status == 65 && packed.err.contains("gzip-compressed") && packed.err.contains("gunzip -c"), "\(packed.err)")
  }
}
