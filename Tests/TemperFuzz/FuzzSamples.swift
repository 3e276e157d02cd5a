import TemperFiles
import TemperImages
import TemperJSON
import TemperRunSupport
import TemperTrain

/// Valid inputs of all kinds, each in a folder of its own: small, and made by the program itself where it writes such files.
enum FuzzSamples {
  /// Models of other programs, in Tests/Goldens/transformers.
  static let pretrained = ["gpt2_tied", "llama_untied", "bert_masked", "bert_classifier"]

  /// Tokenizers of all models, normalizers and decoders.
  static let tokenizers: [JSON] = ["tokenizers", "unigram"].flatMap { name in
    TestFiles.text(Repository.path("Tests/TemperTextTests/Goldens/\(name).jsonl")).split(separator: "\n").filter { $0.utf8.count > 2000 }
      .compactMap {
        try? JSON.parse(String($0), path: name)["tokenizer"]
      }
  }

  private static let train = "\"train\": {\"max_steps\": 3, \"batch_size\": 8, \"eval_every_steps\": 2}"
  private static let hidden = "\"model\": {\"hidden\": [4]}"

  /// Writes them all into folders of `base`.
  static func write(to base: String) throws {
    func sample(_ name: String, _ data: String, _ rest: String = hidden, files: [(String, [UInt8])]) {
      TestFiles.makeFolder(base + "/" + name)
      for (file, bytes) in files { TestFiles.write(bytes, to: base + "/\(name)/\(file)") }
      TestFiles.write(Array("{\"data\": {\(data)}, \(rest), \(train)}".utf8), to: base + "/\(name)/c.json")
    }
    let csv = Array(SampleTable.csv().utf8)
    let columns = "\"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}"
    sample("csv", "\"path\": \"t.csv\", " + columns, files: [("t.csv", csv)])
    sample(
      "regression", "\"path\": \"t.csv\", \"label\": \"x0\", \"split\": {\"column\": \"part\"}, \"impute\": {\"numeric\": \"mean\"}",
      "\"task\": \"regression\", \"model\": {\"type\": \"linear\"}", files: [("t.csv", csv)])
    sample("gz", "\"path\": \"t.csv.gz\", " + columns, files: [("t.csv.gz", FuzzFiles.gzip(csv))])
    sample("jsonl", "\"path\": \"t.jsonl\", \"label\": \"kind\"", files: [("t.jsonl", lines)])
    let values = (0..<60).map { Float($0 * 37 % 19) / 4 }
    let (features, labels) = (SampleArray.floats(values, width: 3), SampleArray.bytes((0..<20).map { UInt8($0 % 2) }))
    sample("npy", "\"type\": \"npy\", \"features\": \"f.npy\", \"labels\": \"l.npy\"", files: [("f.npy", features), ("l.npy", labels)])
    sample(
      "npz", "\"type\": \"npy\", \"features\": \"a.npz/x\", \"labels\": \"a.npz/y\"",
      files: [("a.npz", FuzzFiles.zip([("x.npy", features), ("y.npy", labels)]))])
    let pixels = FuzzFiles.idx([30, 2, 3], (0..<180).map { UInt8($0 * 37 % 251) })
    sample(
      "idx", "\"type\": \"idx\", \"train_images\": \"i.idx\", \"train_labels\": \"l.idx\"",
      files: [("i.idx", pixels), ("l.idx", FuzzFiles.idx([30], (0..<30).map { UInt8($0 % 3) }))])
    let pictures = (0..<8).map { (number: Int) -> (String, [UInt8]) in
      let format: ImageFormat = number % 2 == 0 ? .png : .jpeg
      let pixels = (0..<6 * 5 * 3).map { UInt8(($0 * (number + 3) + number % 2 * 90) % 256) }
      return ("p\(number)\(format.ending)", format.encoded(pixels, width: 6, height: 5))
    }
    let list = (["path,label"] + pictures.enumerated().map { "\($1.0),\($0 % 2)" }).joined(separator: "\n")
    sample(
      "images", "\"type\": \"images\", \"path\": \"list.csv\", \"size\": [4, 4], \"split\": {\"validation\": null}",
      files: pictures + [("list.csv", Array(list.utf8))])
    let rows = (0..<40).map { "a \(["fine", "dull"][$0 % 2]) film number \($0),\(["good", "bad"][$0 % 2])" }
    sample(
      "texts", "\"path\": \"t.csv\", \"label\": \"kind\", \"text\": \"text\"",
      "\"model\": {\"type\": \"ngram_linear\", \"buckets\": 64, \"dim\": 4}",
      files: [("t.csv", Array((["text,kind"] + rows).joined(separator: "\n").utf8))])
    let story = (0..<200).map { "the \(["cat", "dog", "old man"][$0 % 3]) \(["sat", "ran", "saw"][$0 / 2 % 3]) by the sea.\n" }.joined()
    sample(
      "language", "\"path\": \"t.txt\", \"tokenizer\": {\"type\": \"bpe\", \"vocab_size\": 300}",
      "\"task\": \"language_modeling\", \"model\": {\"type\": \"gpt2\", \"n_layer\": 1, \"n_head\": 2, \"n_embd\": 16, \"n_positions\": 8}",
      files: [("t.txt", Array(story.utf8))])
    for (number, tokenizer) in tokenizers.enumerated() {
      TestFiles.makeFolder(base + "/tokenizer-\(number)")
      TestFiles.write(Array(tokenizer.serialized().utf8), to: base + "/tokenizer-\(number)/tokenizer.json")
    }
    for name in pretrained { TestFiles.copy(Repository.path("Tests/Goldens/transformers/" + name), to: base + "/pretrained-" + name) }
    try writeModels(base)
  }

  private static let lines = Array(
    (0..<40).map { "{\"a\": \($0 * 7 % 11), \"b\": {\"c\": \($0).5}, \"d\": \"\(["x", "é"][$0 % 2])\", \"kind\": \($0 % 2 == 0)}\n" }
      .joined().utf8)

  /// Models, and a run that was interrupted.
  private static func writeModels(_ base: String) throws {
    for (sample, bundle) in [("csv", "bundle"), ("texts", "textBundle"), ("language", "languageBundle")] {
      let result = try run(base, sample, name: bundle)
      guard result.status == .success else { throw Unusable(sample: bundle) }
      TestFiles.copy(base + "/models/\(bundle)/best", to: base + "/" + bundle)
    }
    try StoredModel.exporting(base + "/languageBundle").exported().write(to: base + "/exported")
    _ = try PretrainedModel(reading: base + "/exported").writeBundle(to: base + "/importedBundle", readFrom: "a folder")
    guard try run(base, "csv", name: "interrupted", isInterrupted: true).status == .interrupted else {
      throw Unusable(sample: "interrupted")
    }
    TestFiles.copy(base + "/models/interrupted", to: base + "/interrupted")
  }

  private static func run(_ base: String, _ sample: String, name: String, isInterrupted: Bool = false) throws -> any RunResult {
    let overrides = ["output_dir=\(base)/models", "name=\(name)", "threads=1"]
    return try Runner.run(
      ConfigFile(path: base + "/\(sample)/c.json", overrides: overrides), options: .init(isInterrupted: { isInterrupted }))
  }

  /// A sample could not be made.
  struct Unusable: Error { let sample: String }
}
