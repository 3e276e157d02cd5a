import Glibc
import TemperJSON
import TemperRunSupport
import Testing

/// Models of language from the shell: trained, judged, asked to go on, given away and taken back.
@Suite struct LanguageTests {
  /// A workshop with a text of its own, `stories.txt`, and a tiny model of its characters in `runs/tiny`.
  private static func trained() throws -> Workshop {
    let shop = Workshop()
    let made = shop.temper("data", "make", "stories", "--output", "stories.txt", "--size", "20000", "--seed", "5")
    try #require(made.status == 0, "\(made.err)")
    shop.folder.write(
      """
      {
        "task": "language_modeling", "data": {"path": "stories.txt", "separator": "\\n\\n"},
        "model": {
          "type": "gpt2", "n_layer": 2, "n_head": 2, "n_embd": 32, "n_positions": 32, "embd_pdrop": 0, "attn_pdrop": 0, "resid_pdrop": 0
        },
        "optimizer": {"learning_rate": 1e-2},
        "train": {"max_steps": 400, "batch_size": 8, "eval_every_steps": 100}
      }
      """, to: "tiny.json")
    let run = shop.temper("train", "tiny.json", "--quiet", "--json")
    try #require(run.status == 0, "\(run.err)")
    shop.folder.write(run.out, to: "result.json")
    return shop
  }

  private func json(_ result: Program.Result) throws -> JSON {
    try #require(result.status == 0, "\(result.err)")
    return try JSON.parse(result.out, path: "out")
  }

