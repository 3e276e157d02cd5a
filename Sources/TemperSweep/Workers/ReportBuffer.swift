import TemperJSON
import TemperSearch
import TemperStudies

/// Stores the reports of a trial: each at once where a pruner needs them, otherwise together, since every write waits for the disk.
final class ReportBuffer {
  private let study: Study
  private let trial: Int
  private let isImmediate: Bool
  private var waiting: [Trial.Report] = []

  /// Reports that are kept back at most.
  private static let limit = 64

  init(_ study: Study, _ trial: Int, isImmediate: Bool) {
    (self.study, self.trial, self.isImmediate) = (study, trial, isImmediate)
  }

  func add(_ report: Trial.Report) throws(Diagnostics) {
    waiting.append(report)
    if isImmediate || waiting.count >= Self.limit { try flush() }
  }

  func flush() throws(Diagnostics) {
    if waiting.isEmpty { return }
    try study.report(waiting, of: trial)
    waiting = []
  }
}
