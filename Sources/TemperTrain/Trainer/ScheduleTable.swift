import TemperCore
import TemperJSON
import TemperNN

/// A schedule's values over a run, to look at or to plot.
public enum ScheduleTable {
  /// The rows `step,value` of all steps of the run that `file` describes, or of the first `steps`, as CSV. What watches a metric stays at its
  /// first value. They are handed to `write` in pieces, as a run may have a billion steps, until it returns false.
  ///
  /// Data are only read where an epoch's steps matter: for a length or a schedule in epochs. Throws where the config's dropout has no schedule.
  public static func csv(
    _ file: ConfigFile, of number: ScheduledNumber, steps: Int?, to write: (String) -> Bool
  ) throws(Diagnostics) {
    if number == .dropout, let name = file.config.regularization.dropout.nameWithoutSchedule {
      throw Diagnostics(
        .invalidValue, at: .option("--of \(number.rawValue)"),
        "dropout of the type \"\(name)\" has no schedule: its rates are computed from activations or learned. Types that have one: "
          + "constant, early, late, curriculum, gap_controlled.")
    }
    let (numbers, total) = try numbers(file)
    let (all, piece) = (steps ?? total, 10_000)
    for start in stride(from: 0, to: all, by: piece) {
      let rows = scheduleCSV(steps: start..<min(start + piece, all)) { numbers.value(of: number, at: $0) ?? 0 }
      if !write(rows) { return }
    }
  }

  /// The schedules of a run, and how many steps it has.
  private static func numbers(_ file: ConfigFile) throws(Diagnostics) -> (ScheduledNumbers, total: Int) {
    guard case .steps(let total) = file.config.train.length, !file.hasScheduleInEpochs else {
      let trainer = try Workbench(file).trainer
      return (trainer.numbers, trainer.totalSteps)
    }
    // No schedule asks how many steps an epoch has.
    let numbers = ScheduledNumbers(file.config, total: total, stepsPerEpoch: 1)
    try numbers.checkMonitors(file)
    return (numbers, total)
  }
}

extension ConfigFile {
  /// Whether a schedule's places are given in epochs: by a key that ends so, wherever a schedule may stand.
  fileprivate var hasScheduleInEpochs: Bool {
    func names(_ json: JSON) -> Bool {
      (json.members ?? []).contains { member in
        (member.name.hasSuffix("epochs") && !member.value.isNull) || names(member.value)
      } || (json.array ?? []).contains(where: names)
    }
    return ["schedule", "optimizer", "regularization", "loss"].contains { block in resolved[block].map(names) ?? false }
  }
}
