import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  private static let ngrams = "\"type\": \"ngrams\", \"buckets\": 64, \"dim\": 4"

  /// Changes that make the label of texts and a number be learned by a model of features, with `keys` of the block of its texts.
  private static func texts(
    _ lab: Lab, _ keys: String = ngrams, model: String = "\"hidden\": [5]", data: String = "", more: [String] = []
  ) -> [String] {
    _ = lab.texts("ngram_linear")
    let block =
      "\"path\": \"\(lab.folder("texts.csv"))\", \"label\": \"kind\", \"columns\": {\"text\": \"text\", \"other\": \"numeric\"}\(data)"
    return ["data={\(block)}", "model={\(model), \"text_embedding\": {\(keys)}}", "train={\"max_steps\": 12, \"batch_size\": 8}"] + more
  }

  static let textEmbeddingCases: [KeyCase] =
    [
      ("dim", "6"), ("buckets", "50"), ("word_ngrams", "1"), ("min_char_ngram", "5"), ("max_char_ngram", "4"), ("lowercase", "false"),
      ("pooling", "\"sqrt\""), ("dropout", "0.5"),
    ].map { name, value in
      KeyCase("model.text_embedding.\(name) (mlp, tabm: ngrams)") { (lab: Lab) throws in
        let others = ["\"type\": \"ngrams\"", "\"buckets\": 64", "\"dim\": 4"].filter { !$0.contains("\"\(name)\"") }
        let given = (others + ["\"\(name)\": \(value)"]).joined(separator: ", ")
        for model in ["\"hidden\": [5]", "\"type\": \"tabm\", \"members\": 2, \"hidden\": [5]"] {
          #expect(try lab.train(texts(lab, model: model)).last != lab.train(texts(lab, given, model: model)).last)
        }
      }
    } + [
      KeyCase("model.text_embedding.type (mlp, tabm)") { (lab: Lab) throws in
        let run = try lab.train(texts(lab))
        #expect(run.outcome.model == "mlp 5-5-2")
        #expect(try run.values("texts.weight").count { $0 != 0 } > 0)
        // Without it the words are features.
        #expect(try lab.train(texts(lab, "\"type\": \"none\"")).values("layers.0.linear.weight").count > 5 * 10)
        let tabm = try lab.train(texts(lab, model: "\"type\": \"tabm\", \"members\": 2, \"hidden\": [5]"))
        #expect(try tabm.values("scale").count == 2 * (16 + 4))
        for wrong in [
          ["train.sampling=\"balanced\""], ["train.augment={\"mixup\": 0.2}"], ["train.shuffle=false"],
          ["data.columns={\"text\": {\"kind\": \"text\", \"max_words\": 5}}"],
          ["data={\"type\": \"random\", \"rows\": 8, \"features\": 4, \"classes\": 3}"],
        ] {
          #expect(throws: Diagnostics.self, "\(wrong)") { try lab.config(texts(lab, more: wrong)) }
        }
        #expect(throws: Diagnostics.self) { try lab.train(texts(lab, more: ["data.columns={\"text\": \"ignore\"}"])) }
        // Only tables of embeddings have rows that are touched.
        #expect(throws: Diagnostics.self) { try lab.config(["optimizer.rows=\"touched\""]) }
        #expect(
          try lab.train(texts(lab)).last != lab.train(texts(lab, more: ["optimizer={\"type\": \"adam\", \"rows\": \"touched\"}"])).last)
      }
    ]

  /// The n-grams of two columns differ, and a missing text has none.
  @Test func textsOfSeveralColumnsAreToldApart() throws {
    let lab = Lab()
    let rows = (0..<40).map { row in
      let pair = row % 2 == 0 ? "red,blue" : "blue,red"
      return "\(pair),\(row % 7),\(row % 2 == 0 ? "a" : "b")"
    }
    lab.folder.write("first,second,x,kind\n" + rows.joined(separator: "\n") + "\n,,3,a\n", to: "two.csv")
    let block = "\"path\": \"\(lab.folder("two.csv"))\", \"label\": \"kind\", \"columns\": {\"first\": \"text\", \"second\": \"text\"}"
    let run = try lab.train([
      "data={\(block), \"impute\": {\"text\": \"empty\"}}", "model={\"hidden\": [8], \"text_embedding\": {\"type\": \"ngrams\"}}",
      "optimizer={\"learning_rate\": 0.03}", "train={\"epochs\": 30, \"batch_size\": 8}",
    ])
    #expect(run.outcome.train.headline?.value ?? 0 > 0.95)
  }
}
