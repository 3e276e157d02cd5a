import TemperFiles
import TemperJSON
import TemperMetrics
import TemperTrain

/// The parts of a page about one run that are texts and tables: what came out, what the guard says, under which circumstances.
struct RunFacts {
  let run: ReportedRun

  /// A line below the title: what kind of run it is, and where.
  var subtitle: Markup {
    let model = run.results?["model"] ?? run.parts.lazy.compactMap { $0.results?["model"] }.first
    let parameters = model?["parameters"]?.integer.map { "\(grouped($0)) parameters" }
    let facts = [
      run.task.replacing("_", with: " "), model?["type"]?.string, parameters, folds,
      averaged, calibrated,
    ]
    return "<p class=\"soft\">\(facts.compactMap { $0 }.joined(separator: " · ")) · <code>\(run.path)</code></p>"
  }

  /// How many folds there are, and of an unfinished cross-validation of how many; nil for a single run.
  private var folds: String? {
    if run.parts.isEmpty { return nil }
    let all = run.resolved["data"]?["split"]?["validation"]?["folds"]?.integer ?? run.parts.count
    return run.parts.count < all ? "\(run.parts.count) of \(all) folds" : "\(all) folds"
  }

  /// Which average the best weights are; nil for the trained ones.
  private var averaged: String? {
    guard let weights = run.results?["best_weights"]?.string, weights != "raw" else { return nil }
    return "average of weights (\(weights))"
  }

  private var calibrated: String? {
    guard let temperature = run.results?["temperature"]?.number else { return nil }
    return "calibrated with temperature " + shortNumber(temperature)
  }

  /// How it ended, and the verdict of the guard.
  var verdict: Markup {
    let steps = run.steps.map { " after \(ResultTable.counted($0, "step"))" } ?? ""
    let isWell = ["completed", "early stopping", "time limit"].contains(run.state)
    var lines: [String]
    switch run.state {
    case "completed": lines = ["Completed\(steps)."]
    case "diverged": lines = ["Diverged\(steps).", run.error ?? ""].filter { !$0.isEmpty }.map(Self.sentence)
    case let state where isWell: lines = ["Ended by \(state)\(steps)."]
    case let state:
      let last = run.metrics?.lastStep.map { "; its last evaluation is that of step \(grouped(Int($0)))" } ?? ""
      lines = ["This run is \(state)\(last)."]
    }
    lines += run.verdict.map(Self.sentence)
    let isGood = isWell && run.verdict.allSatisfy { $0 == ReportedRun.noSign }
    let paragraphs: [Markup] = lines.map { "<p>\($0)</p>" }
    return "<div class=\"verdict\(isGood ? "" : " bad" as Markup)\">\(paragraphs)</div>"
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }

  /// The most important numbers.
  var tiles: Markup? {
    var tiles: [(value: String, name: String)] = []
    if let (split, metrics) = run.detailed {
      let baseline = metrics["baseline"]
      // The loss of a classifier is often its log loss, which need not be told twice.
      var values: [String] = []
      for member in metrics.members ?? [] where values.count < 3 {
        guard let number = member.value.number else { continue }
        let value = fixed(number, 4)
        if values.contains(value) { continue }
        values.append(value)
        let guess = Self.text("; baseline ", baseline?[member.name]?.number, 3)
        let deviation = Self.text(" ± ", run.summary?["standard_deviation"]?[split]?[member.name]?.number, 4)
        tiles.append((value + deviation, "\(split) \(member.name)\(guess)"))
      }
    } else if let best = run.best {
      tiles.append((shortNumber(best.value), "best \(run.monitor) so far"))
    }
    if let best = run.best { tiles.append((grouped(Int(best.step)), "best step\(run.steps.map { " of \(grouped($0))" } ?? "")")) }
    if let seconds = run.timing?.series.first(where: { $0.path == ["seconds"] })?.values.last?.y {
      tiles.append((Self.duration(seconds), "of training"))
    }
    if tiles.isEmpty { return nil }
    let cells: [Markup] = tiles.map { "<div class=\"tile\"><b>\($0.value)</b><span>\($0.name)</span></div>" }
    return "<div class=\"tiles\">\(cells)</div>"
  }

  /// A number with what stands before it; nothing for nil.
  private static func text(_ prefix: String, _ number: Double?, _ places: Int) -> String {
    guard let number else { return "" }
    return prefix + fixed(number, places)
  }

  /// A number with few digits; `other` for what is none.
  private static func short(_ value: JSON?, else other: String = "") -> String {
    guard let number = value?.number else { return other }
    return shortNumber(number)
  }

  private static func duration(_ seconds: Double) -> String {
    seconds < 120
      ? "\(fixed(seconds, seconds < 10 ? 2 : 0)) s" : seconds < 7200 ? "\(fixed(seconds / 60, 1)) min" : "\(fixed(seconds / 3600, 1)) h"
  }

  /// All metrics of all splits.
  var metrics: Markup? {
    let evaluations = run.evaluations
    guard !evaluations.isEmpty else { return nil }
    var names: [String] = []
    for member in evaluations.flatMap({ $0.metrics.members ?? [] }) where Self.isMetric(member) && !names.contains(member.name) {
      names.append(member.name)
    }
    var table = HTMLTable([("metric", .text)] + evaluations.map { ($0.split, .number) })
    func add(_ title: String, _ value: (JSON) -> JSON?) {
      table.add([title] + evaluations.map { value($0.metrics).map(Self.text) ?? "" })
    }
    let undefined = names.filter { name in evaluations.allSatisfy { $0.metrics[name]?.number == nil } }
    for name in names where !undefined.contains(name) { add(name) { $0[name] } }
    let guesses = evaluations.first?.metrics["baseline"]?.members ?? []
    for guess in guesses where guess.value.number != nil { add("baseline \(guess.name)") { $0["baseline"]?[guess.name] } }
    let note: Markup = undefined.isEmpty ? "" : "<p class=\"note\">Undefined on these rows: \(undefined.joined(separator: ", ")).</p>"
    return "\(table.markup())\(note)"
  }

