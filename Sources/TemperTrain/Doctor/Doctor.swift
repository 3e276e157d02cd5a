import TemperCore
import TemperJSON

/// A preflight: examines a config and its data before they cost a training.
public enum Doctor {
  /// All checks, in the order in which they are run: those of the data first.
  public static let checks: [any DoctorCheck.Type] = [
    WarningCheck.self, LabelCheck.self, OverlapCheck.self, DuplicateCheck.self, ConflictCheck.self, NearDuplicateCheck.self,
    SharedTextCheck.self, ColumnCheck.self, LabelCopyCheck.self, DriftCheck.self, OutlierCheck.self, InitialLossCheck.self,
    DivergenceCheck.self, OverfitCheck.self, ShuffledLabelCheck.self, AccumulationCheck.self, CostCheck.self,
  ]

  /// Examines `file` by `checks`. Reading the data takes as long as it takes; the checks share what is left of `seconds` after it, and say
  /// what they did not finish. Throws all errors in the config and the data that would keep a run from starting.
  public static func examine(
    _ file: ConfigFile, seconds: Double, checks: [any DoctorCheck.Type] = Doctor.checks
  ) throws(Diagnostics) -> DoctorReport {
    let start = ContinuousClock.now
    // The rest is for the step or the batch during which the time ends.
    let time = Deadline(seconds: 0.85 * seconds)
    return try Engine.withThreads(file.config.threads ?? Machine.processors) { () throws(Diagnostics) in
      let subject = try DoctorSubject(file)
      var entries: [DoctorReport.Entry] = []
      for (index, check) in checks.enumerated() {
        // What a check leaves over is for the others.
        let result = try check.run(subject, time.part(of: max(1, (checks.count - index + 1) / 2)))
        entries.append(DoctorReport.Entry(name: check.name, doc: check.doc, result: result))
      }
      return DoctorReport(entries: entries, seconds: (ContinuousClock.now - start) / .seconds(1))
    }
  }
}
