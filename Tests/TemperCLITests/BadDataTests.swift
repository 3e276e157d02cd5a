import Glibc
import TemperRunSupport
import Testing

/// What the program says about mistakes that only show in the data, word for word.
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