  private static func isMetric(_ member: JSON.Member) -> Bool {
    member.value.number != nil || member.value.isNull && Metric.named(member.name) != nil
  }

  private static func text(_ value: JSON) -> String {
    if case .integer(let count) = value.content { return grouped(count) }
    guard let number = value.number else { return "n/a" }
    return fixed(number, 4)
  }

  /// The measures of the guard with their tolerances, and the classes that were forgotten.
  var measures: Markup? {
    guard let measures = run.ledger?["measures"]?.members, !measures.isEmpty else { return nil }
    var table = HTMLTable([("measure", .text), ("value", .number), ("tolerance", .number)])
    for measure in measures {
      let tolerance = run.ledger?["tolerances"]?[measure.name]
      table.add([measure.name, Self.short(measure.value, else: "n/a"), Self.short(tolerance)])
    }
    let forgotten = run.ledger?["forgotten_classes"]?.array ?? []
    if forgotten.isEmpty { return table.markup() }
    var classes = HTMLTable([("forgotten class", .text), ("highest recall", .number), ("recall", .number)])
    for loss in forgotten {
      classes.add([loss["class"]?.string ?? "", fixed(loss["best_recall"]?.number, 3), fixed(loss["recall"]?.number, 3)])
    }
    return "<div class=\"pair\"><div>\(table.markup())</div><div>\(classes.markup())</div></div>"
  }

  /// The results of the runs of an experiment.
  var parts: Markup? {
    if run.parts.isEmpty { return nil }
    let names = (run.detailed?.metrics.members ?? []).filter { $0.value.number != nil }.prefix(4).map(\.name)
    let split = run.detailed?.split ?? "validation"
    var table = HTMLTable(
      [("run", .text), ("state", .text), ("steps", .number), ("best step", .number)] + names.map { ("\(split) \($0)", .number) })
    for part in run.parts {
      let metrics = part.evaluations.first { $0.split == split }?.metrics
      let best = part.results?["best_step"]?.integer ?? part.best.map { Int($0.step) }
      table.add(
        [part.name, part.state, part.steps.map(grouped) ?? "", best.map(grouped) ?? ""]
          + names.map { metrics?[$0].map(Self.text) ?? "" })
    }
    return table.markup()
  }

  /// Warnings and expectations.
  var warnings: Markup? {
    let results = ([run] + run.parts).compactMap { run in run.results.map { (run.name, $0) } }
    let warnings = results.flatMap { name, results in
      (results["warnings"]?.array ?? []).map { (name, $0["code"]?.string ?? "", $0["message"]?.string ?? "") }
    }
    let checks = (run.results ?? run.summary)?["expect"]?.array ?? []
    if warnings.isEmpty, checks.isEmpty { return nil }
    let list: [Markup] = warnings.prefix(30).map { name, code, text in
      "<p><b>\(code)</b> \(run.parts.isEmpty ? "" : name + ": ")\(text)</p>"
    }
    if checks.isEmpty { return "\(list)" }
    var table = HTMLTable([("expected", .text), ("at least", .number), ("at most", .number), ("found", .number), ("", .text)])
    for check in checks {
      func number(_ name: String) -> Markup { Markup(text: Self.short(check[name])) }
      let met: Markup = check["met"]?.bool == true ? "met" : "<b>missed</b>"
      table.add([Markup(text: check["metric"]?.string ?? ""), number("min"), number("max"), number("value"), met])
    }
    return "\(list)\(table.markup())"
  }

  /// The texts that the model generated at the last evaluation.
  var samples: Markup? {
    guard let line = run.metrics?.lastLine, let json = try? JSON.parse(line, path: run.path), let samples = json["samples"]?.array,
      !samples.isEmpty
    else { return nil }
    let blocks: [Markup] = samples.prefix(8).map { sample in
      let text = sample["text"]?.string ?? ""
      return "<pre><b>\(sample["prompt"]?.string ?? "")</b>\(text.count > 2000 ? text.prefix(2000) + "…" : text)</pre>"
    }
    return "\(blocks)"
  }

  /// The circumstances.
  var environment: Markup? {
    guard let members = run.manifest?.members ?? run.parts.first?.manifest?.members else { return nil }
    var table = HTMLTable([("", .text), ("", .prose)])
    for member in members where !member.value.isNull && member.value.array?.isEmpty != true {
      table.add([member.name.replacing("_", with: " "), Self.words(member.value, member.name)])
    }
    return table.markup()
  }

  /// A value as a text: command lines with spaces, objects with commas.
  private static func words(_ value: JSON, _ name: String) -> String {
    if let values = value.array {
      let isFlat = values.allSatisfy { $0.members == nil }
      let shown = values.prefix(40).map { words($0, name) }.joined(separator: isFlat && name == "arguments" ? " " : "; ")
      return shown + (values.count > 40 ? "; and \(grouped(values.count - 40)) more" : "")
    }
    if let members = value.members { return members.map { "\($0.name) \(words($0.value, $0.name))" }.joined(separator: ", ") }
    return value.string ?? value.serialized()
  }
}