  @Test func aModelIsJudgedOnItsOwnTextAndOnAnother() throws {
    let shop = try Self.trained()
    let own = try json(shop.temper("evaluate", "runs/tiny", "--json"))
    let (loss, perplexity) = (try #require(own["loss"]?.number), try #require(own["perplexity"]?.number))
    let best = try JSON.parse(TestFiles.text(shop.folder("result.json")), path: "result")
    #expect(best["validation"]?["loss"]?.number == loss, "evaluated again, the best weights have the loss that the run tells")
    #expect(loss < 2.5, "the letters of stories alone leave 2.8: \(loss)")
    #expect(abs(perplexity - exp(loss)) < 1e-9 * perplexity)
    // Stories are ASCII: a character is a byte.
    #expect(abs((own["bits_per_byte"]?.number ?? 0) - loss / log(2)) < 1e-9)

    shop.folder.write("Anna sees the tree. Ben sees the tree.", to: "other.txt")
    let other = try json(shop.temper("evaluate", "runs/tiny", "--input", "other.txt", "--json"))
    #expect(other["tokens"]?.integer == 37, "the first character is foretold by none")
    let table = shop.temper("evaluate", "runs/tiny", "--input", "other.txt")
    #expect(table.status == 0 && table.out.contains("perplexity") && table.out.contains("bits_per_byte"), "\(table.out)")

    shop.folder.write("Ångström", to: "unknown.txt")
    let unknown = shop.temper("evaluate", "runs/tiny", "--input", "unknown.txt")
    #expect(unknown.status == 65 && unknown.err.contains("unknown.txt:1:1") && unknown.err.contains("[E0282]"), "\(unknown.err)")
    let part = shop.temper("evaluate", "runs/tiny", "--split", "test")
    #expect(part.status == 64 && part.err.contains("[E0130]"), "\(part.err)")
  }

  @Test func theSameSeedTellsTheSameStory() throws {
    let shop = try Self.trained()
    func told(_ arguments: String...) throws -> String {
      let result = Program.run(["generate", "runs/tiny", "--prompt", "Once ", "--max-tokens", "120"] + arguments, in: shop.folder.path)
      try #require(result.status == 0, "\(result.err)")
      return result.out
    }
    let story = try told("--seed", "3", "--threads", "1")
    #expect(story.hasPrefix("Once ") && story.hasSuffix("\n"))
    #expect(try told("--seed", "3", "--threads", "3") == story)
    #expect(try told("--seed", "4") != story)
    let greedy = try told("--temperature", "0")
    #expect(try told("--temperature", "0", "--seed", "9") == greedy)
    #expect(try told("--top-k", "1") == greedy)
    #expect(try told("--top-p", "1e-9") == greedy)
    #expect(try told("--min-p", "1") == greedy)

    let unknown = shop.temper("generate", "runs/tiny", "--prompt", "Once Ångström")
    #expect(unknown.status == 64 && unknown.out.isEmpty, "\(unknown.out)")
    #expect(unknown.err.contains("no token for \"Å\", at byte 6") && unknown.err.contains("[E0133]"), "\(unknown.err)")

    let object = try json(shop.temper("generate", "runs/tiny", "--prompt", "Once ", "--max-tokens", "120", "--seed", "3", "--json"))
    let text = try #require(object["text"]?.string)
    #expect("Once " + text + "\n" == story)
    #expect(object["prompt_tokens"]?.integer == 5)
    #expect((object["tokens_per_second"]?.number ?? 0) > 0)
    #expect(object["end"]?.string == (object["tokens"]?.array?.count == 120 ? "length" : "end_of_text"))
  }

  @Test func aTextEndsBeforeAStopString() throws {
    let shop = try Self.trained()
    func object(_ stops: [String]) throws -> JSON {
      let arguments = ["generate", "runs/tiny", "--prompt", "Once ", "--temperature", "0", "--max-tokens", "80", "--json"]
      return try json(Program.run(arguments + stops.flatMap { ["--stop", $0] }, in: shop.folder.path))
    }
    let whole = Array(try #require(try object([])["text"]?.string).utf8)
    try #require(whole.count > 30)
    for place in [7, 15, 22] {
      let stop = String(decoding: whole[place..<place + 3], as: UTF8.self)
      let first = try #require((0...place).first { whole[$0...].starts(with: Array(stop.utf8)) })
      let cut = try object(["not in it", stop])
      #expect(cut["text"]?.string == String(decoding: whole[..<first], as: UTF8.self))
      #expect(cut["end"]?.string == "stop")
    }
  }

  @Test func aModelGoesOutAndComesBack() throws {
    let shop = try Self.trained()
    shop.folder.write("Anna sees the tree. Ben sees the tree.", to: "other.txt")
    #expect(shop.temper("export", "runs/tiny", "--output", "given").status == 0)
    #expect(
      Set(TestFiles.names(shop.folder("given"))).isSuperset(of: [
        "config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
      ]))
    #expect(shop.temper("import", "given", "--output", "taken").status == 0)
    func loss(_ model: String) throws -> Double? {
      try json(shop.temper("evaluate", model, "--input", "other.txt", "--json"))["loss"]?.number
    }
    #expect(try loss("taken") == loss("runs/tiny"))
    let story = shop.temper("generate", "taken", "--prompt", "Once ", "--temperature", "0")
    #expect(story.out == shop.temper("generate", "runs/tiny", "--prompt", "Once ", "--temperature", "0").out)

    // And it learns on: the first evaluation is that of the weights it begins with.
    let tuned = shop.temper(
      "train", "tiny.json", "--quiet", "--name", "tuned", "--set", "init.run=taken", "--set", "train.max_steps=20", "--set",
      "data.tokenizer={\"type\": \"file\", \"path\": \"taken/tokenizer.json\"}")
    #expect(tuned.status == 0, "\(tuned.err)")
    let first = try JSON.parse(String(Workshop.lines(TestFiles.text(shop.folder("runs/tuned/metrics.jsonl")))[0]), path: "metrics")
    let before = try json(shop.temper("evaluate", "runs/tiny", "--json"))["loss"]?.number
    #expect(first["validation"]?["loss"]?.number == before, "\(first)")
  }

  @Test func whatAHostileFolderSaysIsShownAsText() {
    let shop = Workshop()
    for (config, code) in [
      (#"{"model_type": "\u001b[2J\u0000gpt2", "vocab_size": 9}"#, 65), (#"{"model_type": "\u001b]0;owned\u0007" "#, 64),
      (#"{"model_type": "llama", "vocab_size": 9, "hidden_act": "\u001b[31m"}"#, 65),
    ] {
      shop.folder.write(config, to: "config.json")
      shop.folder.write("", to: "model.safetensors")
      let result = shop.temper("import", ".", "--output", "own")
      #expect(result.status == code, "\(result.err)")
      #expect(result.err.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }, "\(result.err)")
    }
  }

  @Test func aMaskedModelIsJudgedOnTheSameMasks() throws {
    let shop = Workshop()
    #expect(shop.temper("data", "make", "stories", "--output", "stories.txt", "--size", "20000").status == 0)
    shop.folder.write(
      """
      {
        "task": "masked_language_modeling",
        "data": {"path": "stories.txt", "separator": "\\n\\n", "tokenizer": {"type": "wordpiece", "vocab_size": 300}},
        "model": {"type": "bert", "num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 16, "intermediate_size": 32,
          "max_position_embeddings": 32},
        "train": {"max_steps": 10, "batch_size": 4, "eval_every_steps": 5}
      }
      """, to: "masked.json")
    let result = try json(shop.temper("train", "masked.json", "--quiet", "--json"))
    let own = try json(shop.temper("evaluate", "runs/masked", "--json"))
    #expect(own["loss"]?.number != nil && own["loss"]?.number == result["validation"]?["loss"]?.number)
    let asked = shop.temper("generate", "runs/masked", "--prompt", "Once")
    #expect(asked.status == 64 && asked.err.contains("cannot generate text"), "\(asked.err)")
  }
}
