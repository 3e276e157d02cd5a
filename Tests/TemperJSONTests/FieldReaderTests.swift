import Testing

@testable import TemperJSON

@Suite struct FieldReaderTests {
  @Test func fillsDefaultsInReadingOrder() throws {
    let (value, resolved) = try readRun(#"{"$schema": "x.json", "name": "a"}"#).get()
    #expect(value.optimizer == .adam(AdamConfig(FieldReader.empty)))
    #expect(value.train.epochs == 50 && value.split == nil && value.validation == .absent && value.kernel == [3] && value.shuffle)
    #expect(
      resolved.serialized() == #"{"name":"a","optimizer":{"type":"adam","learning_rate":0.001,"betas":[0.9,0.999]},"split":null,"#
        + #""train":{"max_steps":null,"epochs":50},"layers":[],"kernel":[3],"class_weights":null,"shuffle":true}"#)
  }

  @Test(arguments: [
    #"{"name": "a"}"#,
    #"{"shuffle": false, "validation": null, "kernel": 5, "name": "b", "class_weights": "balanced", "split": {"test": 0.5}}"#,
    #"{"name": "c", "class_weights": {"cat": 2, "a.b": 1e0}, "layers": [{"units": 3.0, "activation": "gelu"}, {"units": 4}],"#
      + #""validation": "v.csv", "kernel": [1, 2], "train": {"max_steps": 9, "epochs": null},"#
      + #""optimizer": {"momentum": 0.5, "learning_rate": 1, "type": "sgd"}}"#,
  ])
  func resolvedReadsToTheSame(text: String) throws {
    let (value, resolved) = try readRun(text).get()
    let again = try readRun(resolved.serialized(pretty: true)).get()
    #expect(again.value == value)
    #expect(again.resolved.serialized() == resolved.serialized())
  }

  @Test func readsEveryValue() throws {
    let value = try readRun(
      #"""
      {"name": "c", "class_weights": {"cat": 2, "a.b": 1e0}, "layers": [{"units": 3.0, "activation": "gelu"}],
       "validation": null, "kernel": 7, "train": {"max_steps": 9}, "split": {"test": 0.25},
       "optimizer": {"momentum": 0.5, "learning_rate": 1, "type": "sgd"}}
      """#
    ).get().value
    let anywhere = Place.wholeFile(path: "")
    #expect(
      value.classWeights
        == .second([MapEntry(key: "cat", value: 2, place: anywhere), MapEntry(key: "a.b", value: 1, place: anywhere)]))
    #expect(value.layers.count == 1 && value.layers[0].units == 3 && value.layers[0].activation == .gelu)
    #expect(value.validation == .null && value.kernel == [7] && value.train.maxSteps == 9 && value.train.epochs == nil)
    #expect(value.split?.test == 0.25)
    guard case .sgd(let optimizer) = value.optimizer else {
      Issue.record("read \(value.optimizer)")
      return
    }
    #expect(optimizer.momentum == 0.5 && optimizer.learningRate == 1)
  }

  /// Every reader that the sample configuration does not use, with a value, absent, and null.
  @Test func readsEveryForm() throws {
    let json = try JSON.parse(
      #"""
      {"n": 1, "i": 2, "b": true, "s": "x", "e": "gelu", "c": "q", "ns": [1, 2.5], "is": [1, 2], "ss": ["a"], "im": 4,
       "none": null}
      """#, path: "f")
    let (_, resolved) = try FieldReader.read(json) { c in
      #expect(c.number("n", in: .above(0), doc: "") == 1)
      #expect(c.integer("i", in: 0..<3, doc: "") == 2)
      #expect(c.bool("b", doc: ""))
      #expect(c.string("s", doc: "") == "x")
      #expect(c.choice("e", Activation.self, doc: "") == .gelu)
      #expect(c.choice("c", of: ["p", "q"], doc: "") == "q")
      #expect(c.numbers("ns", in: .above(0, through: 2.5), doc: "") == [1, 2.5])
      #expect(c.integers("is", in: ...2, count: 2..., doc: "") == [1, 2])
      #expect(c.strings("ss", doc: "") == ["a"])
      #expect(c.integerOrIntegers("im", doc: "") == [4])
      #expect(c.optionalNumber("none", in: ..<1, doc: "") == nil)
      #expect(c.optionalBool("o1", doc: "") == nil && c.optionalString("o2", doc: "") == nil)
      #expect(c.optionalChoice("o3", Activation.self, doc: "") == nil && c.optionalChoice("o4", of: ["p"], doc: "") == nil)
      #expect(c.optionalNumbers("o5", doc: "") == nil && c.optionalIntegers("o6", doc: "") == nil)
      #expect(c.optionalStrings("o7", doc: "") == nil && c.optionalIntegerOrIntegers("o8", doc: "") == nil)
      #expect(c.choice("d1", of: ["p", "q"], default: "p", doc: "") == "p" && c.string("d2", default: "y", doc: "") == "y")
      #expect(c.integers("d3", default: [5], doc: "") == [5] && c.strings("d4", default: [], doc: "") == [])
      #expect(c.has("n") && !c.has("none") && !c.has("zzz"))
      #expect(c.path == "" && c.place.description == "f:1:1")
    }.get()
    #expect(resolved["d3"] == [5] && resolved["n"]?.serialized() == "1.0" && resolved["o8"] == .null)
  }

  /// Values of any type anywhere: the reader returns, and what it finds nothing wrong with reads to the same again.
  @Test func survivesAnyValueAnywhere() throws {
    let start = try JSON.parse(
      #"""
      {"name": "c", "class_weights": {"cat": 2}, "layers": [{"units": 3, "activation": "gelu"}], "validation": null, "kernel": [1, 2],
       "train": {"max_steps": 9, "epochs": null}, "split": {"test": 0.5}, "optimizer": {"type": "adam", "betas": [0.1, 0.2]}}
      """#, path: "f")
    let values: [JSON] = [.null, true, 0, -1, 0.5, "", "sgd", "balanced", [], [1], [0.5, 0.7], [[:]], [:], ["test": 0.5], ["type": "sgd"]]
    var random = SplitMix(state: 3)
    var sound = 0
    func mutated(_ json: JSON) -> JSON {
      if Int.random(in: 0..<12, using: &random) == 0 { return values.randomElement(using: &random) ?? .null }
      switch json.content {
      case .array(let elements): return .array(elements.map(mutated))
      case .object(let members):
        return JSON(
          .object(members.filter { _ in Int.random(in: 0..<12, using: &random) > 0 }.map { JSON.Member($0.name, mutated($0.value)) }))
      default: return json
      }
    }
    for _ in 0..<5_000 {
      let outcome = FieldReader.read(mutated(start)) { RunConfig($0) }
      guard outcome.diagnostics.isEmpty else { continue }
      sound += 1
      let again = FieldReader.read(outcome.resolved) { RunConfig($0) }
      #expect(again.diagnostics.isEmpty && again.value == outcome.value && again.resolved == outcome.resolved)
    }
    #expect(sound > 200)
  }

  @Test func placeholdersLieWithinTheirRange() {
    let (_, value) = FieldReader.describe { c in
      [
        c.number("a", in: .above(0), doc: ""), c.number("b", in: .above(0, through: 1), doc: ""), c.number("c", in: 2..., doc: ""),
        c.number("d", in: ..<0, doc: ""), Double(c.integer("e", in: 5...9, doc: "")), Double(c.integer("f", in: ..<0, doc: "")),
      ] + c.numbers("g", in: 1..., count: 2..., doc: "")
    }
    #expect(value == [1, 0.5, 2, -1, 6, -1, 1, 1])
  }
}

extension FieldReader {
  /// A reader of `{}`.
  static var empty: FieldReader { FieldReader(Found(json: .object([]), path: "", place: .wholeFile(path: ""), pass: ReadingPass())) }
}
