import TemperJSON
import TemperRunSupport
import Testing

import TemperTables

@Suite("Rules of columns") struct ColumnRulesTests {
  /// A preprocessor of the one column `x` with `rules`, fitted on `train`.
  static func fitted(_ train: [String], _ rules: ColumnRules, _ defaults: ColumnDefaults = ColumnDefaults()) throws -> Preprocessor {
    let rows = train.enumerated().map { "\($0.element),\($0.offset % 2)" }
    return try fit(table("x,y\n" + rows.joined(separator: "\n")), label: "y", declared: [("x", rules)], defaults: defaults)
  }

  static func features(_ p: Preprocessor, _ other: [String]) throws -> [Float] {
    try p.features(of: table("x,z\n" + other.map { $0 + ",0" }.joined(separator: "\n"), "new.csv"), rows: Array(other.indices))
  }

  @Test func defaultsHoldWhereAColumnSaysNothing() throws {
    var defaults = ColumnDefaults()
    (defaults.normalize, defaults.numeric, defaults.indicator, defaults.missingValues) = (.none, .median, true, ["NA"])
    let p = try Self.fitted(["1", "NA", "3", "8"], .numeric(), defaults)
    #expect(p.featureNames == ["x", "x=(missing)"])
    #expect(try Self.features(p, ["", "NA", "4"]) == [3, 1, 3, 1, 4, 0])
    let own = try Self.fitted(["1", "NA", "3", "8"], .numeric(NumericRules(impute: .mean, indicator: false, normalize: .minmax)), defaults)
    #expect(try Self.features(own, ["NA", "8"]) == [3.0 / 7, 1])
    // The words are stored with the model.
    #expect(try Preprocessor(json: p.json).missingValues == ["NA"])
  }

  @Test func anIndicatorNeedsMissingTrainingRows() throws {
    let p = try Self.fitted(["1", "2"], .numeric(NumericRules(impute: .mean, indicator: true, normalize: Normalization.none)))
    #expect(p.featureNames == ["x"])
    #expect(try Self.features(p, [""]) == [1.5])
  }

  @Test func clippedNumbersCannotOverflow() throws {
    let p = try Self.fitted(["1e-30", "3e-30", "2e-30"], .numeric(NumericRules(clip: 0.1)))
    #expect(try Self.features(p, ["1e20"])[0].isFinite)
  }

