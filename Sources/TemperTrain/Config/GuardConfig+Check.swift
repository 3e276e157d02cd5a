import TemperData
import TemperGuard
import TemperJSON
import TemperTables

extension GuardConfig {
  /// Throws if a tolerance bounds what the task of `file` cannot measure: it would never be exceeded.
  func check(_ facts: TaskFacts, _ file: ConfigFile) throws(Diagnostics) {
    for measure in BurnInMeasure.allCases where tolerances[measure] != nil {
      guard let reason = reason(against: measure, facts, file.config.task) else { continue }
      throw file.mistake("guard.tolerances.\(measure.rawValue)", "cannot be measured: \(reason)")
    }
  }

  private func reason(against measure: BurnInMeasure, _ facts: TaskFacts, _ task: TaskDefinition) -> String? {
    switch measure {
    case .deadUnits: return facts.units.isEmpty ? "the model has no hidden units that die; remove it" : nil
    case .calibrationError where !task.metrics.contains(measure.rawValue): return "the task \(task.name) has no ece; remove it"
    case .forgetting where task.target != .classes && task.target != .labels: return "the task \(task.name) has no classes; remove it"
    default: return facts.has(.validation) ? nil : "there are no validation rows; set data.split.validation, or remove it"
    }
  }
}
