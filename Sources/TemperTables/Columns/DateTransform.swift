import Glibc
import TemperData
import TemperJSON
import TemperMetrics

/// Encodes a date as features: the days since the earliest training row, scaled; and, if they vary in the training rows, the month, the
/// weekday and the time of day, each as the sine and cosine of its position in the cycle.
public struct DateTransform: Sendable, Equatable {
  /// A cycle of the calendar.
  public enum Cycle: String, Sendable, CaseIterable {
    /// Twelve steps, January first.
    case month
    /// Seven steps, Monday first.
    case weekday
    /// 24 hours, minutes and seconds included.
    case hour
  }

  /// The date format.
  public var format: DateFormat
  /// The origin: the earliest instant of the training rows, in seconds since 1970.
  public var origin: Double
  /// The scaling of the days since the origin.
  public var scaling: Scaling
  /// The cycles that become features.
  public var cycles: [Cycle]
  /// The fill value for a missing date; nil if missing is an error.
  public var fill: Moment?
  /// Whether a last feature indicates missing dates.
  public var hasIndicator: Bool

  /// Creates a transform from known parts.
  public init(
    format: DateFormat, origin: Double, scaling: Scaling, cycles: [Cycle] = [], fill: Moment? = nil, hasIndicator: Bool = false
  ) {
    (self.format, self.origin, self.scaling, self.cycles) = (format, origin, scaling, cycles)
    (self.fill, self.hasIndicator) = (fill, hasIndicator)
  }

  /// The number of features.
  var width: Int { 1 + 2 * cycles.count + (hasIndicator ? 1 : 0) }

  /// Days since the origin.
  func days(_ moment: Moment) -> Double { (moment.instant - origin) / 86_400 }

  /// The position in a cycle, from 0 to below 1.
  static func phase(_ cycle: Cycle, _ moment: Moment) -> Double {
    let day = Int((moment.clock / 86_400).rounded(.down))
    return switch cycle {
    case .month: Double(Calendar.month(ofDay: day).month) / 12
    case .weekday: Double(Calendar.weekday(ofDay: day)) / 7
    case .hour: (moment.clock - Double(day) * 86_400) / 86_400
    }
  }

  /// The cycles in which `moments` differ; without the weekday if every date is the same day of its month, as in monthly data.
  static func cycles(in moments: [Moment]) -> [Cycle] {
    guard let first = moments.first else { return [] }
    func dayOfMonth(_ moment: Moment) -> Int { Calendar.month(ofDay: Int((moment.clock / 86_400).rounded(.down))).dayOfMonth }
    let day = dayOfMonth(first)
    return Cycle.allCases.filter { cycle in
      let phase = phase(cycle, first)
      return moments.contains { Self.phase(cycle, $0) != phase } && (cycle != .weekday || moments.contains { dayOfMonth($0) != day })
    }
  }

  struct Encoder: FieldEncoder {
    let transform: DateTransform
    let missing: MissingValues

    func encode(_ field: UnsafeBufferPointer<UInt8>, to features: UnsafeMutablePointer<Float>) -> FieldProblem? {
      let moment: Moment
      if missing.contains(field) {
        guard let fill = transform.fill else { return .missing }
        moment = fill
        if transform.hasIndicator { features[transform.width - 1] = 1 }
      } else {
        guard let found = transform.format.moment(field) else { return .notADate(transform.format) }
        moment = found
      }
      features[0] = transform.scaling(transform.days(moment))
      for (index, cycle) in transform.cycles.enumerated() {
        let angle = 2 * Double.pi * DateTransform.phase(cycle, moment)
        features[1 + 2 * index] = Float(sin(angle))
        features[2 + 2 * index] = Float(cos(angle))
      }
      return features[0].isFinite ? nil : .overflow
    }
  }
}

extension ColumnFitting {
  /// Fits a date column.
  mutating func date(_ rules: DateRules) -> DateTransform? {
    let imputation = rules.impute ?? defaults.date
    guard reportMissing(isError: imputation == .error), hasValues() else { return nil }
    let format: DateFormat
    switch rules.format.map(FoundDateFormat.one) ?? profile.slipsAmongDates()?.0 {
    case .one(let found): format = found
    case .eitherOrder(let first, let second):
      unusable(
        "it is ambiguous whether its dates have the month or the day first. Set data.columns[\(quoted(name))] to "
          + "{\"kind\": \"date\", \"format\": \"\(first.text)\"}, or to the format \"\(second.text)\".")
      return nil
    case .none:
      unusable(
        "its values have no common known date format, such as \(quoted(profile.firstText)). Set the format of "
          + "data.columns[\(quoted(name))], such as \"%d.%m.%Y %H:%M\".")
      return nil
    }
    var moments: [Moment] = []
    moments.reserveCapacity(profile.valueRows.count)
    for row in profile.valueRows {
      if let moment = table.withField(row: row, column: column, { format.moment($0) }) {
        moments.append(moment)
      } else {
        findings.add(.notADate(format), table, row, column, kind)
      }
    }
    guard moments.count == profile.valueRows.count, let origin = moments.map(\.instant).min() else { return nil }
    var transform = DateTransform(format: format, origin: origin, scaling: .identity, cycles: DateTransform.cycles(in: moments))
    func middle(_ of: ([Double]) -> Double) -> Moment { Moment(clock: of(moments.map(\.clock)), instant: of(moments.map(\.instant))) }
    switch imputation {
    case .error: break
    case .mean: transform.fill = middle { $0.reduce(0, +) / Double($0.count) }
    case .median: transform.fill = middle { $0.sorted().quantile(0.5) }
    case .mode: transform.fill = middle(Scale.mode)
    }
    var days = moments.map(transform.days)
    if let fill = transform.fill { days += Array(repeating: transform.days(fill), count: profile.missingRows.count) }
    transform.scaling = Scaling(rules.normalize ?? defaults.normalize, of: days)
    transform.hasIndicator = transform.fill != nil && (rules.indicator ?? defaults.indicator) && !profile.missingRows.isEmpty
    return transform
  }
}
