import Glibc
import TemperRunSupport
import Testing

/// What the program says about configs that are wrong in one way or another, word for word.
@Suite struct BadConfigTests {
  /// A name and a config. `#` stands for a data block in which nothing is wrong.
  private static let configs: [(String, String)] = [
    ("empty file", ""),
    ("only spaces", "  \n\n"),
    ("not JSON at all", "epochs = 3"),
    ("a list", "[1, 2]"),
    ("trailing comma", "{\n  #,\n  \"seed\": 1,\n}"),
    ("comment", "{\n  # , // the data\n  \"seed\": 1\n}"),
    ("single quotes", "{'seed': 1}"),
    ("missing comma", "{\n  #\n  \"seed\": 1\n}"),
    ("unclosed", "{\n  #,\n  \"train\": {\"epochs\": 3\n"),
    ("two values", "{#} {#}"),
    ("duplicate key", "{\n  #,\n  \"seed\": 1,\n  \"seed\": 2\n}"),
    ("Python's True", "{\n  #,\n  \"model\": {\"hidden\": [8, 8], \"residual\": True}\n}"),
    ("NaN", "{\n  #,\n  \"optimizer\": {\"learning_rate\": NaN}\n}"),
    ("leading zero", "{\n  #,\n  \"seed\": 007\n}"),
    ("no data", "{}"),
    ("no label", "{\"data\": {\"path\": \"t.csv\"}}"),
    ("no path", "{\"data\": {\"label\": \"kind\"}}"),
    ("data is null", "{\"data\": null}"),
    ("unknown key", "{\n  #,\n  \"train\": {\"epoch\": 3}\n}"),
    ("unknown block", "{\n  #,\n  \"trainer\": {}\n}"),
    ("alias", "{\n  #,\n  \"train\": {\"num_epochs\": 3},\n  \"optimizer\": {\"lr\": 0.1}\n}"),
    ("alias at the top", "{\n  #,\n  \"lr\": 0.1,\n  \"early_stopping_patience\": 3\n}"),
    ("keys in the wrong block", "{\n  #,\n  \"train\": {\"learning_rate\": 0.1},\n  \"epochs\": 3,\n  \"model\": {\"dropout\": 0.5}\n}"),
    ("string for a number", "{\n  #,\n  \"optimizer\": {\"learning_rate\": \"1e-3\"}\n}"),
    ("fraction for a whole number", "{\n  #,\n  \"train\": {\"epochs\": 2.5}\n}"),
    ("number for a list", "{\n  #,\n  \"model\": {\"hidden\": 64}\n}"),
    ("empty list", "{\n  #,\n  \"model\": {\"hidden\": []}\n}"),
    ("zero width", "{\n  #,\n  \"model\": {\"hidden\": [64, 0]}\n}"),
    ("string for a block", "{\n  #,\n  \"optimizer\": \"adamw\"\n}"),
    ("out of range", "{\n  #,\n  \"optimizer\": {\"learning_rate\": -1},\n  \"regularization\": {\"dropout\": {\"rate\": 1}}\n}"),
    ("unknown choice", "{\n  #,\n  \"model\": {\"activation\": \"rleu\"}\n}"),
    ("unknown type", "{\n  #,\n  \"optimizer\": {\"type\": \"adamax\"}\n}"),
    ("another type's key", "{\n  #,\n  \"optimizer\": {\"type\": \"sgd\", \"betas\": [0.9, 0.99]}\n}"),
    ("hidden layers of a linear model", "{\n  #,\n  \"model\": {\"type\": \"linear\", \"hidden\": [8]}\n}"),
    ("dropout of a linear model", "{\n  #,\n  \"model\": {\"type\": \"linear\"},\n  \"regularization\": {\"dropout\": {\"rate\": 0.1}}\n}"),
    ("another dropout's key", "{\n  #,\n  \"regularization\": {\"dropout\": {\"type\": \"standout\", \"rate\": 0.5}}\n}"),
    ("two lengths", "{\n  #,\n  \"train\": {\"epochs\": 3, \"max_steps\": 5}\n}"),
    ("two warm-ups", "{\n  #,\n  \"schedule\": {\"warmup_steps\": 3, \"warmup_ratio\": 0.1}\n}"),
    ("minimum of a constant schedule", "{\n  #,\n  \"schedule\": {\"min_learning_rate\": 1e-5}\n}"),
    (
      "wrong number of dropout rates",
      "{\n  #,\n  \"model\": {\"hidden\": [8, 8, 8]},\n  \"regularization\": {\"dropout\": {\"rate\": [0.1, 0.2]}}\n}"
    ),
    ("places of an mlp", dropout("\"rate\": 0.1, \"places\": [\"residual\"]")),
    ("dropout of n-grams", dropout("\"type\": \"gaussian\", \"rate\": 0.1", model: "\"type\": \"ngram_linear\"")),
    ("places without a rate", dropout("\"places\": [\"residual\"]", model: gpt2)),
    ("rates for other blocks", dropout("\"rate\": [0.1, 0.2, 0.3]", model: gpt2)),
    ("two dropouts", dropout("\"rate\": 0.1", model: gpt2 + ", \"resid_pdrop\": 0.2")),
    ("variational transformer", dropout("\"type\": \"variational\"", model: gpt2)),
    ("concrete attention", dropout("\"type\": \"concrete\", \"places\": [\"residual\", \"attention\"]", model: gpt2)),
    ("standout of the residual stream", dropout("\"type\": \"standout\", \"places\": [\"residual\"]", model: gpt2)),
    ("unknown place", dropout("\"rate\": 0.1, \"places\": [\"head\"]", model: gpt2)),
    (
      "touched rows and a penalty on embeddings",
      dropout("\"type\": \"concrete\"", model: gpt2, more: ",\n  \"optimizer\": {\"type\": \"adam\", \"rows\": \"touched\"}")
    ),
    ("variational dropout of a sampled head", dropout("\"type\": \"variational\"", more: ",\n  \"loss\": {\"type\": \"sampled_softmax\"}")),
    ("residual without equal widths", "{\n  #,\n  \"model\": {\"hidden\": [8, 16], \"residual\": true}\n}"),
    (
      "first weights twice",
      "{\n  #,\n  \"init\": {\"weights\": \"w.safetensors\"},\n  \"model\": {\"initializer\": {\"type\": \"zeros\"}}\n}"
    ),
    ("first weights without a file", "{\n  #,\n  \"init\": {}\n}"),
    ("path and train", "{\"data\": {\"path\": \"t.csv\", \"train\": \"t.csv\", \"label\": \"kind\"}}"),
    ("split of separate files", "{\"data\": {\"train\": \"t.csv\", \"label\": \"kind\", \"split\": {\"test\": 0.2}}}"),
    ("test file beside a path", "{\"data\": {\"path\": \"t.csv\", \"test\": \"t.csv\", \"label\": \"kind\"}}"),
    ("split column and shares", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"split\": {\"column\": \"part\", \"test\": 0.2}}}"),
    ("nothing left to train on", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"split\": {\"validation\": 0.5, \"test\": 0.5}}}"),
    ("split column and groups", split("\"column\": \"part\", \"group\": \"color\"")),
    ("one fold", split("\"validation\": {\"folds\": 1}")),
    ("folds without their number", split("\"validation\": {\"stratify\": false}")),
    ("fold beyond the folds", split("\"validation\": {\"folds\": 5, \"fold\": 6}")),
    ("misspelt key beside folds", split("\"validation\": {\"folds\": 5, \"groups\": \"color\"}")),
    ("groups apart from folds", split("\"group\": \"color\", \"validation\": {\"folds\": 5}")),
    ("stratification apart from folds", split("\"stratify\": true, \"validation\": {\"folds\": 5}")),
    ("folds by time", split("\"order_by\": \"x0\", \"validation\": {\"folds\": 5}")),
    ("groups by time", split("\"order_by\": \"x0\", \"group\": \"color\"")),
    ("stratified by time", split("\"order_by\": \"x0\", \"stratify\": true")),
    ("groups and nothing to split", split("\"group\": \"color\", \"validation\": null")),
    ("another tool's name for folds", split("\"n_splits\": 5")),
    ("folds beside a path", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"validation\": {\"folds\": 5}}}"),
    (
      "groups of an array",
      "{\"data\": {\"type\": \"npy\", \"features\": \"x.npy\", \"labels\": \"y.npy\", \"split\": {\"group\": \"c1\"}}}"
    ),
    ("delimiter of two characters", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"delimiter\": \"||\"}}"),
    ("unknown kind of column", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"columns\": {\"x0\": \"number\"}}}"),
    ("unknown kind in an object", column("{\"kind\": \"number\"}")),
    ("column without a kind", column("{\"impute\": \"mean\"}")),
    ("number for a column", column("3")),
    ("another kind's key", column("{\"kind\": \"boolean\", \"clip\": 0.1}")),
    ("misspelt key of a column", column("{\"kind\": \"numeric\", \"inpute\": \"mean\"}")),
    ("another kind's way to fill in", column("{\"kind\": \"categorical\", \"impute\": \"median\"}")),
    ("constant without its value", column("{\"kind\": \"numeric\", \"impute\": \"constant\"}")),
    ("value without constant", column("{\"kind\": \"categorical\", \"impute\": \"mode\", \"fill\": \"red\"}")),
    ("clipping everything", column("{\"kind\": \"numeric\", \"clip\": 0.5}")),
    ("order without an order", column("{\"kind\": \"categorical\", \"encoding\": \"ordinal\"}")),
    ("scaling of one-hot features", column("{\"kind\": \"categorical\", \"normalize\": \"minmax\"}")),
    ("category named twice", column("{\"kind\": \"categorical\", \"categories\": [\"a\", \"b\", \"a\"]}")),
    (
      "missing category in an order",
      column("{\"kind\": \"categorical\", \"encoding\": \"ordinal\", \"categories\": [\"a\", \"b\"], \"impute\": \"category\"}")
    ),
    (
      "constant that is no category",
      column("{\"kind\": \"categorical\", \"categories\": [\"a\", \"b\"], \"impute\": \"constant\", \"fill\": \"c\"}")
    ),
    ("rare among listed categories", column("{\"kind\": \"categorical\", \"categories\": [\"a\", \"b\"], \"rare\": {\"min_count\": 2}}")),
    ("rare by nothing", column("{\"kind\": \"categorical\", \"rare\": {}}")),
    ("rare by two bounds", column("{\"kind\": \"categorical\", \"rare\": {\"min_count\": 2, \"min_share\": 0.1}}")),
    ("unknown is rare, and nothing is", column("{\"kind\": \"categorical\", \"unknown\": \"other\"}")),
    ("no date format", column("{\"kind\": \"date\", \"format\": \"DD.MM.YYYY\"}")),
    ("constant for all columns", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"impute\": {\"numeric\": \"constant\"}}}"),
    ("string for a block of rules", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"impute\": \"mean\"}}"),
    ("unknown is rare in all columns", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"unknown\": \"other\"}}"),
    ("missing value twice", "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"missing_values\": [\"NA\", \"NA\"]}}"),
    ("unknown result expected", "{\n  #,\n  \"expect\": {\"test.auc\": {\"min\": 0.9}}\n}"),
    ("bounds that exclude each other", "{\n  #,\n  \"expect\": {\"test.accuracy\": {\"min\": 0.9, \"max\": 0.8}}\n}"),
    ("watching test rows", "{\n  #,\n  \"early_stopping\": {\"monitor\": \"test.loss\"}\n}"),
    ("name with a slash", "{\n  #,\n  \"name\": \"a/b\"\n}"),
    ("weighted sampling in the order of the file", "{\n  #,\n  \"train\": {\"sampling\": \"balanced\", \"shuffle\": false}\n}"),
    (
      "an imbalance undone twice",
      "{\n  #,\n  \"loss\": {\"class_weights\": \"balanced\"},\n  \"train\": {\"sampling\": \"balanced\"}\n}"
    ),
    (
      "sampling and label noise without classes",
      "{\n  \"data\": {\"path\": \"t.csv\", \"label\": \"x0\", \"label_noise\": 0.1},\n"
        + "  \"task\": \"regression\", \"train\": {\"sampling\": {\"a\": 2}}\n}"
    ),
    ("a shape that nothing looks at", "{\n  #,\n  \"train\": {\"augment\": {\"mixup\": 0.2, \"shape\": [2, 2]}}\n}"),
    ("augmentation out of range", "{\n  #,\n  \"train\": {\"augment\": {\"flip\": 2, \"shift\": 0.5, \"shape\": [2, 2, 3]}}\n}"),
    ("unknown task", "{\n  #,\n  \"task\": \"ranking\"\n}"),
    (
      "many mistakes at once",
      "{\n  \"seed\": -1,\n  \"data\": {\"path\": 3},\n  \"model\": {\"hiden\": [8]},\n  \"train\": {\"batch\": 8, \"epochs\": 0}\n}"
    ),
  ]

