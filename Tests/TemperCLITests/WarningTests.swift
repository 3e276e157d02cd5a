import TemperJSON
import TemperRunSupport
import Testing

/// What looks wrong is said, with a code; where the config is strict it is an error.
@Suite struct WarningTests {
  private let shop = Workshop()

  /// Rows of two numbers and a label that `label` gives; numbers are chance.
  private func table(_ rows: Int, _ label: (Int) -> String) -> String {
    let lines = (0..<rows).map { "\($0 * 7919 % 1009),\($0 * 104_729 % 997),\(label($0))" }
    return shop.folder.write("a,b,y\n" + lines.joined(separator: "\n") + "\n", to: "w.csv")
  }

  private func train(_ rest: String, _ more: String...) -> Program.Result {
    shop.folder.write("{\"data\": {\"path\": \"w.csv\", \"label\": \"y\", \"split\": {\"test\": 0.3}}, \(rest)}", to: "w.json")
    return Program.run(["train", "w.json", "--overwrite", "--json"] + more, in: shop.folder.path)
  }

  private func codes(_ result: Program.Result) throws -> [String] {
    let warnings = try #require(try JSON.parse(result.out, path: "out")["warnings"]?.array)
    for warning in warnings {
      let (code, message) = (try #require(warning["code"]?.string), try #require(warning["message"]?.string))
      #expect(result.err.contains("warning: \(message) [\(code)]"))
    }
    return warnings.compactMap { $0["code"]?.string }
  }

  private let quick = "\"model\": {\"hidden\": [16]}, \"early_stopping\": null, \"train\": {\"epochs\": 8}"

  @Test func labelsByChanceAreNotLearned() throws {
    _ = table(300) { $0 * $0 * 31 % 47 % 2 == 0 ? "heads" : "tails" }
    let result = train(quick)
    #expect(result.status == 0, "\(result.err)")
    #expect(try codes(result).contains("W0304"))
    let test = try #require(try JSON.parse(result.out, path: "out")["test"])
    #expect(test["baseline"]?["predicts"] == "majority_class")
    let (own, guess) = (try #require(test["accuracy"]?.number), try #require(test["baseline"]?["accuracy"]?.number))
    #expect(own < guess + 0.15 && guess >= 0.4 && test["baseline"]?["log_loss"]?.number != nil)
    // The whole run is there all the same.
    #expect(shop.temper("predict", "runs/w", "--input", "w.csv").status == 0)
  }

  @Test func aClassThatIsNeverPredicted() throws {
    _ = table(300) { $0 % 30 == 0 ? "rare" : "usual" }
    let result = train(quick)
    #expect(try codes(result).contains("W0305") && result.err.contains("never predicted: \"rare\""))
  }

  /// Nothing is said of a class that is in no row that was held out.
  @Test func aClassWithoutRowsIsNotMissed() throws {
    _ = table(400) { $0 == 7 ? "lone" : $0 * 7919 % 1009 > 500 ? "high" : "low" }
    let result = train(
      "\"model\": {\"hidden\": [16]}, \"early_stopping\": null, \"optimizer\": {\"learning_rate\": 0.03}, \"train\": {\"epochs\": 20}")
    let classes = try JSON.parse(result.out, path: "out")["test"]?["classes"]?.array?.filter { $0["support"] == 0 }
    #expect(try codes(result).contains("W0305") == (classes?.isEmpty == true), "\(result.err)")
  }

  /// A text whose last kind reaches into what is learned from is told too.
  @Test func theEndOfATextMayBeOfAnotherKind() {
    let prose = (0..<1700).map { "the \(["old", "small", "grey"][$0 % 3]) dog saw a \(["ball", "house", "tree"][$0 / 3 % 3]) again.\n" }
    let numbers = (0..<700).map { "\($0 * 7919 % 9973) + \($0 * 31 % 997) = \($0)\n" }
    let language = """
      {"task": "language_modeling", "data": {"path": "t.txt"}, "early_stopping": null, "train": {"max_steps": 1},
       "model": {"type": "gpt2", "n_layer": 1, "n_head": 1, "n_embd": 8, "n_positions": 8}}
      """
    shop.folder.write(language, to: "l.json")
    func note(_ lines: [String], _ more: String...) -> Bool {
      shop.folder.write(lines.joined(), to: "t.txt")
      let result = Program.run(["train", "l.json", "--overwrite"] + more, in: shop.folder.path)
      #expect(result.status == 0, "\(result.err)")
      return result.err.contains("the end of the text, which is held out for validation, differs from the rest")
    }
    // The numbers are a fifth of the text, and the last tenth is held out.
    #expect(note(prose + numbers))
    #expect(!note(prose))
    #expect(!note(prose + numbers, "--set", "data.split={\"order\": \"shuffle_blocks\"}"))
  }

  @Test func aClassOfOneRow() throws {
    _ = table(200) { $0 == 7 ? "lone" : $0 * 7919 % 1009 > 500 ? "high" : "low" }
    let result = train(quick, "--set", "data.split={\"validation\": 0.1}")
    #expect(try codes(result).contains("W0201") && result.err.contains("the class \"lone\" has a single training row"))
    let strict = train(quick, "--set", "data.split={\"validation\": 0.1}", "--set", "strict=true", "--name", "strict")
    #expect(strict.status == 65 && strict.err.contains("w.json: the class \"lone\"") && strict.err.contains("[W0201]"))
    #expect(!TestFiles.names(shop.folder("runs")).contains("strict/"))
  }

  @Test func aRunThatIsTooShortForItsPatience() throws {
    let config = "\"model\": {\"hidden\": [8]}, \"early_stopping\": {\"patience\": 3}, \"train\": {\"epochs\": 3}"
    _ = table(200) { $0 * 7919 % 1009 > 500 ? "high" : "low" }
    let result = train(config)
    #expect(try codes(result).contains("W0101") && result.status == 0)
    // One evaluation more than patience is enough to stop by.
    #expect(try !codes(train(config, "--set", "train.epochs=4")).contains("W0101"))
    #expect(try !codes(train(config, "--set", "early_stopping=null")).contains("W0101"))

    let validated = shop.temper("validate", "w.json")
    #expect(validated.status == 0 && validated.out == "w.json: valid\n" && validated.err.contains("[W0101]"))
    let json = try JSON.parse(shop.temper("validate", "w.json", "--json").out, path: "out")
    #expect(json["warnings"]?.array?.first?["code"] == "W0101" && json["valid"] == true)
    #expect(shop.temper("validate", "w.json", "--set", "data.split={\"validation\": null}").err == "")
    for command in ["validate", "train"] {
      let strict = shop.temper(command, "w.json", "--set", "strict=true", "--set", "name=other")
      #expect(
        strict.status == 64 && strict.err.contains("w.json:1:") && strict.err.contains("As the config is strict, this is an error. [W0101]")
      )
    }
    #expect(!TestFiles.names(shop.folder("runs")).contains("other/"))
  }

  /// In a run that goes on although it gets worse, and only there.
  @Test func trainingThatGetsWorse() throws {
    _ = table(120) { "\($0 * $0 % 7 % 2)" }
    let long =
      "\"model\": {\"hidden\": [64]}, \"optimizer\": {\"learning_rate\": 0.03}, "
      + "\"train\": {\"epochs\": 60, \"eval_every_epochs\": 5}"
    let endless = train(long + ", \"early_stopping\": null")
    #expect(
      try codes(endless).contains("W0303") && endless.err.contains("early_stopping is null, so best/ and the metrics are those of the last")
    )
    #expect(try codes(train(long + ", \"early_stopping\": {\"patience\": 11}")).contains("W0303"))
    #expect(try !codes(train(long + ", \"early_stopping\": {\"patience\": 2}")).contains("W0303"))
    // A model of language says the same, of its perplexity.
    var state = 1
    let letters = (0..<400).map { _ -> Character in
      state = (state * 1_103_515_245 + 12_345) % (1 << 31)
      return Array("abcdefgh ")[(state >> 16) % 9]
    }
    shop.folder.write(String(letters), to: "t.txt")
    shop.folder.write(
      """
      {"task": "language_modeling", "data": {"path": "t.txt"}, "early_stopping": null, "optimizer": {"learning_rate": 0.003},
       "model": {"type": "gpt2", "n_layer": 1, "n_head": 2, "n_embd": 64, "n_positions": 16, "embd_pdrop": 0, "attn_pdrop": 0, "resid_pdrop": 0},
       "train": {"max_steps": 200, "eval_every_steps": 20, "batch_size": 8}}
      """, to: "l.json")
    let language = shop.temper("train", "l.json", "--json")
    #expect(language.status == 0, "\(language.err)")
    #expect(try codes(language).contains("W0303"))
    let baseline = try JSON.parse(language.out, path: "out")["validation"]?["baseline"]
    #expect(baseline?["predicts"] == "uniform" && abs((baseline?["perplexity"]?.number ?? 0) - 9) < 1e-6)
  }

