import TemperJSON
import TemperRunSupport
import Testing

/// Tables that are not written as the standards have it, the whole way: `init` finds out how they are read, and a prediction reads the same way.
@Suite struct OtherTableTests {
  /// A number that goes with the class, and noise.
  private static func row(_ i: Int) -> (x: Int, noise: Int, kind: String) {
    (i * 37 % 101 + (i % 2 == 0 ? 60 : 0), i * 7919 % 211, i % 2 == 0 ? "a" : "b")
  }

  private static func lines(_ line: (Int) -> String) -> String { (0..<60).map(line).joined() }

  private static let tables: [(name: String, text: String, keys: [String: JSON], note: String)] = [
    (
      "comma.csv",
      "x;noise;y\n" + lines { i in "\(row(i).x % 9 + 1).\(100 + row(i).noise),5;\(row(i).noise),25;\(row(i).kind)\n" },
      ["decimal": ",", "thousands": ".", "delimiter": ";"], "data.decimal is \",\" and data.thousands is \".\""
    ),
    (
      "us.csv", "x,noise,y\n" + lines { i in "\"1,\(100 + row(i).x).5\",\(row(i).noise),\(row(i).kind)\n" }, ["thousands": ","],
      "data.thousands is \",\""
    ),
    (
      "inch.tsv", "x\tsize\ty\n" + lines { i in "\(row(i).x)\t\(i % 4)\" wide\t\(row(i).kind)\n" }, ["quote": "none"],
      "(data.quote)"
    ),
    (
      "names.csv", " x , noise ,noise,y\n" + lines { i in " \(row(i).x) , ? ,\(row(i).noise), \(row(i).kind)\n" },
      ["duplicate_columns": "rename"], "(data.duplicate_columns)"
    ),
    (
      "mac.csv", "x,noise,y,\r" + lines { i in "\(row(i).x),\(row(i).noise),\(row(i).kind),\r" }, [:],
      "every line ends with the delimiter"
    ),
    (
      "deep.jsonl",
      lines { i in "{\"in\": {\"x\": \(row(i).x), \"n\": \(i % 9 == 0 ? "NaN" : "\(row(i).noise)")}, \"y\": \"\(row(i).kind)\"}\n" }, [:],
      "wrote deep.json"
    ),
  ]

