import TemperJSON
import TemperRunSupport
import Testing

/// What `temper init` takes a table for, and that its config trains as it stands.
@Suite struct InitTests {
  /// A table with every kind of column, missing values and slips, as R writes it.
  private static func csv(_ rows: Int) -> String {
    "\"\",\"age\",\"city\",\"member\",\"since\",\"paid\",\"note\",\"unit\",\"group\",\"kind\"\r\n"
      + (0..<rows).map { row in
        let age = row % 9 == 3 ? "NA" : row == 40 ? "4l" : "\(20 + row * 7 % 53)"
        let city = row % 11 == 0 ? "" : ["Köln", "Ulm", "Kiel"][row % 3]
        let date = "\(2000 + row % 24)-0\(row % 9 + 1)-1\(row % 7)"
        let kind = row % 13 == 5 ? "NA" : row == 41 ? "Wine" : row * 7 % 53 + row % 3 * 9 > 35 ? "wine" : "beer"
        return "\"\(row + 1)\",\(age),\(city),\(row % 4 == 0 ? "yes" : "no"),\(date),\"$\(row % 47 + 1),\(100 + row % 800)\","
          + "it is \(row % 2 == 0 ? "fine" : "bad") n\(row),kg,\(row % 5),\(kind)\r\n"
      }.joined()
  }

  @Test func aTableOfEveryKindTrainsAsItStands() throws {
    let shop = Workshop()
    shop.folder.write("\u{FEFF}" + Self.csv(700), to: "people.csv")
    let made = shop.temper("init", "--data", "people.csv", "--label", "kind")
    #expect(made.status == 0 && made.err == "")
    Snapshot.expect("\(shop.anonymous(made.out))== people.json\n\(TestFiles.text(shop.folder("people.json")))", is: "init")
    #expect(shop.temper("validate", "people.json").status == 0)
    let trained = shop.temper("train", "people.json", "--set", "train.epochs=2")
    #expect(trained.status == 0, "\(trained.err)")

    // Rows that lack values, or have others than the training rows, are predicted.
    let rows = "age,city,member,since,paid,note,unit,group\n,,NA,nan,,,,\n30,Rome,N,2040-01-01,free,new words,lb,7\n"
    let predicted = shop.temper("predict", "runs/people", "--input", "-", input: rows)
    #expect(predicted.status == 0 && Workshop.lines(predicted.out).count == 3, "\(predicted.err)")

    // What is there is kept.
    let again = shop.temper("init", "--data", "people.csv", "--label", "kind")
    #expect(again.status == 73 && again.err.hasSuffix("remove it. [E0404]\n"), "\(again.err)")
    let json = shop.temper("init", "--data", "people.csv", "--label", "kind", "--json", "--output", "sub/other.json")
    #expect(json.err == "")
    let told = try JSON.parse(json.out, path: "out")
    #expect(told["config"] == "sub/other.json" && told["task"] == "classification" && told["unlabelled"]?.integer == 54)
    #expect(told["columns"]?.array?.first?["kind"] == "identifier")
    let moved = try JSON.parse(TestFiles.text(shop.folder("sub/other.json")), path: "other")
    #expect(moved["data"]?["path"] == "../people.csv")
  }

  @Test func fewRowsMakeALinearModelOfAllOfThem() throws {
    let shop = Workshop()
    let rows = (0..<20).map { "\($0 * 7 % 20);\($0 * 3 % 7);\(Double($0 * 7 % 20) * 1.5 + Double($0 % 3))\n" }.joined()
    shop.folder.write("a;b;größe\n" + rows, to: "small.csv")
    let made = shop.temper("init", "--data", "small.csv", "--label", "größe")
    #expect(made.status == 0)
    Snapshot.expect("\(made.out)== small.json\n\(TestFiles.text(shop.folder("small.json")))", is: "init-small")
    let trained = shop.temper("train", "small.json", "--json", "--quiet")
    #expect(trained.status == 0, "\(trained.err)")
    let rmse = try JSON.parse(trained.out, path: "out")["train"]?["rmse"]?.number ?? 9
    #expect(rmse < 1.1, "ridge regression leaves 0.8: \(rmse)")
    let trial = shop.temper("train", "small.json", "--set", "data.split.test=0.2", "--name", "trial", "--quiet")
    #expect(trial.status == 0 && trial.out.contains("test"), "\(trial.err)")
  }

