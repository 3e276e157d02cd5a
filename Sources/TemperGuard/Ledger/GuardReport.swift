import TemperJSON
import TemperNN

/// What a run was like when it ended: signs of burn-in, in figures and in words.
public struct GuardReport: Sendable {
  /// What is known at the end besides the ledger.
  public struct Ending: Sendable {
    /// Steps taken.
    public var steps: Int
    /// The step of the reported weights.
    public var reportedStep: Int
    /// The loss of the reported model on the training and on the validation rows.
    public var (trainLoss, validationLoss): (Double?, Double?)
    /// The number of validation rows, or of what the task counts.
    public var validationRows: Int
    /// The expected calibration error of the reported model on the validation rows; nil where it has none.
    public var calibrationError: Double?
    /// The temperature that would calibrate the model, and the calibration error it would leave; nil where none is known, and where the model is
    /// calibrated already.
    public var remedy: (temperature: Double, calibrationError: Double)?
    /// The numbers of dead and of all hidden units.
    public var (deadUnits, hiddenUnits): (Int, Int)

    /// Creates an ending.
    public init(
      steps: Int, reportedStep: Int, trainLoss: Double?, validationLoss: Double?, validationRows: Int, calibrationError: Double?,
      remedy: (temperature: Double, calibrationError: Double)? = nil, deadUnits: Int, hiddenUnits: Int
    ) {
      (self.steps, self.reportedStep, self.trainLoss, self.validationLoss) = (steps, reportedStep, trainLoss, validationLoss)
      (self.calibrationError, self.deadUnits, self.hiddenUnits) = (calibrationError, deadUnits, hiddenUnits)
      (self.validationRows, self.remedy) = (validationRows, remedy)
    }
  }

  private let ledger: Ledger
  private let ending: Ending
  private let config: GuardConfig

  /// The report of a run that ended with `ending`.
  public init(_ ledger: Ledger, _ ending: Ending, _ config: GuardConfig) {
    (self.ledger, self.ending, self.config) = (ledger, ending, config)
  }

  /// The value of a measure; nil where the run has none.
  public func value(of measure: BurnInMeasure) -> Double? {
    switch measure {
    case .wastedShare:
      ledger.best == nil || ending.steps == 0 ? nil : Double(wastedSteps) / Double(ending.steps)
    case .decline: ledger.decline
    case .gap: GapController.gap(training: ending.trainLoss, validation: ending.validationLoss)
    case .calibrationError: ending.calibrationError
    case .forgetting: ledger.memory.forgetting
    case .deadUnits: ending.hiddenUnits == 0 ? nil : Double(ending.deadUnits) / Double(ending.hiddenUnits)
    }
  }

  /// The steps after the best evaluation.
  private var wastedSteps: Int { ledger.best.map { max(0, ending.steps - $0.step) } ?? 0 }

  /// The tolerances that are exceeded, a sentence each, and those whose measure the run turned out not to have: a gate must not open because of that.
  public var breaches: [String] {
    BurnInMeasure.allCases.compactMap { measure in
      guard let most = config.tolerances[measure] else { return nil }
      guard let value = value(of: measure) else {
        return "guard: \(measure.rawValue) could not be measured, so that its tolerance of \(shortNumber(most)) is not met"
      }
      if value <= most { return nil }
      return "guard: \(measure.rawValue) is \(shortNumber(value)), more than the tolerance of \(shortNumber(most))"
    }
  }

  /// Measures from which on a sentence is worth a reader's time. Fewer wasted steps are what patience costs, and a smaller calibration error is not to
  /// be told from chance on a few hundred rows.
  private static let notable: [BurnInMeasure: Double] = [
    .wastedShare: 0.25, .decline: 0.02, .gap: 0.5, .calibrationError: 0.05, .forgetting: 0.1, .deadUnits: 0.1,
  ]

  /// The number of validation rows from which on a measure is more than chance.
  private static let fewestRows = 100

  /// Whether so great a calibration error on so many validation rows is a sign of burn-in.
  public static func isNotable(calibrationError: Double, rows: Int) -> Bool {
    rows >= fewestRows && calibrationError > notable[.calibrationError] ?? 0
  }

