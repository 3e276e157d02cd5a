import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperTables

extension Diagnostic.Code {
  /// A class or label with few rows.
  public static let rareClass = Diagnostic.Code("W0207", "a class has few training rows, or none in a split")
  /// A class that nearly all rows have.
  public static let dominantClass = Diagnostic.Code("W0208", "one class has nearly all training rows")
  /// Unusual values of a regression target.
  public static let unusualTargets = Diagnostic.Code("W0209", "a regression target is nearly constant, or has extreme values")
}

/// Looks at the labels of each split: rare and dominating classes, nearly constant and extreme numbers.
enum LabelCheck: DoctorCheck {
  static let name = "labels"
  static let doc = "rare and dominating classes, nearly constant or extreme numbers"

  /// The number of rows below which a class is rare.
  private static let fewRows = 10
  /// The fraction of rows above which a class dominates, and a number is nearly constant.
  private static let mostShare = 0.9

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let rows = subject.rows, let train = rows.targets(.train) else { return .inapplicable("the data have no labels") }
    let place = rows.target.columns.names.first.flatMap { rows.headerPlace($0) } ?? subject.dataPlace
    switch rows.target {
    case .classes(_, let names): return classes(names, rows, train, place, subject.file.config)
    case .multilabel(let names): return labels(names, train, place)
    case .value(let name, _, _, _): return values(name, rows, train, place)
    }
  }

  private static func classes(
    _ names: [String], _ rows: AuditedRows, _ train: RowTargets, _ place: Place, _ config: RunConfig
  ) -> DoctorCheckResult {
    let counts = train.counts(names.count)
    var findings: [Finding] = []
    if let most = counts.indices.max(by: { counts[$0] < counts[$1] }), share(counts[most], train) > mostShare {
      let isWeighted = config.loss.isBalanced || !config.train.classSampling.isNone
      findings.append(
        Finding(
          isWeighted ? .note : .warning, .dominantClass, at: place,
          "\(quoted(names[most])) is the class of \(counts[most]) of \(train.count) training rows: accuracy says little",
          remedy: isWeighted
            ? "Compare models by macro_f1 or balanced_accuracy."
            : "Set loss.class_weights to \"balanced\", and early_stopping.monitor to \"validation.macro_f1\"."))
    }
    // A single row is W0201.
    let rare = counts.indices.filter { 2..<fewRows ~= counts[$0] }
    if !rare.isEmpty { findings.append(few(rare, names, counts, place)) }
    for split in rows.heldOut {
      let held = rows.targets(split)?.counts(names.count) ?? []
      let absent = held.indices.filter { held[$0] == 0 }
      guard !absent.isEmpty else { continue }
      findings.append(
        Finding(
          .note, .rareClass, at: place,
          "no \(split.rawValue) row has \(absent.count == 1 ? "the class" : "one of the classes") \(listed(absent.map { names[$0] })), so "
            + "metrics say nothing about \(absent.count == 1 ? "it" : "them")",
          remedy: "Hold out more rows, or keep data.split.stratify true."))
    }
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    return DoctorCheckResult(
      findings, summary: "\(counted(train.count, "training row")), \(names.count) classes of \(least == most ? "" : "\(least) to ")\(most)")
  }

  private static func labels(_ names: [String], _ train: RowTargets, _ place: Place) -> DoctorCheckResult {
    let counts = train.counts(names.count)
    let rare = counts.indices.filter { min(counts[$0], train.count - counts[$0]) < fewRows }
    let findings = rare.isEmpty ? [] : [few(rare, names, counts, place)]
    return DoctorCheckResult(findings, summary: "\(counted(train.count, "training row")), \(counted(names.count, "label"))")
  }

  private static func few(_ rare: [Int], _ names: [String], _ counts: [Int], _ place: Place) -> Finding {
    let shown = rare.prefix(5).map { "\(quoted(names[$0])) \(counts[$0])" }.joined(separator: ", ")
    return Finding(
      .warning, .rareClass, at: place,
      "few training rows to learn from: \(shown)\(rare.count > 5 ? " and \(rare.count - 5) more" : "")",
      remedy: "Add rows, merge such classes, or set loss.class_weights to \"balanced\".")
  }

  private static func values(_ name: String, _ rows: AuditedRows, _ train: RowTargets, _ place: Place) -> DoctorCheckResult {
    let values = rows.target.unscaled(train.values)
    var findings: [Finding] = []
    var counts: [Float: Int] = [:]
    for value in train.values { counts[value, default: 0] += 1 }
    if let (value, count) = counts.max(by: { $0.value < $1.value }), share(count, train) > mostShare {
      findings.append(
        Finding(
          .warning, .unusualTargets, at: place,
          "\(quoted(name)) is \(fixed(rows.target.unscaled([value])[0], 4)) in \(count) of \(train.count) training rows",
          remedy: "Predict whether it differs from that with the task classification, or use rows in which it varies."))
    }
    if let outliers = Outliers(values) {
      let shown = outliers.positions.prefix(5).map { "\(rows.name(.init(split: .train, index: $0))): \(fixed(values[$0], 4))" }
      findings.append(
        Finding(
          .warning, .unusualTargets, at: rows.place(.train, outliers.positions[0]) ?? place,
          "\(quoted(name)) is far from its median \(fixed(outliers.median, 4)) in \(counted(outliers.positions.count, "training row")): "
            + shown.joined(separator: ", "),
          remedy: "Correct the values, or set loss.type to \"huber\" or \"mae\", which they influence less."))
    }
    return DoctorCheckResult(
      findings,
      summary: "\(counted(train.count, "training row")), \(quoted(name)) from \(fixed(values.min(), 4)) to \(fixed(values.max(), 4))")
  }

  private static func share(_ count: Int, _ train: RowTargets) -> Double { Double(count) / Double(max(1, train.count)) }
}