  /// Messages of two kinds beside row numbers, which are no features; a few have no words, or no label.
  private static func messages(_ rows: Int) -> String {
    let words = [["invoice", "payment", "refund"], ["crash", "login", "error"]]
    return "id,message,kind\n"
      + (0..<rows).map { row in
        let own = words[row % 2]
        let text = row % 97 == 5 ? "" : "please look at my \(own[row % 3]), and the \(own[row / 7 % 3]) of day \(row)"
        return "\(row + 1),\"\(text)\",\(row % 101 == 7 ? "NA" : row % 2 == 0 ? "billing" : "support")\n"
      }.joined()
  }

  @Test func textsAloneMakeAModelOfNGrams() throws {
    let shop = Workshop()
    shop.folder.write(Self.messages(700), to: "messages.csv")
    let made = shop.temper("init", "--data", "messages.csv", "--label", "kind")
    #expect(made.status == 0 && made.err == "")
    Snapshot.expect("\(made.out)== messages.json\n\(TestFiles.text(shop.folder("messages.json")))", is: "init-texts")
    let trained = shop.temper("train", "messages.json", "--json", "--quiet")
    #expect(trained.status == 0, "\(trained.err)")
    #expect(try JSON.parse(trained.out, path: "out")["test"]?["accuracy"]?.number ?? 0 > 0.95)

    // From the model's folder alone, elsewhere; texts may be missing.
    let other = Workshop()
    TestFiles.copy(shop.folder("runs/messages/best"), to: other.folder("model"))
    let predicted = other.temper("predict", "model", "--input", "-", input: "message\na refund of my payment\n\nlogin after the crash\n")
    #expect(predicted.status == 0, "\(predicted.err)")
    #expect(Workshop.lines(predicted.out).map { $0.prefix { $0 != "," } }.first { $0 != "prediction" } == "billing")
    let again = shop.temper("train", "runs/messages/resolved.json", "--name", "again", "--quiet")
    #expect(again.status == 0, "\(again.err)")
    let weights = ["messages", "again"].map { TestFiles.bytes(shop.folder("runs/\($0)/best/model.safetensors")) }
    #expect(weights[0] != nil && weights[0] == weights[1])

    // Few texts are features of words; beside something else they are embedded.
    shop.folder.write(Self.messages(300), to: "few.csv")
    let several = Self.messages(700).replacing("id,", with: "size,").replacing("\n1,", with: "\n1.5,")
    shop.folder.write(several, to: "several.csv")
    for (name, embedding) in [("few", JSON?.none), ("several", "ngrams")] {
      #expect(shop.temper("init", "--data", "\(name).csv", "--label", "kind").status == 0)
      let config = try JSON.parse(TestFiles.text(shop.folder("\(name).json")), path: name)
      #expect(config["data"]?["text"] == nil)
      #expect(config["data"]?["columns"]?["message"] == "text", "\(name)")
      #expect(config["model"]?["text_embedding"]?["type"] == embedding, "\(name)")
    }
    let both = shop.temper("train", "several.json", "--json", "--quiet")
    #expect(both.status == 0, "\(both.err)")
    #expect(try JSON.parse(both.out, path: "out")["test"]?["accuracy"]?.number ?? 0 > 0.95)
    TestFiles.copy(shop.folder("runs/several/best"), to: other.folder("both"))
    let alone = other.temper(
      "predict", "both", "--input", "-", input: "size,message\n3,a refund of my payment\n,\n9,login after the crash\n")
    #expect(alone.status == 0, "\(alone.err)")
    #expect(Workshop.lines(alone.out).dropFirst().map { String($0.prefix { $0 != "," }) }.first == "billing")
  }