  @Test func truthValues() throws {
    let p = try Self.fitted(["yes", "NO", "", "t"], .boolean(BooleanRules(impute: .mode, indicator: true)))
    #expect(try Self.features(p, ["1", "f", "", " Y "]) == [1, 0, 0, 0, 1, 1, 1, 0])
    #expect(try Self.features(Self.fitted(["0", "1"], .boolean(BooleanRules(impute: .false))), [""]) == [0])
    #expect(
      errors { try Self.features(p, ["2"]) } == [
        "new.csv:2:1: \"x\" is boolean, but \"2\" is not one of true, false, yes, no, t, f, y, n, 1 or 0. Correct the value, or set data.columns[\"x\"] to \"categorical\". [E0225]"
      ])
  }

  @Test func rareAndUnknownCategories() throws {
    let train = ["a", "a", "b", "b", "c", "d"]
    let other = try Self.fitted(train, .categorical(CategoricalRules(rare: .count(2), unknown: .other)))
    #expect(other.featureNames == ["x=a", "x=b", "x=(other)"])
    #expect(try Self.features(other, ["d", "e", "b"]) == [0, 0, 1, 0, 0, 1, 0, 1, 0])
    // A rare category is known, another is not.
    let strict = try Self.fitted(train, .categorical(CategoricalRules(rare: .share(0.3))))
    #expect(try Self.features(strict, ["d"]) == [0, 0, 1])
    #expect(
      errors { try Self.features(strict, ["e", "NA"]) } == [
        "new.csv:2:1: \"x\" is \"e\", which does not occur in the training rows (known: \"a\", \"b\", \"c\", \"d\"). Correct the value, remove the row, or train with data.unknown (or that of data.columns[\"x\"]) set to \"ignore\". [E0215]",
        "new.csv:3:1: \"x\" is \"NA\", which does not occur in the training rows (known: \"a\", \"b\", \"c\", \"d\"). Correct the value, remove the row, or train with data.unknown (or that of data.columns[\"x\"]) set to \"ignore\". If it means a missing value, list it in "
          + "data.missing_values. [E0215]",
      ])
    // Nothing is rare: what is unknown says nothing.
    let none = try Self.fitted(["a", "a", "b", "b"], .categorical(CategoricalRules(rare: .count(2), unknown: .other)))
    #expect(try Self.features(none, ["e"]) == [0, 0])
  }

  @Test func missingCategories() throws {
    let own = try Self.fitted(["b", "", "a"], .categorical(CategoricalRules(impute: .category)))
    #expect(own.featureNames == ["x=a", "x=b", "x=(missing)"])
    #expect(try Self.features(own, ["", "a"]) == [0, 0, 1, 1, 0, 0])
    // No training row lacks one: a feature of its own could not be learned.
    #expect(try Self.features(Self.fitted(["b", "a"], .categorical(CategoricalRules(impute: .category))), [""]) == [0, 0])
    #expect(try Self.features(Self.fitted(["b", "a"], .categorical(CategoricalRules(impute: .mode))), [""]) == [1, 0])
    #expect(try Self.features(Self.fitted(["b", "a"], .categorical(CategoricalRules(impute: .constant, fill: "c"))), [""]) == [0, 0])
  }

  @Test func ordinals() throws {
    var rules = CategoricalRules(
      encoding: .ordinal, categories: ["low", "mid", "high"], unknown: .ignore, impute: .mode, normalize: Normalization.none)
    let p = try Self.fitted(["high", "low", "high", "high"], .categorical(rules))
    #expect(p.featureNames == ["x"])
    // What is unknown has the mean place.
    #expect(try Self.features(p, ["low", "mid", "high", "", "huge"]) == [0, 1, 2, 2, 1.5])
    rules.unknown = .error
    #expect(
      errors { try Self.fitted(["high", "lowish"], .categorical(rules)) } == [
        "t.csv:3:1: \"x\" is \"lowish\", which is not in data.columns[\"x\"].categories (\"low\", \"mid\", \"high\"). "
          + "Add it, correct the value, or set \"unknown\" to \"ignore\". [E0215]"
      ])
  }

  @Test func datesAreFilledIn() throws {
    let train = ["2024-01-01", "", "2024-01-03", "2024-01-03", "2024-01-09"]
    for (impute, days) in [(DateImputation.mean, 3), (.median, 2), (.mode, 2)] as [(DateImputation, Float)] {
      let p = try Self.fitted(train, .date(DateRules(impute: impute, indicator: true, normalize: Normalization.none)))
      #expect(p.featureNames == ["x", "x.weekday_sin", "x.weekday_cos", "x=(missing)"])
      let x = try Self.features(p, [""])
      #expect(x[0] == days && x[3] == 1, "\(impute)")
    }
    #expect(
      errors { try Self.features(Self.fitted(["2024-01-01", "2024-01-02"], .date()), ["17.5.2024"]) } == [
        "new.csv:2:1: \"x\" is a date written as ISO 8601, like 2024-05-17 or 2024-05-17T08:30:00Z, but \"17.5.2024\" is not. Correct the value, or set the format of data.columns[\"x\"]. [E0225]"
      ])
    #expect(errors { try Self.fitted(["soon", "later"], .date()) }.count == 1)
  }

  @Test func nothingIsFilledInUnasked() throws {
    for (rules, values, remedy) in [
      (ColumnRules.numeric(), ["1", "", "2"], "numeric (or that of data.columns[\"x\"]) set to \"median\""),
      (.categorical(), ["a", "", "b"], "categorical (or that of data.columns[\"x\"]) set to \"category\""),
      (.boolean(), ["t", "", "f"], "boolean (or that of data.columns[\"x\"]) set to \"mode\""),
      (.date(), ["2024-01-01", "", "2024-01-02"], "date (or that of data.columns[\"x\"]) set to \"median\""),
      (.text(), ["some words", "", "more words"], "text (or that of data.columns[\"x\"]) set to \"empty\""),
    ] as [(ColumnRules, [String], String)] {
      let found = errors { try Self.fitted(values, rules) }
      #expect(found.count == 1 && found[0].hasPrefix("t.csv:3:1: \"x\" has no value here.") && found[0].contains(remedy), "\(found)")
      let full = try Self.fitted([values[0], values[2]], rules)
      #expect(errors { try Self.features(full, [""]) }.first?.contains(remedy) == true)
    }
  }

  @Test func columnsWithNothingToLearnFrom() {
    for rules in [
      ColumnRules.numeric(NumericRules(impute: .mean)), .categorical(CategoricalRules(impute: .mode)),
      .boolean(BooleanRules(impute: .mode)),
      .date(DateRules(impute: .mode)), .text(TextRules(impute: .empty)),
    ] {
      let found = errors { try Self.fitted(["", ""], rules) }
      #expect(found.count == 1 && found[0].hasSuffix("Set data.columns[\"x\"] to \"ignore\". [E0226]"), "\(found)")
    }
  }

  @Test func textsHaveLengthOneOrNoWords() throws {
    let p = try Self.fitted(["red apple", "green apple", "red red wine"], .text(TextRules(maxWords: 2, impute: .empty)))
    #expect(p.featureNames == ["x=apple", "x=red"])
    let x = try Self.features(p, ["", "pear", "Red!", "apple red; apple"])
    #expect(x[0..<4] == [0, 0, 0, 0] && x[4..<6] == [0, 1])
    #expect(abs(x[6] * x[6] + x[7] * x[7] - 1) < 1e-6 && abs(x[6] - 2 * x[7]) < 1e-6)
  }

  @Test func everyRuleIsStored() throws {
    let text =
      "n,c,o,b,d,t,y\n1,a,low,t,2024-01-01 10:30,one word,0\n,,,,,,1\n7,b,high,f,2024-03-05,two words,0\n9,b,high,f,2024-03-06,two words,1\n"
    let t = try table(text)
    var defaults = ColumnDefaults()
    (defaults.numeric, defaults.boolean, defaults.date, defaults.text) = (.mean, .true, .mean, .empty)
    (defaults.categorical, defaults.indicator, defaults.missingValues) = (.mode, true, ["?", "e\u{301}"])
    let p = try fit(
      t, label: "y",
      declared: [
        ("n", .numeric(NumericRules(clip: 0.1))), ("c", .categorical(CategoricalRules(rare: .count(2), impute: .category))),
        ("o", .categorical(CategoricalRules(encoding: .ordinal, categories: ["low", "high"], unknown: .ignore))), ("t", .text()),
      ], defaults: defaults)
    let back = try Preprocessor(json: JSON.parse(p.json.serialized(pretty: true), path: "p.json"))
    #expect(back == p && back.findings.map(\.json) == p.findings.map(\.json) && back.missingValues == p.missingValues)
    #expect(try back.features(of: t, rows: [0, 1, 2, 3]) == p.features(of: t, rows: [0, 1, 2, 3]))
    #expect(p.columns.map { $0.transform.kind } == [.numeric, .categorical, .categorical, .boolean, .date, .text])
    #expect(p.featureNames.count == p.width)
    // Damage is told.
    let good = p.json.serialized()
    for (old, new) in [
      ("\"clock\":", "\"cloc\":"), ("\"format\":\"iso\"", "\"format\":\"%Q\""), ("\"unknown\":\"ignore\"", "\"unknown\":\"forget\""),
      ("\"weights\":[", "\"weights\":[1,"), ("\"cycles\":[\"month\"", "\"cycles\":[\"moon\""), ("\"indicator\":true", "\"indicator\":1"),
      ("\"mean_place\"", "\"place\""), ("\"declared\":true", "\"declared\":3"), ("\"missing\":\"feature\"", "\"missing\":\"none\""),
    ] {
      let parts = good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
      #expect(parts.count == 2, "\(old)")
      #expect(errors { try Preprocessor(json: JSON.parse(parts.joined(separator: new), path: "p.json")) }.count == 1, "\(old)")
    }
  }

  @Test func labelsMayBeMissingToo() throws {
    var defaults = ColumnDefaults()
    defaults.missingValues = ["NA"]
    let t = try table("x,y\n1,a\n2,NA\n3,b\n")
    #expect(try fit(t, label: "y").classes == ["NA", "a", "b"])
    let wanted = ["t.csv:3:3: \"y\" is the label, but has no value here. Fill it in, or remove the row. [E0213]"]
    #expect(errors { try fit(t, label: "y", defaults: defaults) } == wanted)
    try withFile("x,y\n1,a\n2,NA\n3,b\n4,a\n") { path in
      let source = TableConfig.Source.single(path: path, split: .random(validation: 0.5, test: nil, stratify: true))
      let found = errors { try LoadedData(TableConfig(source: source, label: "y", defaults: defaults), seed: 1) }
      #expect(found.count == 1 && found[0].contains(":3:3: \"y\" is the label, but has no value here"), "\(found)")
    }
  }

  @Test func version2IsStillRead() throws {
    let old = """
      {"version": 2, "target": {"kind": "classes", "label": "y", "classes": ["a", "b"]}, "columns": [
        {"name": "x", "kind": "numeric", "mean": 2.0, "deviation": 4.0}, {"name": "c", "kind": "categorical", "categories": ["p", "q"]}]}
      """
    let p = try Preprocessor(json: JSON.parse(old, path: "p.json"))
    #expect(try p.features(of: table("x,c\n10,q\n"), rows: [0]) == [2, 0, 1])
    #expect(errors { try p.features(of: table("x,c\n,r\n"), rows: [0]) }.count == 2)
  }
}