  @Test(arguments: tables.map(\.name)) func wholeWay(name: String) throws {
    let table = try #require(Self.tables.first { $0.name == name })
    let (shop, stem) = (Workshop(), String(name.prefix { $0 != "." }))
    shop.folder.write(table.text, to: name)
    let made = shop.temper("init", "--data", name, "--label", "y")
    #expect(made.status == 0 && made.out.contains(table.note), "\(made.out)")
    let config = try JSON.parse(TestFiles.text(shop.folder(stem + ".json")), path: stem)
    for (key, value) in table.keys { #expect(config["data"]?[key] == value, "\(key)") }
    #expect(shop.temper("validate", stem + ".json").status == 0)
    let trained = shop.temper("train", stem + ".json", "--quiet", "--set", "train.epochs=20")
    #expect(trained.status == 0, "\(trained.err)")

    // The file itself, standard input, and the run again.
    let predicted = shop.temper("predict", "runs/\(stem)", "--input", name, "--keep-all")
    #expect(predicted.status == 0 && Workshop.lines(predicted.out).count == 61, "\(predicted.err)")
    #expect(shop.temper("predict", "runs/\(stem)", "--input", "-", "--keep-all", input: table.text).out == predicted.out)
    let judged = shop.temper("evaluate", "runs/\(stem)", "--input", name, "--json")
    #expect(judged.status == 0, "\(judged.err)")
    #expect(try JSON.parse(judged.out, path: "e")["rows"]?.integer == 60)
    #expect(shop.temper("evaluate", "runs/\(stem)", "--input", "-", "--json", input: table.text).status == 0)
    let again = shop.temper("train", "runs/\(stem)/resolved.json", "--quiet", "--name", "again")
    #expect(again.status == 0, "\(again.err)")
    #expect(shop.temper("predict", "runs/again", "--input", name, "--keep-all").out == predicted.out)
  }

  @Test func numbersStayNumbersInJSON() throws {
    let shop = Workshop()
    shop.folder.write("id,x,y\n" + Self.lines { i in "00\(i % 7),\(Self.row(i).x),\(Self.row(i).kind)\n" }, to: "n.csv")
    shop.folder.write(
      "{\"data\": {\"path\": \"n.csv\", \"label\": \"y\", \"columns\": {\"id\": \"categorical\"}}, \"train\": {\"epochs\": 1}}",
      to: "n.json")
    #expect(shop.temper("train", "n.json", "--quiet").status == 0)
    let out = shop.temper("predict", "runs/n", "--input", "n.csv", "--keep-all", "--format", "jsonl").out
    #expect(out.hasPrefix("{\"id\":\"000\",\"x\":60,\"y\":\"a\",\"prediction\":"), "\(out.prefix(80))")
  }

  @Test func whatIsLikelyWrongIsTold() {
    let shop = Workshop()
    let rows = Self.lines { i in
      "n\(i),\(Self.row(i).noise),\(i % 2 == 0 ? "left" : "stayed"),\(i % 3 != 0 ? "w\(i)" : "v"),\(Self.row(i).kind)\n"
    }
    shop.folder.write("name,x,state,word,y\n" + rows, to: "w.csv")
    shop.folder.write("{\"data\": {\"path\": \"w.csv\", \"label\": \"y\"}, \"train\": {\"epochs\": 1}}", to: "w.json")
    for result in [shop.temper("train", "w.json"), shop.temper("init", "--data", "w.csv", "--label", "y", "--output", "made.json")] {
      #expect(result.status == 0)
      let text = result.out + result.err
      #expect(text.contains("warning: \"state\" alone predicts \"y\" in 100 % of held-out rows."), "\(text)")
      #expect(text.contains("[W0203]") && text.contains("warning: \"word\" is ignored: "), "\(text)")
    }
    #expect(!shop.temper("train", "w.json", "--overwrite", "--set", "data.columns={\"state\": \"ignore\"}").err.contains("W0203"))
  }

  @Test func mistakesNameTheKey() {
    let shop = Workshop()
    shop.folder.write("x;y\n" + Self.lines { i in "\(i * 7 % 60),5;\(Self.row(i).kind)\n" }, to: "c.csv")
    let config =
      "{\"data\": {\"path\": \"c.csv\", \"label\": \"y\", \"delimiter\": \";\", \"split\": {\"validation\": null}}, \"train\": {\"epochs\": 1}}"
    shop.folder.write(config, to: "c.json")
    let mistake = shop.temper("train", "c.json")
    #expect(mistake.status == 65 && mistake.err.contains("c.csv:2:1: ") && mistake.err.contains("data.decimal to \",\""), "\(mistake.err)")
    #expect(shop.temper("train", "c.json", "--set", "data.decimal=\",\"", "--quiet").status == 0)
    #expect(shop.temper("validate", "c.json", "--set", "data.thousands=\"5\"").status == 64)
    shop.folder.write(
      "{\"x\": Infinity, \"y\": \"a\"}\n" + Self.lines { i in "{\"x\": \(i * 7 % 60), \"y\": \"\(Self.row(i).kind)\"}\n" }, to: "i.jsonl")
    let infinite = shop.temper(
      "train", "c.json", "--set", "data={\"path\": \"i.jsonl\", \"label\": \"y\", \"split\": {\"validation\": null}}", "--name", "i")
    #expect(
      infinite.status == 65 && infinite.err.contains("i.jsonl:1:7: \"x\" has numbers, but \"Infinity\" is not one"), "\(infinite.err)")
  }
}
