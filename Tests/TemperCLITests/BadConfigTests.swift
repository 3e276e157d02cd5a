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
        #expect(hasPlace || line == "error: x.json: the file is empty; the least it may hold is {} [E0001]", "\(name): \(line)")
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

/// The same for mistakes that only show in the data.
@Suite struct BadDataTests {
  private static let good = "x,color,kind\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n"

  /// A name, a table, and what the config says beside the path.
  private static let tables: [(String, String, String)] = [
    ("empty file", "", "\"label\": \"kind\""),
    ("header only", "x,color,kind\n", "\"label\": \"kind\""),
    ("short row", "x,color,kind\n1,red,a\n2,b\n3,red,a\n", "\"label\": \"kind\""),
    ("long row", "x,color,kind\n1,red,a\n2,blue,b,extra\n", "\"label\": \"kind\""),
    ("blank line", "x,color,kind\n1,red,a\n\n2,blue,b\n", "\"label\": \"kind\""),
    ("two columns of one name", "x,x,kind\n1,2,a\n3,4,b\n", "\"label\": \"kind\""),
    ("column without a name", "x,,kind\n1,2,a\n3,4,b\n", "\"label\": \"kind\""),
    ("unclosed quote", "x,color,kind\n1,\"red,a\n2,blue,b\n", "\"label\": \"kind\""),
    ("stray quote", "x,color,kind\n1,re\"d,a\n2,blue,b\n", "\"label\": \"kind\""),
    ("label that is no column", good, "\"label\": \"knd\""),
    ("other delimiter", "x;color;kind\n1;red;a\n2;blue;b\n", "\"label\": \"kind\""),
    ("row without a label", "x,color,kind\n1,red,a\n2,blue,\n3,red,b\n", "\"label\": \"kind\""),
    ("one class", "x,color,kind\n1,red,a\n2,blue,a\n3,red,a\n", "\"label\": \"kind\", \"validation\": null"),
    ("bad number", "x,color,kind\n1,red,a\n2..5,blue,b\n3,red,a\n4,red,b\n", "\"label\": \"kind\", \"columns\": {\"x\": \"numeric\"}"),
    (
      "number beyond 32 bits", "x,color,kind\n1,red,a\n1e39,blue,b\n",
      "\"label\": \"kind\", \"split\": {\"validation\": null}, \"columns\": {\"x\": \"numeric\"}"
    ),
    ("missing number", "x,color,kind\n1,red,a\n,blue,b\n3,red,a\n4,red,b\n", "\"label\": \"kind\""),
    ("words for missing numbers", "x,kind\n1,a\nNA,b\n3,a\n?,b\n", "\"label\": \"kind\", \"validation\": null"),
    (
      "words for missing dates", "d,kind\n2024-01-01,a\nNA,b\n2024-01-03,a\n",
      "\"label\": \"kind\", \"split\": {\"validation\": null}"
    ),
    ("dates of two orders", "d,kind\n1/2/2024,a\n2/3/2024,b\n", "\"label\": \"kind\", \"split\": {\"validation\": null}"),
    (
      "not the declared format", "d,kind\n1.2.2024,a\n2024-03-02,b\n",
      "\"label\": \"kind\", \"split\": {\"validation\": null}, \"columns\": {\"d\": {\"kind\": \"date\", \"format\": \"%d.%m.%Y\"}}"
    ),
    (
      "no dates", "d,kind\nsoon,a\nlater,b\n", "\"label\": \"kind\", \"split\": {\"validation\": null}, \"columns\": {\"d\": \"date\"}"
    ),
    (
      "not a truth value", "f,kind\nyes,a\nperhaps,b\nno,b\n",
      "\"label\": \"kind\", \"split\": {\"validation\": null}, \"columns\": {\"f\": \"boolean\"}"
    ),
    (
      "another text in every row", "t,kind\n" + (0..<12).map { "some words \($0),k\($0 % 2)\n" }.joined(),
      "\"label\": \"kind\", \"split\": {\"validation\": null}"
    ),
    (
      "only row numbers", "id,kind\n" + (0..<12).map { "\($0),k\($0 % 2)\n" }.joined(),
      "\"label\": \"kind\", \"split\": {\"validation\": null}"
    ),
    (
      "category that is not listed", good,
      "\"label\": \"kind\", \"split\": {\"validation\": null}, "
        + "\"columns\": {\"color\": {\"kind\": \"categorical\", \"categories\": [\"red\", \"green\"]}}"
    ),
    (
      "nothing to fill in from", "x,z,kind\n1,,a\n2,,b\n",
      "\"label\": \"kind\", \"split\": {\"validation\": null}, \"columns\": {\"z\": {\"kind\": \"numeric\", \"impute\": \"mean\"}}"
    ),
    ("label declared numeric", good, "\"label\": \"kind\", \"columns\": {\"kind\": \"numeric\"}"),
    ("declared column that is not there", good, "\"label\": \"kind\", \"columns\": {\"colour\": \"ignore\"}"),
    ("nothing to learn from", good, "\"label\": \"kind\", \"columns\": {\"x\": \"ignore\", \"color\": \"ignore\"}"),
    ("unknown part", "x,part,kind\n1,train,a\n2,train,b\n3,tset,a\n", "\"label\": \"kind\", \"split\": {\"column\": \"part\"}"),
    (
      "category not in training", "x,part,color,kind\n1,train,red,a\n2,train,blue,b\n3,test,green,a\n",
      "\"label\": \"kind\", \"split\": {\"column\": \"part\"}, \"validation\": null"
    ),
    (
      "label not in training", "x,part,kind\n1,train,a\n2,train,b\n3,validation,c\n",
      "\"label\": \"kind\", \"split\": {\"column\": \"part\"}"
    ),
    ("row without a group", "x,p,kind\n1,u,a\n2,,b\n3,v,a\n", "\"label\": \"kind\", \"split\": {\"group\": \"p\"}"),
    ("group that is no column", good, "\"label\": \"kind\", \"split\": {\"validation\": {\"folds\": 2, \"group\": \"patient\"}}"),
    ("group that is the label", good, "\"label\": \"kind\", \"split\": {\"group\": \"kind\"}"),
    (
      "group declared a feature", good,
      "\"label\": \"kind\", \"split\": {\"group\": \"color\"}, \"columns\": {\"color\": \"categorical\"}"
    ),
    ("one group for two parts", "x,p,kind\n1,u,a\n2,u,b\n3,u,a\n4,u,b\n", "\"label\": \"kind\", \"split\": {\"group\": \"p\"}"),
    (
      "groups that are classes", good,
      "\"label\": \"kind\", \"split\": {\"group\": \"color\", \"test\": 0.5}"
    ),
    ("fewer groups than folds", good, "\"label\": \"kind\", \"split\": {\"validation\": {\"folds\": 3, \"group\": \"color\"}}"),
    (
      "class in one fold", "x,kind\n1,a\n2,a\n3,a\n4,b\n",
      "\"label\": \"kind\", \"split\": {\"validation\": {\"folds\": 2}}"
    ),
    ("more folds than rows", good, "\"label\": \"kind\", \"split\": {\"validation\": {\"folds\": 5}}"),
    (
      "row without a time", "d,x,kind\n2024-01-01,1,a\n,2,b\n2024-01-03,3,a\n",
      "\"label\": \"kind\", \"split\": {\"order_by\": \"d\"}"
    ),
    (
      "row that is no number in time", "d,x,kind\n1,1,a\n2,2,b\nlater,3,a\n",
      "\"label\": \"kind\", \"split\": {\"order_by\": \"d\"}"
    ),
    ("order that is no time", good, "\"label\": \"kind\", \"split\": {\"order_by\": \"color\"}"),
    (
      "order by dates of two orders", "d,x,kind\n1/2/2024,1,a\n2/3/2024,2,b\n",
      "\"label\": \"kind\", \"split\": {\"order_by\": \"d\"}"
    ),
    ("too few rows to hold any out", "x,kind\n1,a\n2,b\n", "\"label\": \"kind\""),
    ("a label for every row", "x,kind\n" + (0..<20).map { "\($0),k\($0)\n" }.joined(), "\"label\": \"kind\", \"validation\": null"),
  ]