  private func isNotable(_ measure: BurnInMeasure) -> Bool {
    (measure == .deadUnits || ending.validationRows >= Self.fewestRows) && value(of: measure) ?? 0 > Self.notable[measure] ?? 0
  }

  /// Whether later steps than the best one were many and made the model worse.
  public var trainedTooLong: String? {
    guard isNotable(.wastedShare), isNotable(.decline), let best = ledger.best, let last = ledger.last, best.step > 0 else {
      return nil
    }
    let longer = 100 * Double(wastedSteps) / Double(best.step)
    return
      "trained \(Int(longer.rounded())) % longer than useful: \(ledger.monitor) was \(shortNumber(best.value)) at step \(best.step) and is "
      + "\(shortNumber(last.value)) at step \(last.step)"
  }

  /// The other signs of burn-in, a clause each.
  public var otherSigns: [String] {
    var signs: [String] = []
    if isNotable(.gap), let train = ending.trainLoss, let validation = ending.validationLoss {
      signs.append(
        "overfitted: the loss is \(shortNumber(train)) on the training rows and \(shortNumber(validation)) on the validation rows")
    }
    if isNotable(.calibrationError), let error = ending.calibrationError {
      let kind = ending.remedy.map { $0.temperature > 1 ? "over-confident" : "under-confident" } ?? "badly calibrated"
      let remedy = ending.remedy.map {
        "; temperature \(shortNumber($0.temperature)) would leave \(shortNumber($0.calibrationError)) (\"calibrate\": true)"
      }
      signs.append(
        "\(kind): confidence and accuracy differ by \(shortNumber(error)) on the validation rows (ece)\(remedy ?? "")")
    }
    if isNotable(.forgetting), let loss = ledger.memory.losses(limit: 1).first {
      signs.append(
        "forgetful: the recall of \(quoted(loss.name)) was \(shortNumber(loss.best)) and is \(shortNumber(loss.last)) at the last evaluation"
      )
    }
    if isNotable(.deadUnits) { signs.append("\(ending.deadUnits) of \(ending.hiddenUnits) hidden units are dead") }
    return signs
  }

  /// Every sign, or that there is none.
  public var verdict: [String] {
    let signs = [trainedTooLong].compactMap { $0 } + otherSigns
    return signs.isEmpty ? ["no sign of burn-in"] : signs
  }

  /// The members of guard.json, besides why the run ended.
  public var members: [(String, JSON)] {
    let point = { (point: (step: Int, value: Double)?) -> JSON in
      point.map { ["step": .integer($0.step), "value": .number($0.value)] } ?? .null
    }
    let measures = BurnInMeasure.allCases.map { ($0.rawValue, JSON.number(value(of: $0))) }
    return [
      ("steps", .integer(ending.steps)), ("reported_step", .integer(ending.reportedStep)),
      ("wasted_steps", .integer(wastedSteps)), ("monitor", .string(ledger.monitor)),
      ("best", point(ledger.best)),
      ("last", point(ledger.last)), ("measures", .object(measures)),
      (
        "remedy",
        ending.remedy.map { ["temperature": .number($0.temperature), "ece": .number($0.calibrationError)] } ?? .null
      ),
      ("tolerances", .object(BurnInMeasure.allCases.map { ($0.rawValue, .number(config.tolerances[$0])) })),
      ("breaches", .array(breaches.map { .string($0) })), ("monitors", .object(ledger.trends.map { ($0.name, $0.trend.json) })),
      (
        "forgotten_classes",
        .array(
          ledger.memory.losses(limit: 10).map { ["class": .string($0.name), "best_recall": .number($0.best), "recall": .number($0.last)] })
      ),
      (
        "changes",
        .array(ledger.changes.map { ["step": .integer($0.step), "number": .string($0.name), "value": .number($0.value)] })
      ), ("change_count", .integer(ledger.changeCount)), ("verdict", .array(verdict.map { .string($0) })),
    ]
  }
}
