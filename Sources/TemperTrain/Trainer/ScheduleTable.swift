import TemperCore
import TemperJSON
import TemperNN

/// The values of a schedule over a run, for inspection or plotting.
public enum ScheduleTable {
  /// The rows `step,value` for all steps of the run described by `file`, or for the first `steps`, as CSV. Schedules that monitor a
  /// metric stay at their initial value. The rows are passed to `write` in chunks, because a run may have a billion steps, until it
  /// returns false.
  ///
  /// Data are read only if the number of steps per epoch matters: for a length or a schedule in epochs. Throws if the config's dropout
  /// has no schedule.
  public static func csv(
    _ file: ConfigFile, of number: ScheduledNumber, steps: Int?, to write: (String) -> Bool
  ) throws(Diagnostics) {
    if number == .dropout, let name = file.config.regularization.dropout.nameWithoutSchedule {
      throw Diagnostics(
        .invalidValue, at: .option("--of \(number.rawValue)"),
        "dropout of the type \"\(name)\" has no schedule: its rates are computed from activations or learned. Types with one: "
          + "constant, gaussian, early, late, curriculum, gap_controlled.")
    }
    let (numbers, total) = try numbers(file)
    let (all, piece) = (steps ?? total, 10_000)
    for start in stride(from: 0, to: all, by: piece) {
      let rows = scheduleCSV(steps: start..<min(start + piece, all)) { numbers.value(of: number, at: $0) ?? 0 }
      if !write(rows) { return }
    }
  }

  /// The schedules of a run, and its number of steps.
  private static func numbers(_ file: ConfigFile) throws(Diagnostics) -> (ScheduledNumbers, total: Int) {
    guard case .steps(let total) = file.config.train.length, !file.hasScheduleInEpochs else {
      let trainer = try TrainingSession(file).trainer
      return (trainer.numbers, trainer.totalSteps)
    }
    // No schedule depends on the number of steps per epoch.
    let numbers = ScheduledNumbers(file.config, total: total, stepsPerEpoch: 1)
    try numbers.checkMonitors(file)
    return (numbers, total)
  }
}

extension ConfigFile {
  /// Whether a schedule is given in epochs: by a key with such an ending, in any schedule of the config.
  fileprivate var hasScheduleInEpochs: Bool {
    func names(_ json: JSON) -> Bool {
      (json.members ?? []).contains { member in
        (member.name.hasSuffix("epochs") && !member.value.isNull) || names(member.value)
      } || (json.array ?? []).contains(where: names)
    }
    let blocks = ["schedule", "optimizer", "regularization", "loss"].map { resolved[$0] } + [resolved["train"]?["augment"]]
    return blocks.contains { $0.map(names) ?? false }
  }
}
