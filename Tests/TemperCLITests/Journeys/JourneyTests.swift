import TemperJSON
import TemperRunSupport
import TemperTrain
import Testing

/// The way a user goes, whole: train, evaluate, predict or generate from the model's folder alone, train again from resolved.json, be killed
/// and resume, validate what was resolved. Faults lie between commands that each pass a test of their own.
@Suite struct JourneyTests {
  static let journeys: [Journey] = tables + arrays + images + imageFiles + texts + languages

  private static let tables: [Journey] = [
    Journey(
      "mlp, standout dropout", data: table("\"split\": {\"column\": \"part\"}"), model: mlp,
      "\"regularization\": {\"dropout\": {\"type\": \"standout\"}}, \"train\": {\"epochs\": 6, \"batch_size\": 9}", .predict("t.csv")),
    Journey(
      "mlp, concrete dropout, residual, l1 by the proximal method", data: table("\"split\": {\"test\": 0.2}"),
      model: "{\"hidden\": [8, 8], \"residual\": true}",
      "\"regularization\": {\"l1\": 1e-4, \"l1_method\": \"proximal\", \"dropout\": {\"type\": \"concrete\"}}, \"train\": {\"max_steps\": 12}",
      .predict("t.csv")),
    Journey(
      "mlp, gaps, groups, dates and texts",
      data: "{\"path\": \"data/gaps.csv\", \"label\": \"kind\", \"columns\": {\"part\": \"ignore\", \"good\": \"boolean\", \"first\": "
        + "{\"kind\": \"categorical\", \"encoding\": \"ordinal\", \"categories\": [\"0\", \"1\"]}}, \"impute\": {\"numeric\": \"median\", \"categorical\": \"category\", "
        + "\"indicator\": true}, \"unknown\": \"ignore\", \"split\": {\"group\": \"group\", \"test\": 0.3}}",
      model: mlp, "\"optimizer\": {\"type\": \"rmsprop\"}, \"train\": {\"epochs\": 4}", .predict("gaps.csv")),
    Journey(
      "tabm, gaps, dates and texts",
      data: "{\"path\": \"data/gaps.csv\", \"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}, \"impute\": {\"numeric\": \"median\", "
        + "\"categorical\": \"category\", \"indicator\": true}, \"unknown\": \"ignore\", \"split\": {\"test\": 0.3}}",
      model: "{\"type\": \"tabm\", \"members\": 3, \"hidden\": [6, 5], \"category_embedding\": {\"min_features\": 2}}",
      "\"regularization\": {\"dropout\": {\"rate\": 0.2}}, \"train\": {\"epochs\": 4}", .predict("gaps.csv")),
    Journey(
      "mlp, n-grams of texts beside features",
      data: "{\"path\": \"data/texts.csv\", \"label\": \"kind\", \"columns\": {\"text\": \"text\", \"liked\": \"ignore\"}, "
        + "\"split\": {\"test\": 0.25}}",
      model: "{\"hidden\": [6], \"text_embedding\": {\"type\": \"ngrams\", \"buckets\": 500, \"dim\": 4, \"dropout\": 0.2}}",
      "\"optimizer\": {\"type\": \"adamw\", \"rows\": \"touched\"}, \"train\": {\"epochs\": 5}", .predict("texts.csv")),
    Journey(
      "regression, tabm, n-grams of texts beside features", "regression",
      data: "{\"path\": \"data/texts.csv\", \"label\": \"stars\", \"columns\": {\"text\": \"text\", \"kind\": \"ignore\"}, "
        + "\"clamp_target\": true, \"split\": {\"test\": 0.25}}",
      model: "{\"type\": \"tabm\", \"members\": 2, \"hidden\": [6], \"text_embedding\": {\"type\": \"ngrams\", \"pooling\": \"sqrt\"}}",
      "\"optimizer\": {\"type\": \"adamw\", \"rows\": \"touched\"}, \"train\": {\"epochs\": 5}", .predict("texts.csv")),
    Journey(
      "regression, tabm with all of its own, quantiles, clamped", "regression",
      data: "{\"path\": \"data/gaps.csv\", \"label\": \"x1\", \"normalize\": \"quantile\", \"clamp_target\": true, \"impute\": "
        + "{\"numeric\": \"mean\", \"categorical\": \"mode\"}, \"columns\": {\"part\": \"ignore\", \"group\": \"ignore\"}}",
      model: "{\"type\": \"tabm\", \"members\": 3, \"hidden\": [6, 5], \"variant\": \"full\", \"numeric_embedding\": "
        + "{\"type\": \"periodic\"}}",
      "\"train\": {\"epochs\": 4}", .predict("gaps.csv")),
    Journey(
      "cnn of a sequence of columns, constant ones kept",
      data:
        "{\"path\": \"data/t.csv\", \"label\": \"kind\", \"columns\": {\"color\": \"ignore\", \"part\": \"ignore\", \"day\": \"ignore\", "
        + "\"group\": \"ignore\", \"good\": \"boolean\", \"first\": \"numeric\", \"red\": \"numeric\"}, \"split\": {\"test\": 0.2}}",
      model: cnn("[6]"), "\"regularization\": {\"dropout\": {\"rate\": 0.2}}, \"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "vit of a sequence of columns",
      data:
        "{\"path\": \"data/t.csv\", \"label\": \"kind\", \"columns\": {\"color\": \"ignore\", \"part\": \"ignore\", \"day\": \"ignore\", "
        + "\"group\": \"ignore\", \"good\": \"boolean\", \"first\": \"numeric\", \"red\": \"numeric\"}, \"split\": {\"test\": 0.2}}",
      model: vit("[6]", patch: "2"), "\"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "regression, vit", "regression",
      data: "{\"path\": \"data/t.csv\", \"label\": \"x1\", \"columns\": {\"color\": \"ignore\", \"part\": \"ignore\", \"day\": \"ignore\", "
        + "\"group\": \"ignore\", \"kind\": \"ignore\", \"good\": \"boolean\", \"first\": \"numeric\", \"red\": \"numeric\"}}",
      model: vit("[5]", patch: "1"), "\"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "regression, cnn", "regression",
      data: "{\"path\": \"data/t.csv\", \"label\": \"x1\", \"columns\": {\"color\": \"ignore\", \"part\": \"ignore\", \"day\": \"ignore\", "
        + "\"group\": \"ignore\", \"kind\": \"ignore\", \"good\": \"boolean\", \"first\": \"numeric\", \"red\": \"numeric\"}}",
      model: "{\"type\": \"cnn\", \"shape\": [5], \"channels\": [4], \"norm\": \"none\", \"global_pool\": true, \"hidden\": []}",
      "\"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "multilabel, cnn", "multilabel",
      data: "{\"path\": \"data/t.csv\", \"labels\": [\"first\", \"red\"], \"columns\": {\"color\": \"ignore\", \"part\": \"ignore\", "
        + "\"day\": \"ignore\", \"group\": \"ignore\", \"kind\": \"ignore\", \"good\": \"boolean\"}}",
      model: cnn("[2, 2]"), "\"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "multilabel, vit", "multilabel",
      data: "{\"path\": \"data/t.csv\", \"labels\": [\"first\", \"red\"], \"columns\": {\"color\": \"ignore\", \"part\": \"ignore\", "
        + "\"day\": \"ignore\", \"group\": \"ignore\", \"kind\": \"ignore\", \"good\": \"boolean\"}}",
      model: vit("[2, 2]", patch: "2"), "\"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "multilabel, tabm", "multilabel", data: labels, model: tabm,
      "\"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "mlp as RealMLP", data: table("\"normalize\": \"robust_clip\", \"split\": {\"test\": 0.2, \"validation\": 0.2}"),
      model: "{\"hidden\": [8, 8], \"numeric_embedding\": {\"type\": \"periodic\"}, \"category_embedding\": {\"type\": \"learned\", "
        + "\"min_features\": 2}, \"feature_scaling\": true, \"parametrization\": \"ntk\", \"parametric_activation\": true, "
        + "\"initializer\": {\"type\": \"data_driven\"}}",
      "\"optimizer\": {\"learning_rate\": 0.04, \"betas\": [0.9, 0.95], \"learning_rate_factors\": {\"inputs.scale\": 6, \"*.bias\": 0.1}}, "
        + "\"schedule\": {\"type\": \"coslog\"}, \"train\": {\"epochs\": 6}", .predict("t.csv")),
    Journey(
      "linear, focal loss, JSON lines", data: "{\"path\": \"data/t.jsonl\", \"label\": \"kind\", \"format\": \"jsonl\"}",
      model: linear, "\"loss\": {\"type\": \"focal\", \"class_weights\": \"balanced\"}, \"train\": {\"epochs\": 5}", .predict("t.jsonl")),
    Journey(
      "mlp, a table written in another way",
      data: "{\"path\": \"data/other.csv\", \"label\": \"kind\", \"delimiter\": \";\", \"decimal\": \",\", \"thousands\": \".\", "
        + "\"quote\": \"'\", \"duplicate_columns\": \"rename\", \"columns\": {\"x0.1\": \"categorical\"}}",
      model: mlp, "\"train\": {\"epochs\": 4}", .predict("other.csv")),
    Journey(
      "linear, nested JSON lines",
      data: "{\"path\": \"data/nested.jsonl\", \"label\": \"kind\", \"columns\": {\"in.a\": \"numeric\"}, "
        + "\"impute\": {\"numeric\": \"median\"}}",
      model: linear, "\"train\": {\"epochs\": 4}", .predict("nested.jsonl")),
    Journey(
      "mlp, top-k units, sparsemax", data: table("\"split\": {\"column\": \"part\"}"),
      model: "{\"hidden\": [8, 8], \"activation\": \"top_k\", \"activation_k\": 2}",
      "\"loss\": {\"type\": \"sparsemax\"}, \"regularization\": {\"activation_l1\": 0.01}, \"train\": {\"epochs\": 6, \"batch_size\": 9}",
      .predict("t.csv")),
    Journey(
      "linear, label noise, sampling", data: table("\"label_noise\": 0.2, \"split\": {\"validation\": 0.2}"), model: linear,
      "\"train\": {\"epochs\": 5, \"sampling\": {\"a\": 2}}", .predict("t.csv")),
    Journey(
      "mlp, cross-validation", data: table("\"split\": {\"test\": 0.2, \"validation\": {\"folds\": 2}}"), model: mlp,
      "\"train\": {\"epochs\": 4}", .predict("t.csv"), inner: "/fold-1"),
    Journey(
      "mlp, from another run's weights, partly frozen", data: table("\"split\": {\"test\": 0.2}"), model: mlp,
      "\"init\": {\"run\": \"runs/base\", \"fresh\": [\"*.bias\"]}, \"weight_average\": {\"decay\": 0.9}, "
        + "\"train\": {\"epochs\": 4, \"freeze\": [\"layers.0.*\"]}", .predict("t.csv"),
      base: "{\"data\": \(table("\"split\": {\"test\": 0.2}")), \"model\": \(mlp), \"train\": {\"epochs\": 1}}"),
    Journey(
      "regression, mlp, huber, by time", "regression",
      data:
        "{\"path\": \"data/t.csv\", \"label\": \"x0\", \"normalize_target\": \"minmax\", \"split\": {\"order_by\": \"day\", \"test\": 0.2}, "
        + "\"columns\": {\"part\": \"ignore\", \"kind\": \"ignore\", \"group\": \"ignore\"}}",
      model: mlp, "\"loss\": {\"type\": \"huber\", \"delta\": 0.5}, \"train\": {\"epochs\": 4}", .predict("t.csv")),
    Journey(
      "regression, linear, plateau schedule", "regression",
      data: "{\"path\": \"data/gaps.csv\", \"label\": \"x1\", \"impute\": {\"numeric\": \"mean\", \"categorical\": \"mode\"}, "
        + "\"columns\": {\"part\": \"ignore\", \"group\": \"ignore\"}}",
      model: linear,
      "\"early_stopping\": {\"monitor\": \"validation.rmse\"}, \"schedule\": {\"type\": \"reduce_on_plateau\", \"patience\": 1}, "
        + "\"train\": {\"epochs\": 6}", .predict("gaps.csv")),
    Journey(
      "multilabel, mlp, accumulation", "multilabel", data: labels, model: mlp,
      "\"train\": {\"epochs\": 6, \"batch_size\": 4, \"gradient_accumulation_steps\": 3}", .predict("t.csv")),
    Journey(
      "multilabel, linear, lion", "multilabel", data: labels, model: linear,
      "\"optimizer\": {\"type\": \"lion\", \"learning_rate\": 1e-3}, \"train\": {\"epochs\": 5}", .predict("t.csv")),
    Journey(
      "random rows, mlp, batch norm", data: random, model: "{\"hidden\": [8], \"norm\": \"batch\"}",
      "\"train\": {\"max_steps\": 10, \"batch_size\": 16}", .predict("random.csv")),
    Journey(
      "random rows, linear, no evaluation split", data: random, model: linear,
      "\"optimizer\": {\"type\": \"sgd\"}, \"train\": {\"max_steps\": 10}", .predict("random.csv")),
    Journey("random rows, cnn", data: random, model: cnn("[2, 2]"), "\"train\": {\"max_steps\": 10}", .predict("random.csv")),
    Journey(
      "random rows, vit", data: random, model: vit("[2, 2]", patch: "[2, 1]"), "\"train\": {\"max_steps\": 10}", .predict("random.csv")),
    Journey("random rows, tabm", data: random, model: tabm, "\"train\": {\"max_steps\": 10}", .predict("random.csv")),
  ]

  private static let texts: [Journey] = [
    Journey(
      "texts, n-grams", data: text(""), model: "{\"type\": \"ngram_linear\", \"dim\": 4, \"buckets\": 256}",
      "\"loss\": {\"label_smoothing\": 0.1}, \"train\": {\"epochs\": 4, \"batch_size\": 8}", .predict("texts.csv")),
    Journey(
      "texts, n-grams, sampled softmax", data: text(""), model: ngrams,
      "\"loss\": {\"type\": \"sampled_softmax\", \"samples\": 1}, \"train\": {\"epochs\": 4, \"batch_size\": 8}", .predict("texts.csv")),
    Journey(
      "texts, n-grams by touched rows", data: text(""), model: "{\"type\": \"ngram_linear\", \"dim\": 4, \"buckets\": 8192}",
      "\"optimizer\": {\"type\": \"adam\", \"learning_rate\": 0.01, \"rows\": \"touched\"}, \"train\": {\"epochs\": 4, \"batch_size\": 8}",
      .predict("texts.csv")),
    Journey(
      "texts, encoder", data: text(", \"max_length\": 12, \"tokenizer\": {\"type\": \"chars\"}"),
      model: "{\"type\": \"bert\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"pooling\": \"mean\"}",
      "\"train\": {\"epochs\": 2, \"batch_size\": 8}", .predict("texts.csv")),
    Journey(
      "texts, regression, n-grams", "regression",
      data: "{\"path\": \"data/texts.csv\", \"label\": \"stars\", \"text\": \"text\", \"normalize_target\": \"minmax\", \"split\": "
        + "{\"test\": 0.25}}",
      model: ngrams, "\"loss\": {\"type\": \"huber\"}, \"train\": {\"epochs\": 4, \"batch_size\": 8}", .predict("texts.csv")),
    Journey(
      "texts, regression, encoder", "regression",
      data: "{\"path\": \"data/texts.csv\", \"label\": \"stars\", \"text\": \"text\", \"max_length\": 12, \"split\": {\"test\": 0.25}}",
      model: encoder, "\"train\": {\"epochs\": 2, \"batch_size\": 8}", .predict("texts.csv")),
    Journey(
      "texts, multilabel, n-grams, cross-validation", "multilabel",
      data: "{\"path\": \"data/texts.csv\", \"labels\": [\"liked\", \"middling\"], \"text\": \"text\", \"split\": {\"test\": 0.25, "
        + "\"validation\": {\"folds\": 2}}}",
      model: ngrams, "\"loss\": {\"class_weights\": {\"middling\": 2}}, \"train\": {\"epochs\": 4, \"batch_size\": 8}",
      .predict("texts.csv"), inner: "/fold-1"),
    Journey(
      "texts, multilabel, encoder", "multilabel",
      data: "{\"path\": \"data/texts.csv\", \"labels\": [\"liked\", \"middling\"], \"text\": \"text\", \"split\": {\"test\": 0.25}}",
      model: encoder, "\"train\": {\"epochs\": 2, \"batch_size\": 8}", .predict("texts.csv")),
  ]

  private static let languages: [Journey] = [
    Journey(
      "language, gpt2, checkpointing, samples", "language_modeling",
      data: "{\"path\": \"data/story.txt\", \"separator\": \"\\n\", "
        + "\"split\": {\"validation\": 0.1, \"test\": 0.1, \"order\": \"shuffle_documents\"}}",
      model: "{\"type\": \"gpt2\", \"n_layer\": 1, \"n_head\": 2, \"n_embd\": 8, \"n_positions\": 16, \"gradient_checkpointing\": true}",
      "\"log\": {\"samples\": {\"prompts\": [\"the\"], \"max_tokens\": 5}}, \"train\": {\"max_steps\": 10, \"eval_every_steps\": 4}",
      .generate("the cat")),
    Journey(
      "language, llama, JSON lines by a field of their own", "language_modeling",
      data: "{\"path\": \"data/story.jsonl\", \"field\": \"body\", \"within_documents\": true, \"tokenizer\": {\"type\": \"bytes\"}}",
      model: "{\"type\": \"llama\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"num_key_value_heads\": 1, "
        + "\"max_position_embeddings\": 16}",
      "\"train\": {\"max_steps\": 10, \"eval_every_steps\": 4}", .generate("a dog")),
    Journey(
      "language, gpt2, random tokens", "language_modeling", data: randomTokens,
      model: "{\"type\": \"gpt2\", \"n_layer\": 1, \"n_head\": 2, \"n_embd\": 8, \"n_positions\": 16}",
      "\"train\": {\"max_steps\": 10}", .none),
    Journey(
      "language, llama, random tokens", "language_modeling", data: randomTokens,
      model:
        "{\"type\": \"llama\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"max_position_embeddings\": 16}",
      "\"train\": {\"max_steps\": 10}", .none),
    Journey(
      "masked language, bert", "masked_language_modeling",
      data: "{\"path\": \"data/story.txt\", \"tokenizer\": {\"type\": \"wordpiece\", \"vocab_size\": 300}}",
      model:
        "{\"type\": \"bert\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"max_position_embeddings\": 16}",
      "\"train\": {\"max_steps\": 10}", .none),
  ]

  @Test(arguments: journeys) func everythingThatATrainedModelIsGoodFor(journey: Journey) throws {
    let traveller = Traveller(journey)
    try traveller.trainAndEvaluate()
    try traveller.useAlone()
    try traveller.trainAgain()
  }

  /// Combinations that a config may name and that no data make sense of, with the code that says so.
  private static let impossible = ["masked_language_modeling bert random_tokens": "E0134"]

  /// A new task, model or type of data without a journey fails here.
  @Test func everyTaskModelAndTypeOfDataHasAJourney() throws {
    let folder = TemporaryFolder()
    let schema = RunConfig.schema["properties"]
    let models = try Self.types(schema?["model"])
    let types = try Self.types(schema?["data"])
    func isValid(_ task: TaskDefinition, _ model: String, _ data: String) -> Bool {
      folder.write("{\"task\": \"\(task.name)\", \"model\": {\"type\": \"\(model)\"}, \"data\": \(data)}", to: "c.json")
      return (try? ConfigFile(path: folder("c.json"))) != nil
    }
    let blocks: [String: [String]] = [
      "csv": [
        "{\"path\": \"a\", \"label\": \"b\"}", "{\"path\": \"a\", \"label\": \"b\", \"text\": \"c\"}",
        "{\"path\": \"a\", \"labels\": [\"b\"]}", "{\"path\": \"a\", \"labels\": [\"b\"], \"text\": \"c\"}",
      ],
      "npy": ["{\"type\": \"npy\", \"features\": \"a\", \"labels\": \"b\"}"],
      "idx": ["{\"type\": \"idx\", \"train_images\": \"a\", \"train_labels\": \"b\"}"],
      "images": ["{\"type\": \"images\", \"path\": \"a\"}"],
      "random": ["{\"type\": \"random\", \"inputs\": 2, \"classes\": 2}"], "text": ["{\"type\": \"text\", \"path\": \"a\"}"],
      "random_tokens": ["{\"type\": \"random_tokens\", \"vocab_size\": 9}"],
    ]
    #expect(Set(blocks.keys) == Set(types), "a type of data without a block to try")
    var possible: Set<String> = []
    for task in Tasks.all {
      for model in models {
        for type in types where blocks[type]?.contains(where: { isValid(task, model, $0) }) == true {
          possible.insert("\(task.name) \(model) \(type)")
        }
      }
    }
    #expect(possible.count > 20)
    let travelled = Set(
      try Self.journeys.map { journey in
        let path = folder.write(journey.config, to: "j.json")
        let resolved = try ConfigFile(path: path).resolved
        return "\(journey.task) \(try #require(resolved["model"]?["type"]?.string)) \(try #require(resolved["data"]?["type"]?.string))"
      })
    #expect(possible.subtracting(travelled).subtracting(Self.impossible.keys).sorted() == [], "without a journey")
    #expect(Self.journeys.count >= 25)
    #expect(Set(Self.journeys.map(\.name)).count == Self.journeys.count)
  }

  private static func types(_ block: JSON?) throws -> [String] {
    try #require(block?["oneOf"]?.array).map { try #require($0["properties"]?["type"]?["const"]?.string) }
  }

  private static func table(_ rest: String) -> String {
    "{\"path\": \"data/t.csv\", \"label\": \"kind\", \"columns\": {\"day\": \"ignore\", \"group\": \"ignore\"}, \(rest)}"
  }
  private static let labels =
    "{\"path\": \"data/t.csv\", \"labels\": [\"first\", \"red\"], \"columns\": {\"part\": \"ignore\", \"group\": \"ignore\"}, \"split\": {\"test\": 0.2}}"
  private static let ngrams = "{\"type\": \"ngram_linear\", \"dim\": 4, \"buckets\": 256}"
  private static let encoder =
    "{\"type\": \"bert\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"pooling\": \"mean\"}"
  static let mlp = "{\"hidden\": [8]}"
  static let linear = "{\"type\": \"linear\"}"
  static func cnn(_ shape: String) -> String {
    "{\"type\": \"cnn\", \"shape\": \(shape), \"channels\": [4], \"pool\": \"none\", \"hidden\": [6]}"
  }
  static let tabm = "{\"type\": \"tabm\", \"members\": 2, \"hidden\": [6]}"
  private static let random = "{\"type\": \"random\", \"rows\": 64, \"inputs\": 4, \"classes\": 3}"
  private static let randomTokens = "{\"type\": \"random_tokens\", \"tokens\": 2000, \"vocab_size\": 20}"
  static func array(_ labels: String, _ rest: String = "\"split\": {\"test\": 0.2}") -> String {
    "{\"type\": \"npy\", \"features\": \"data/x.npy\", \"labels\": \"data/\(labels)\", \(rest)}"
  }
  static let idx = "{\"type\": \"idx\", \"train_images\": \"data/images\", \"train_labels\": \"data/kinds\"}"
  private static func text(_ rest: String) -> String {
    "{\"path\": \"data/texts.csv\", \"label\": \"kind\", \"text\": \"text\", \"split\": {\"test\": 0.25}\(rest)}"
  }
}
