import TemperJSON
import Testing

@Suite struct OverrideTests {
  private let start = #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":null}"#

  @Test(arguments: [
    ("train.epochs=3", #"{"train":{"epochs":3},"model":{"type":"mlp","size":3},"split":null}"#),
    ("model.activation=gelu", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3,"activation":"gelu"},"split":null}"#),
    (#"model={"type":"gpt"}"#, #"{"train":{"epochs":1},"model":{"type":"gpt"},"split":null}"#),
    ("model.size=null", #"{"train":{"epochs":1},"model":{"type":"mlp","size":null},"split":null}"#),
    ("model=null", #"{"train":{"epochs":1},"model":null,"split":null}"#),
    ("a.b=null", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":null,"a":{"b":null}}"#),
    ("a.b.c=[1, 2]", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":null,"a":{"b":{"c":[1,2]}}}"#),
    ("split.test=0.5", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":{"test":0.5}}"#),
    ("split.test=null", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":{"test":null}}"#),
    ("model.type=a=b", #"{"train":{"epochs":1},"model":{"type":"a=b","size":3},"split":null}"#),
    ("model.type=", #"{"train":{"epochs":1},"model":{"type":"","size":3},"split":null}"#),
    ("model.type=007", #"{"train":{"epochs":1},"model":{"type":"007","size":3},"split":null}"#),
    (#"model.type="3""#, #"{"train":{"epochs":1},"model":{"type":"3","size":3},"split":null}"#),
  ])
  func merges(override: String, expected: String) throws {
    var json = try JSON.parse(start, path: "f")
    try json.apply(override: override)
    #expect(json.serialized() == expected)
  }

  @Test(arguments: [
    ("model.size", #"{"train":{"epochs":1},"model":{"type":"mlp"},"split":null}"#),
    ("model", #"{"train":{"epochs":1},"split":null}"#),
    ("split", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3}}"#),
    ("split.test", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":null}"#),
    ("a.b", #"{"train":{"epochs":1},"model":{"type":"mlp","size":3},"split":null}"#),
  ])
  func removes(key: String, expected: String) throws {
    var json = try JSON.parse(start, path: "f")
    try json.remove(key: key)
    #expect(json.serialized() == expected)
  }

  @Test(arguments: [
    ("", "--unset : expected a key alone, such as train.epochs [E0110]"),
    ("train..epochs", "--unset train..epochs: expected a key alone, such as train.epochs [E0110]"),
    ("train.epochs=3", "--unset train.epochs=3: expected a key alone, such as train.epochs [E0110]"),
    ("train.epochs.x", #"--unset train.epochs.x: train.epochs is 1 (f:1:20), not an object, so it has no key "x" [E0111]"#),
  ])
  func rejectsRemoving(key: String, expected: String) throws {
    var json = try JSON.parse(start, path: "f")
    let error = #expect(throws: Diagnostics.self) { try json.remove(key: key) }
    #expect(error?.description == expected)
    #expect(json.serialized() == start)
  }

  @Test(arguments: [
    ("train.epochs", #"--set train.epochs: expected key=value, such as train.epochs=3; there is no "=" [E0110]"#),
    ("=3", "--set =3: expected key=value, such as train.epochs=3; the key is empty or has an empty part [E0110]"),
    ("train..epochs=3", "--set train..epochs=3: expected key=value, such as train.epochs=3; the key is empty or has an empty part [E0110]"),
    ("train.epochs.x=3", #"--set train.epochs.x=3: train.epochs is 1 (f:1:20), not an object, so it has no key "x" [E0111]"#),
  ])
  func rejects(override: String, expected: String) throws {
    var json = try JSON.parse(start, path: "f")
    let error = #expect(throws: Diagnostics.self) { try json.apply(override: override) }
    #expect(error?.description == expected)
    #expect(json.serialized() == start)
  }

  @Test func mistakesNameTheOption() throws {
    func read(_ overrides: String...) throws -> [String] {
      var json = try JSON.parse(#"{"name": "a", "optimizer": {"betas": [0.1, 0.2]}}"#, path: "f")
      for override in overrides { try json.apply(override: override) }
      return FieldReader.read(json, aliases: aliases) { RunConfig($0) }.diagnostics.map(\.description)
    }
    #expect(try read("name=b", "optimizer.learning_rate=3e-4") == [])
    #expect(try read("name=3") == [#"--set name=3: name: expected a string, found 3; put it in double quotes: 'name="3"' [E0104]"#])
    #expect(try read(#"name="3""#) == [])
    #expect(try read("lr=3") == [#"--set lr=3: lr: unknown key; write "optimizer.learning_rate" instead [E0103]"#])
    #expect(
      try read(#"split={"test": [2]}"#) == [#"--set split={"test": [2]}: split.test: expected a number, found an array [E0104]"#])
    #expect(
      try read("optimizer.type=sgd") == [
        #"f:1:29: optimizer.betas: not read by type "sgd" (read by "adam"). Remove it or change the type [E0107]"#
      ])
  }
}
