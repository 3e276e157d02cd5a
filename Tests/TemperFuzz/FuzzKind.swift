import TemperJSON
import TemperRunSupport
import TemperTables
import TemperText
import TemperTrain

/// A kind of input: files to change, and the code that a user's command hands them to.
struct FuzzKind: Sendable {
  let name: String
  /// What the files belong to: folders of samples, one for each case in turn.
  let samples: [String]
  /// Which of a sample's files are changed.
  let isChanged: @Sendable (_ file: String) -> Bool
  /// The record of hashes that is written again in half of the cases.
  var record: String?
  /// The command on the folder of a case.
  let command: [String]
  /// What the command does, in this process.
  let answer: @Sendable (_ folder: String) throws -> ExitStatus

  static let all = [
    FuzzKind(
      name: "config", samples: ["csv", "jsonl", "npy", "idx", "language", "texts", "regression"], isChanged: { $0 == "c.json" },
      command: ["validate", "c.json"],
      answer: { folder in
        _ = try config(folder).warnings()
        return .success
      }),
    train("csv", ["csv", "regression", "texts"], "t.csv"), train("jsonl", ["jsonl"], "t.jsonl"), train("gz", ["gz"], "t.csv.gz"),
    train("npy", ["npy"], ".npy"), train("npz", ["npz"], "a.npz"), train("idx", ["idx"], ".idx"),
    train("png", ["images"], ".png"), train("jpeg", ["images"], ".jpg"), train("images", ["images"], "list.csv"),
    FuzzKind(
      name: "safetensors", samples: pretrained, isChanged: { $0.hasSuffix(".safetensors") }, command: importing, answer: importModel),
    FuzzKind(
      name: "pretrained", samples: pretrained, isChanged: { $0.hasSuffix("onfig.json") }, command: importing, answer: importModel),
    FuzzKind(
      name: "tokenizer", samples: (0..<FuzzSamples.tokenizers.count).map { "tokenizer-\($0)" }, isChanged: { $0 == "tokenizer.json" },
      command: ["tokenizer", "encode", "--tokenizer", "tokenizer.json", "tokenizer.json"],
      answer: { folder in
        let tokenizer = try Tokenizer(reading: folder + "/tokenizer.json")
        let ids = tokenizer.encode("The cat, 12 \u{1F600}\u{301} über\n\t <s> [MASK]. don't", addingSpecialTokens: true)
        _ = tokenizer.decode(ids, skippingSpecialTokens: false)
        return .success
      }),
    FuzzKind(
      name: "checkpoint", samples: ["interrupted"], isChanged: { $0.hasPrefix("checkpoints/") || $0 == "resolved.json" }, record: "DONE",
      command: ["train", "--resume", "."],
      answer: { folder in
        try Runner.run(ConfigFile(resuming: folder, overrides: ["threads=1"]), options: .init(existing: .resume)).status
      }),
    bundle("bundle", predicting: "csv"), bundle("textBundle", predicting: "texts"),
    FuzzKind(
      name: "language", samples: ["languageBundle", "importedBundle"], isChanged: { _ in true }, record: "bundle.json",
      command: ["generate", ".", "--max-tokens", "5", "--prompt", "the"],
      answer: { folder in
        var options = GenerationOptions()
        options.maxTokens = 5
        _ = try StoredModel.generating(folder).generate("the", options) { _ in }
        return .success
      }),
  ]

  private static let pretrained = FuzzSamples.pretrained.map { "pretrained-" + $0 } + ["exported"]
  private static let importing = ["import", ".", "--output", "out"]

  private static func importModel(_ folder: String) throws -> ExitStatus {
    let model = try PretrainedModel(reading: folder)
    try model.write(to: folder + "/out")
    guard model.tokenizer != nil else { return .success }
    _ = try model.writeBundle(to: folder + "/bundle", readFrom: folder)
    _ = try StoredModel.read(folder + "/bundle")
    return .success
  }

  private static func config(_ folder: String) throws -> ConfigFile {
    try ConfigFile(path: folder + "/c.json", overrides: ["output_dir=\(folder)/runs", "threads=1"])
  }

  /// Predicting the table of a sample by a stored model.
  private static func bundle(_ name: String, predicting sample: String) -> FuzzKind {
    let table = "../../base/\(sample)/t.csv"
    return FuzzKind(
      name: name, samples: [name], isChanged: { _ in true }, record: "bundle.json", command: ["predict", ".", "--input", table],
      answer: { folder in
        var stream = PredictionStream(try RowPredictor(reading: folder, for: "predict"), .csv, keeping: .all) { _ in }
        try stream.run(folder + "/" + table)
        return .success
      })
  }

  /// Training on files whose names end with `file`, interrupted after the first step.
  private static func train(_ name: String, _ samples: [String], _ file: String) -> FuzzKind {
    FuzzKind(
      name: name, samples: samples, isChanged: { $0.hasSuffix(file) }, command: ["train", "c.json", "--set", "threads=1"],
      answer: { folder in try Runner.run(config(folder), options: .init(isInterrupted: { true })).status })
  }
}
