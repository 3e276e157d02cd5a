import TemperJSON
import Testing

@Suite struct SchemaTests {
  @Test func describesEveryForm() throws {
    let schema = FieldReader.schema(title: "Run", id: "https://example.org/run.json") { c in
      _ = c.object("optimizer", doc: "How weights move.") { OptimizerConfig($0) }
      _ = c.optionalObject("split", doc: "Rows held out.") { SplitConfig($0) }
      _ = c.presence("validation", .string, doc: "File.")
      _ = c.objects("layers", count: ...8, doc: "Layers.") { LayerConfig($0) }
      _ = c.integerOrIntegers("kernel", in: 1..., count: 1...2, doc: "Kernel.")
      _ = c.optional("weights", .either(.choice(["balanced"]), .map(of: .number(in: 0...))), doc: "Weights.")
    }
    let expected = try JSON.parse(
      #"""
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/run.json", "title": "Run",
        "type": "object",
        "properties": {
          "$schema": {"type": "string"},
          "optimizer": {"description": "How weights move.", "oneOf": [
            {"description": "Gradient descent.", "type": "object", "properties": {
               "type": {"description": "Update rule.", "const": "sgd"},
               "learning_rate": {"description": "Step size.", "type": "number", "minimum": 0, "default": 0.001},
               "momentum": {"description": "Momentum.", "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.0}},
             "required": ["type"], "additionalProperties": false},
            {"description": "Adaptive moments.", "type": "object", "properties": {
               "type": {"description": "Update rule.", "const": "adam", "default": "adam"},
               "learning_rate": {"description": "Step size.", "type": "number", "minimum": 0, "default": 0.001},
               "betas": {"description": "Decay of the averages.", "type": "array",
                         "items": {"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "minItems": 2, "maxItems": 2,
                         "default": [0.9, 0.999]}},
             "additionalProperties": false}]},
          "split": {"description": "Rows held out.", "anyOf": [
            {"type": "object", "properties": {
               "test": {"description": "Share of rows.", "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}},
             "required": ["test"], "additionalProperties": false},
            {"type": "null"}], "default": null},
          "validation": {"description": "File.", "type": ["string", "null"]},
          "layers": {"description": "Layers.", "type": "array", "items":
            {"type": "object", "properties": {
               "units": {"description": "Width.", "type": "integer", "minimum": 1, "maximum": 4096},
               "activation": {"description": "Nonlinearity.", "enum": ["relu", "gelu"], "default": "relu"}},
             "required": ["units"], "additionalProperties": false}, "maxItems": 8, "default": []},
          "kernel": {"description": "Kernel.", "anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1, "maxItems": 2}]},
          "weights": {"description": "Weights.", "anyOf": [
            {"anyOf": [{"enum": ["balanced"]}, {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}]},
            {"type": "null"}], "default": null}
        },
        "required": ["kernel"],
        "additionalProperties": false
      }
      """#, path: "expected")
    #expect(schema.serialized(pretty: true) == expected.serialized(pretty: true))
  }

  @Test func requiresObjectsThatCannotBeEmpty() {
    let schema = FieldReader.schema(title: "", id: "") { c in
      c.object("a", doc: "") { _ = $0.integer("n", doc: "") }
      c.object("b", doc: "") { _ = $0.integer("n", default: 1, doc: "") }
      c.object("c", doc: "") { c in
        c.variant("type", doc: "", [.init("x", "") { _ = $0.optionalChoice("k", of: ["p"], doc: "") }])
      }
    }
    #expect(schema["required"] == ["a", "c"])
    #expect(schema["properties"]?["c"]?["properties"]?["k"]?["enum"] == ["p", .null])
  }

  @Test func listsEveryKey() {
    let rows = FieldReader.table { RunConfig($0) }
    let text = rows.map { [$0.label, $0.type, $0.defaultText, $0.range, $0.doc].joined(separator: " | ") }
    #expect(
      text == [
        "name | string | required |  | The run's name.",
        "optimizer | object | {} |  | How weights move.",
        #"optimizer.type | string | "adam" | "sgd", "adam" | Update rule."#,
        "optimizer.learning_rate (sgd, adam) | number | 0.001 | >= 0 | Step size.",
        "optimizer.momentum (sgd) | number | 0.0 | >= 0, < 1 | Momentum.",
        "optimizer.betas (adam) | array of numbers | [0.9,0.999] | 2 values, each >= 0, < 1 | Decay of the averages.",
        "split | object | null |  | Rows held out.",
        "split.test | number | required | > 0, < 1 | Share of rows.",
        "validation | string | absent |  | Validation file; null for none.",
        "train | object | {} |  | How long.",
        "train.max_steps | integer | null | >= 1 | Steps at most.",
        "train.epochs | integer | 50 | >= 1 | Passes over the data.",
        "layers | array of objects | [] | at most 8 values | Hidden layers.",
        "layers[].units | integer | required | >= 1, <= 4096 | Width.",
        #"layers[].activation | string | "relu" | "relu", "gelu" | Nonlinearity."#,
        "kernel | integer or array of integers | [3] | 1 to 2 values, each >= 1 | Kernel size.",
        #"class_weights | string or object of numbers | null | "balanced" or >= 0 | Weight of each class."#,
        "shuffle | boolean | true |  | New order every epoch.",
      ])
  }

  @Test func namesNestedTypes() {
    let rows = FieldReader.table { c in
      c.variant(
        "type", default: "a", doc: "",
        [
          .init("a", "") { c in
            c.variant("kind", default: "x", doc: "", [.init("x", "") { _ = $0.bool("on", default: true, doc: "") }])
          }
        ])
      _ = c.value("m", .map(of: .object { $0.optionalNumber("min", doc: "") }), default: [:], doc: "")
    }
    #expect(rows.map(\.label) == ["type", "kind (a)", "on (a: x)", "m", "m.*.min"])
  }

  /// A shape with a name is told once, however many keys take it; the table has it as a type.
  @Test func namedShapesAreDefinitions() {
    func body(_ c: FieldReader) {
      let point = ValueReader<Double>.object { $0.number("x", in: 0...1, doc: "Across.") }
      let common = ValueReader<Double>.object { $0.number("x", doc: "Across.") }
      _ = c.value("from", point.named("point", as: common), doc: "Start.")
      _ = c.optional("to", .either(.number(), point.named("point", as: common)), doc: "End.")
    }
    let schema = FieldReader.schema(title: "Line", id: "line.json", body)
    #expect(schema["$defs"]?.members?.map(\.name) == ["point"])
    #expect(schema["$defs"]?["point"]?["properties"]?["x"] == ["description": "Across.", "type": "number"])
    #expect(schema["properties"]?["from"]?["$ref"] == "#/$defs/point")
    #expect(FieldReader.table(body).map { "\($0.label): \($0.type)" } == ["from: point", "to: number or point"])
    let read = FieldReader.read(["from": ["x": 2]]) { body($0) }
    #expect(read.diagnostics.count == 1)
  }
}