  /// A config that says `members` of the split.
  private static func split(_ members: String) -> String {
    "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"split\": {\(members)}}}"
  }

  /// A config that says `rules` of one column.
  private static func column(_ rules: String) -> String {
    "{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"columns\": {\"x0\": \(rules)}}}"
  }

  private static let gpt2 = "\"type\": \"gpt2\""

  /// A config that says `members` of dropout of `model`.
  private static func dropout(_ members: String, model: String = "\"type\": \"mlp\"", more: String = "") -> String {
    let data =
      model.hasPrefix(gpt2)
      ? "\"task\": \"language_modeling\",\n  \"data\": {\"path\": \"t.txt\"}"
      : "\"data\": {\"path\": \"t.csv\", \"label\": \"kind\"\(model.contains("ngram") ? ", \"text\": \"color\"" : "")}"
    return "{\n  \(data),\n  \"model\": {\(model)},\n  \"regularization\": {\"dropout\": {\(members)}}\(more)\n}"
  }

  @Test func messagesAreAsTheyWere() {
    let shop = Workshop()
    var text = ""
    for (name, config) in Self.configs {
      let config = config.replacingFirst("#", with: "\"data\": {\"path\": \"t.csv\", \"label\": \"kind\"}")
        .replacingFirst("#", with: "\"data\": {}")
      shop.folder.write(config, to: "x.json")
      let result = shop.temper("train", "x.json")
      #expect(result.status == 64, "\(name): \(result.err)")
      #expect(result.out == "", "\(name)")
      let lines = Workshop.lines(result.err)
      for line in lines {
        // file:line:column: what is wrong and what to do [code]; an empty file has no line.
        let text = line.hasPrefix("error: ") ? line.dropFirst(7) : line
        let place = text.split(separator: ":").prefix(3)
        let hasPlace = place.count == 3 && place[0] == "x.json" && Int(place[1]) != nil && Int(place[2]) != nil
        #expect(hasPlace || line == "error: x.json: the file is empty; write at least {} [E0001]", "\(name): \(line)")
        #expect(line.hasSuffix("]") && line.contains(" [E0"), "\(name): \(line)")
      }
      #expect(!lines.isEmpty, "\(name)")
      #expect(shop.temper("validate", "x.json").status == 64, "\(name)")
      text += "== \(name)\n\(config)\n-- exit \(result.status)\n\(shop.anonymous(result.err))\n"
    }
    #expect(TestFiles.names(shop.folder.path) == ["c.json", "t.csv", "x.json"])
    Snapshot.expect(text, is: "bad-configs")
  }
}
