import TemperData
import TemperFiles
import TemperJSON

/// Repeats what a run warns of before its first step: leaking columns (W0203), lone categories, patience, and so on.
enum WarningCheck: DoctorCheck {
  static let name = "warnings"
  static let doc = "what a run warns of before its first step, such as columns that give the label away"

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    let session = subject.session
    let watches = session.task.facts.has(.validation)
    let patience = watches ? subject.file.config.patienceWarning(stepsPerEpoch: session.trainer.stepsPerEpoch) : nil
    let findings =
      [patience].compactMap { $0 }.map { Finding(.warning, $0, at: subject.place(of: "early_stopping.patience")) }
      + session.task.facts.warnings.map { Finding(.warning, $0, at: subject.dataPlace) }
    return DoctorCheckResult(findings, summary: counted(findings.count, "warning"))
  }
}

extension Finding {
  /// The finding of a warning, which says itself what to do.
  init(_ severity: Severity, _ warning: Warning, at place: Place?) {
    self.init(severity, warning.code, at: place, warning.message, remedy: nil)
  }
}