  /// What shows at the end makes a strict run end with 10, whole; folds too.
  @Test func aStrictRunEndsWithTen() throws {
    _ = table(300) { $0 * $0 * 31 % 47 % 2 == 0 ? "heads" : "tails" }
    let strict = train(quick, "--set", "strict=true")
    #expect(strict.status == 10 && strict.err.contains("error: W0304: warnings are errors because strict is set"))
    #expect(shop.temper("evaluate", "runs/w").status == 0)
    let folds = train(quick, "--set", "strict=true", "--set", "data.split={\"validation\": {\"folds\": 2}}", "--name", "f")
    #expect(folds.status == 10 && folds.err.contains("strict is set"))
    let outcome = try JSON.parse(folds.out, path: "out")
    #expect(outcome["warnings"]?.array?.first?["message"]?.string?.hasPrefix("fold 1: ") == true)
    #expect(outcome["mean"]?["validation"]?["baseline"]?["accuracy"]?.number != nil)
  }

  @Test func everyTableHasABaseline() {
    let trained = shop.temper("train", "c.json", "--quiet").out
    let evaluated = shop.temper("evaluate", "runs/c").out
    for out in [trained, evaluated] { #expect(out.contains("\nbaseline accuracy ") && out.contains("\nbaseline log_loss ")) }
    let folds = shop.temper(
      "train", "c.json", "--quiet", "--name", "f", "--set", "data.split={\"validation\": {\"folds\": 2}}", "--set",
      "data.columns={\"part\": \"ignore\"}")
    #expect(folds.out.contains("\nbaseline accuracy ") && folds.out.contains(" +- "), "\(folds.err)")
  }
}
