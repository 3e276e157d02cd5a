import Testing

@testable import TemperJSON

/// Every message once, word for word, and that one mistake gives one message.
@Suite struct FieldReaderMistakesTests {
  @Test(arguments: [
    (#"[]"#, "c.json:1:1: expected an object, found an array [E0104]"),
    (#"{}"#, "c.json:1:1: name: missing; expected a string (The run's name) [E0101]"),
    (
      #"{"name": "a", "split": {}}"#, "c.json:1:24: split.test: missing; expected a number (Share of rows) [E0101]"
    ),
    (
      #"{"name": "a", "train": {"epochz": 3}}"#,
      #"c.json:1:25: train.epochz: unknown key. Did you mean "epochs"? Keys here: epochs, max_steps [E0102]"#
    ),
    (
      #"{"name": "a", "train": {"zz": 3}}"#, "c.json:1:25: train.zz: unknown key. Keys here: epochs, max_steps [E0102]"
    ),
    (
      #"{"name": "a", "train": {"$schema": 3}}"#,
      "c.json:1:25: train.$schema: unknown key. Keys here: epochs, max_steps [E0102]"
    ),
    (
      #"{"name": "a", "train": {"maxSteps": 3}}"#,
      #"c.json:1:25: train.maxSteps: unknown key. Did you mean "max_steps"? Keys here: epochs, max_steps [E0102]"#
    ),
    // The misspelt key was meant for the missing one, and the object for what is in it.
    (
      #"{"nmae": "a"}"#,
      #"c.json:1:2: nmae: unknown key. Did you mean "name"? Keys here: class_weights, kernel, layers, name, optimizer, shuffle, split, "#
        + "train, validation [E0102]"
    ),
    (#"{"title": "a"}"#, #"c.json:1:2: title: unknown key; write "name" instead [E0103]"#),
    (
      #"{"name": "a", "train": {"lr": 3}}"#, #"c.json:1:25: train.lr: unknown key; write "optimizer.learning_rate" instead [E0103]"#
    ),
    (#"{"name": 3}"#, "c.json:1:10: name: expected a string, found 3; put it in double quotes [E0104]"),
    (#"{"name": null}"#, "c.json:1:10: name: expected a string, found null [E0104]"),
    (
      #"{"name": "a", "optimizer": {"learning_rate": "1e-3"}}"#,
      #"c.json:1:46: optimizer.learning_rate: expected a number, found the string "1e-3"; remove the quotes [E0104]"#
    ),
    (
      #"{"name": "a", "optimizer": {"learning_rate": "fast"}}"#,
      #"c.json:1:46: optimizer.learning_rate: expected a number, found the string "fast" [E0104]"#
    ),
    (
      #"{"name": "a", "shuffle": null}"#,
      "c.json:1:26: shuffle: expected true or false, found null; for the default (true) remove the key [E0104]"
    ),
    (#"{"name": "a", "shuffle": 1}"#, "c.json:1:26: shuffle: expected true or false, found 1 [E0104]"),
    (#"{"name": "a", "train": null}"#, "c.json:1:24: train: expected an object, found null; for the defaults remove the key [E0104]"),
    (#"{"name": "a", "train": {"epochs": 2.5}}"#, "c.json:1:35: train.epochs: expected a whole number, found 2.5 [E0104]"),
    (#"{"name": "a", "train": {"epochs": 1e30}}"#, "c.json:1:35: train.epochs: expected a whole number, found 1e+30 [E0104]"),
    (
      #"{"name": "a", "layers": {"units": 1}}"#,
      "c.json:1:25: layers: expected an array of at most 8 objects, found an object; put it in brackets [E0104]"
    ),
    (
      #"{"name": "a", "layers": [{"units": 1}, {"units": "2"}]}"#,
      #"c.json:1:50: layers[1].units: expected a whole number, found the string "2"; remove the quotes [E0104]"#
    ),
    (#"{"name": "a", "layers": [null]}"#, "c.json:1:26: layers[0]: expected an object, found null [E0104]"),
    (
      #"{"name": "a", "kernel": "3"}"#,
      #"c.json:1:25: kernel: expected a whole number or an array of 1 to 2 whole numbers, found the string "3"; remove the quotes [E0104]"#
    ),
    (
      #"{"name": "a", "class_weights": 3}"#,
      #"c.json:1:32: class_weights: expected "balanced" or an object of numbers, found 3 [E0104]"#
    ),
    (
      #"{"name": "a", "class_weights": {"a.b": true}}"#, #"c.json:1:40: class_weights["a.b"]: expected a number, found true [E0104]"#
    ),
    (
      #"{"name": "a", "optimizer": {"learning_rate": -1}}"#,
      "c.json:1:46: optimizer.learning_rate: expected a number of at least 0, found -1 [E0105]"
    ),
    (
      #"{"name": "a", "optimizer": {"betas": [0.9, 1]}}"#,
      "c.json:1:44: optimizer.betas[1]: expected a number from 0 to below 1, found 1 [E0105]"
    ),
    (
      #"{"name": "a", "optimizer": {"betas": [0.9]}}"#, "c.json:1:38: optimizer.betas: expected an array of 2 numbers, found 1 [E0105]"
    ),
    (
      #"{"name": "a", "kernel": []}"#,
      "c.json:1:25: kernel: expected an array of 1 to 2 whole numbers, found an empty array [E0105]"
    ),
    (#"{"name": "a", "split": {"test": 0}}"#, "c.json:1:33: split.test: expected a number above 0 and below 1, found 0 [E0105]"),
    (
      #"{"name": "a", "layers": [{"units": 5000}]}"#,
      "c.json:1:36: layers[0].units: expected a whole number from 1 to 4096, found 5000 [E0105]"
    ),
    (
      #"{"name": "a", "layers": [{"units": 1, "activation": "gleu"}]}"#,
      #"c.json:1:53: layers[0].activation: expected one of "relu", "gelu", found "gleu". Did you mean "gelu"? [E0106]"#
    ),
    (
      #"{"name": "a", "class_weights": "auto"}"#,
      #"c.json:1:32: class_weights: expected "balanced" or an object of numbers, found "auto" [E0106]"#
    ),
    // Keys of any type are let pass where the type is wrong.
    (
      #"{"name": "a", "optimizer": {"type": "adamw", "momentum": 0.9, "betas": []}}"#,
      #"c.json:1:37: optimizer.type: expected one of "sgd", "adam", found "adamw". Did you mean "adam"? [E0106]"#
    ),
    (
      #"{"name": "a", "optimizer": {"tpye": "sgd", "momentum": 0.9}}"#,
      #"c.json:1:29: optimizer.tpye: unknown key. Did you mean "type"? Keys here: betas, learning_rate, type [E0102]"#
    ),
    (#"{"name": "a", "optimizer": {"type": 3}}"#, #"c.json:1:37: optimizer.type: expected one of "sgd", "adam", found 3 [E0104]"#),
    (#"{"name": "a", "optimizer": {"type": null}}"#, #"c.json:1:37: optimizer.type: expected one of "sgd", "adam", found null [E0104]"#),
    (
      #"{"name": "a", "optimizer": {"type": "sgd", "betas": [0, 0]}}"#,
      #"c.json:1:44: optimizer.betas: not read by type "sgd" (read by "adam"). Remove it or change the type [E0107]"#
    ),
    (
      #"{"name": "a", "optimizer": {"momentum": 0.9}}"#,
      #"c.json:1:29: optimizer.momentum: not read by type "adam", the default (read by "sgd"). Remove it or set "type" [E0107]"#
    ),
    (
      #"{"name": "a", "train": {"max_steps": 10, "epochs": 3}}"#,
      "c.json:1:25: train.max_steps: contradicts train.epochs (c.json:1:42); give one of the two [E0108]"
    ),
    (
      #"{"name": "a", "optimizer": {"betas": [0.9, 0.8]}}"#,
      "c.json:1:38: optimizer.betas: expected the first no greater than the second [E0109]"
    ),
    (
      #"{"name": "a", "train": {"max_steps": 1}, "layers": [{"units": 1}, {"units": 1}]}"#,
      "c.json:1:38: train.max_steps: expected at least one step a layer [E0109]"
    ),
    // The same check, kept back as one of the layers is wrong.
    (
      #"{"name": "a", "train": {"max_steps": 1}, "layers": [{"units": 1}, {"units": 0}]}"#,
      "c.json:1:77: layers[1].units: expected a whole number from 1 to 4096, found 0 [E0105]"
    ),
  ])
  func reports(text: String, expected: String) throws {
    let outcome = try readRun(text)
    #expect(outcome.diagnostics.map(\.description) == [expected])
    #expect(throws: Diagnostics.self) { try outcome.get() }
  }

  @Test func gathersAllInTheOrderOfTheFile() throws {
    let outcome = try readRun(
      """
      {
        "train": {"epochs": 0, "n_epochs": 1},
        "optimizer": {"type": "sgd", "betas": 1, "momentum": 2},
        "shufle": false
      }
      """)
    #expect(
      outcome.diagnostics.map { String($0.description.prefix(30)) } == [
        "c.json:1:1: name: missing; exp", "c.json:2:23: train.epochs: exp", "c.json:2:26: train.n_epochs: u",
        "c.json:3:32: optimizer.betas: ", "c.json:3:56: optimizer.momentu", "c.json:4:3: shufle: unknown ke",
      ])
  }

  @Test func aRequiredTypeIsReported() throws {
    func read(_ text: String) throws -> [String] {
      FieldReader.read(try JSON.parse(text, path: "f")) { c in
        let size: Int = c.variant("kind", doc: "What.", [.init("a", "A.") { $0.integer("size", default: 1, doc: "") }])
        if size > 1 { c.fail("size", .invalidValue, "too large") }
      }.diagnostics.map(\.description)
    }
    #expect(try read("{}") == [#"f:1:1: kind: missing; expected "a" (What) [E0101]"#])
    #expect(try read(#"{"size": 3}"#) == [#"f:1:1: kind: missing; expected "a" (What) [E0101]"#])
    #expect(try read(#"{"knid": "a"}"#) == [#"f:1:2: knid: unknown key. Did you mean "kind"? Keys here: kind, size [E0102]"#])
    #expect(try read(#"{"kind": "a", "size": 3}"#) == ["f:1:23: size: too large [E0109]"])
  }

  @Test func checksOfAbsentKeysNameTheObject() throws {
    let json = try JSON.parse(#"{"a": {"b": {}}}"#, path: "f")
    let outcome = FieldReader.read(json) { c in
      c.object("a", doc: "") { a in
        a.object("b", doc: "") { _ in }
        a.fail("b.c", .invalidValue, "is needed")
        #expect(a.path == "a" && a.place.description == "f:1:7")
      }
      c.fail("", .invalidValue, "expected more")
    }
    #expect(outcome.diagnostics.map(\.description) == ["f:1:7: a.b.c: is needed [E0109]"])
    let empty = FieldReader.read(.object([])) { $0.fail("", .invalidValue, "expected more") }
    #expect(empty.diagnostics.map(\.description) == ["<configuration>: expected more [E0109]"])
    let keyless = FieldReader.read(try JSON.parse(#"{"a": 1}"#, path: "f")) { _ in }
    #expect(keyless.diagnostics.map(\.description) == ["f:1:2: a: unknown key. There are no keys here [E0102]"])
  }

  @Test(
    arguments: [
      ("learing_rate", "learning_rate"), ("epcohs", "epochs"), ("LearningRate", "learning_rate"), ("lr", nil), ("widths", nil),
      (String(repeating: "x", count: 10_000), nil),
    ] as [(String, String?)])
  func suggests(word: String, expected: String?) {
    #expect(suggestion(for: word, among: ["epochs", "l1", "learning_rate", "type"]) == expected)
  }

  @Test func countsEdits() {
    func distance(_ a: String, _ b: String) -> Int { editDistance(Array(a.utf8), Array(b.utf8)) }
    #expect(distance("", "abc") == 3 && distance("abc", "acb") == 1 && distance("ca", "abc") == 3 && distance("kitten", "sitting") == 3)
  }
}