  @Test func filesAreReadAsTheyAreWritten() throws {
    let latin = Array("stadt\tx\ty\n".utf8) + (0..<30).flatMap { Array("K".utf8) + [0xF6] + Array("ln\t\($0 * 7 % 11)\t\($0 % 2)\n".utf8) }
    let shop = Workshop()
    TestFiles.write(latin, to: shop.folder("a.txt"))
    shop.folder.write((0..<30).map { "\($0 * 7 % 11),\($0 % 2)\n" }.joined(), to: "b.csv")
    shop.folder.write((0..<30).map { "{\"x\": \($0 * 7 % 11), \"y\": \"\("ab".dropFirst($0 % 2).prefix(1))\"}\n" }.joined(), to: "c.txt")
    for (file, label, key, value) in [
      ("a.txt", "y", "encoding", JSON.string("latin-1")), ("b.csv", "c2", "header", false), ("c.txt", "y", "format", "jsonl"),
    ] {
      let made = shop.temper("init", "--data", file, "--label", label, "--output", file + ".json")
      #expect(made.status == 0, "\(made.err)")
      let config = try JSON.parse(TestFiles.text(shop.folder(file + ".json")), path: file)
      #expect(config["data"]?[key] == value, "\(file)")
      let trained = shop.temper("train", file + ".json", "--quiet", "--set", "train.epochs=2")
      #expect(trained.status == 0, "\(trained.err)")
    }
    #expect(try JSON.parse(TestFiles.text(shop.folder("a.txt.json")), path: "a")["data"]?["delimiter"] == "\t")
  }

  @Test func whatCannotBeLearnedIsSaid() {
    let shop = Workshop()
    let rows = (0..<30).map { "n\($0),1,\($0 % 2 == 0 ? "a" : "b"),\($0 * 7 % 30).5\n" }.joined()
    shop.folder.write("name,one,kind,x\n" + rows, to: "odd.csv")
    for (label, status, message) in [
      ("kimd", 65, "Did you mean \"kind\"?"), ("name", 65, "too many classes to learn"), ("one", 65, "every row has \"1\""),
    ] {
      let made = shop.temper("init", "--data", "odd.csv", "--label", label)
      #expect(made.status == status && made.err.contains(message), "\(made.err)")
    }
    #expect(shop.temper("init", "--data", "none.csv", "--label", "x").status == 66)
    let text = shop.temper("init", "--data", "odd.csv", "--label", "kind", "--task", "regression")
    #expect(text.status == 65)
    #expect(text.err.contains("odd.csv:2:6: \"kind\" is the regression target, but \"a\" is not a number."), "\(text.err)")
    #expect(shop.temper("init").status == 64)
    #expect(shop.temper("init", "--data", "odd.csv").status == 64)
    #expect(shop.temper("init", "--data", "odd.csv", "--label", "kind", "--task", "multilabel").status == 64)
    #expect(!TestFiles.names(shop.folder.path).contains("odd.json"))
  }

  @Test(arguments: ["classification", "regression", "multilabel", "language_modeling", "masked_language_modeling"])
  func aTemplateIsValid(task: String) {
    let shop = Workshop()
    #expect(shop.temper("init", "--task", task).status == 0)
    #expect(shop.temper("validate", "\(task).json").out == "\(task).json: valid\n")
    #expect(shop.temper("init", "--task", task).status == 73)
  }
}

@Suite struct CodeTests {
  /// Every code that is declared anywhere is in the list, and the page of codes has all of it.
  @Test func everyCodeIsListed() throws {
    let sources = Program.shell(
      "grep -rhoE 'Code\\(\"[EW][0-9]{4}\"' '\(Repository.path("Sources"))' | grep -oE '[EW][0-9]{4}' | sort", in: "/")
    let declared = Workshop.lines(sources.out).map(String.init)
    let listed = try JSON.parse(Program.run(["codes", "--json"], in: "/").out, path: "out").array ?? []
    #expect(listed.compactMap { $0["code"]?.string } == declared)
    #expect(listed.allSatisfy { $0["exit_code"] != 1 && $0["remedy"]?.string?.hasSuffix(".") == true })
    let page = TestFiles.text(Repository.path("configs/CODES.md"))
    #expect(page.contains("<!-- codes -->\n\(Program.run(["codes"], in: "/").out)<!-- /codes -->"))
  }

  @Test func oneCodeIsExplained() {
    let known = Program.run(["codes", "e0402"], in: "/")
    #expect(known.status == 0 && known.out == "E0402: the run already exists\nUse another `--name`, or add `--overwrite` or `--resume`.\n")
    #expect(Program.run(["codes", "E9999"], in: "/").status == 64)
  }
}