  private func expectMessages(_ name: String, _ shop: Workshop, _ extra: String = "", status: Int32 = 65) -> String {
    let result = shop.temper("train", "x.json")
    #expect(result.status == status, "\(name): \(result.err)")
    #expect(result.out == "", "\(name)")
    for line in Workshop.lines(result.err) { #expect(line.hasSuffix("]") && line.contains(" [E0"), "\(name): \(line)") }
    return "== \(name)\n\(extra)-- exit \(result.status)\n\(shop.anonymous(result.err))\n"
  }

  @Test func messagesAreAsTheyWere() {
    let shop = Workshop()
    var text = ""
    for (name, table, members) in Self.tables {
      let config = "{\"data\": {\"path\": \"x.csv\", \(members)}}"
      shop.folder.write(config, to: "x.json")
      shop.folder.write(table, to: "x.csv")
      text += expectMessages(name, shop, config + "\n" + table)
    }
    TestFiles.write(Array("x,kind\n1,caf".utf8) + [0xE9] + Array("\n2,b\n".utf8), to: shop.folder("x.csv"))
    text += expectMessages("not UTF-8", shop)
    #expect(TestFiles.names(shop.folder.path) == ["c.json", "t.csv", "x.csv", "x.json"])
    Snapshot.expect(text, is: "bad-data")
  }

  /// What fits the schema and not the data.
  @Test func configsThatDoNotFitTheirDataAreAsTheyWere() {
    let shop = Workshop()
    let data =
      "\"data\": {\"path\": \"t.csv\", \"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}, \"split\": {\"validation\": null}}"
    var text = ""
    for (name, members, status) in [
      ("unknown class", "\"loss\": {\"class_weights\": {\"d\": 2}}", 64),
      ("sampling of an unknown class", "\"train\": {\"sampling\": {\"d\": 2}}", 64),
      ("sampling of no class", "\"train\": {\"sampling\": {\"a\": 0, \"b\": 0, \"c\": 0}}", 64),
      ("shift without a shape", "\"train\": {\"augment\": {\"shift\": 1}}", 64),
      ("shape of other features", "\"train\": {\"augment\": {\"shift\": 1, \"shape\": [2, 2]}}", 64),
      ("shift of categories", "\"train\": {\"augment\": {\"shift\": 1, \"shape\": [6]}}", 64),
      ("early stopping without validation rows", "\"early_stopping\": {\"patience\": 3}", 64),
      ("classes to predict as a number", "\"task\": \"regression\"", 65),
      ("first weights that are not there", "\"init\": {\"weights\": \"absent.safetensors\"}", 66),
      ("first weights that are none", "\"init\": {\"weights\": \"t.csv\"}", 65),
    ] as [(String, String, Int32)] {
      let config = "{\n  \(data),\n  \(members)\n}"
      shop.folder.write(config, to: "x.json")
      text += expectMessages(name, shop, config + "\n", status: status)
    }
    shop.folder.write("{\"data\": {\"path\": \"absent.csv\", \"label\": \"kind\"}}", to: "x.json")
    text += expectMessages("absent file", shop, status: 66)
    mkdir(shop.folder("empty"), 0o755)
    shop.folder.write("{\"data\": {\"path\": \"empty\", \"label\": \"kind\"}}", to: "x.json")
    text += expectMessages("a folder without tables", shop, status: 66)
    Snapshot.expect(text, is: "bad-fits")
  }
}
