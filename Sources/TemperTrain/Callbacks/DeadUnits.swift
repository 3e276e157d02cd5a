import TemperGuard
import TemperData
import TemperNN

/// Counts hidden units that are dead on all validation rows, or on the training rows if there are none.
final class DeadUnits: Callback {
  static let name = "dead_units"

  private let activity: UnitActivity

  init?(_ run: RunHandle) { activity = UnitActivity(run.units) }

  func hooks(for part: DataSplit, _ run: RunHandle) -> ActivationHooks? {
    part == (run.hasValidation ? .validation : .train) ? activity.hooks : nil
  }

  func atEnd(_ record: inout EndRecord, _ run: RunHandle) { record.units = activity.groups }
}
