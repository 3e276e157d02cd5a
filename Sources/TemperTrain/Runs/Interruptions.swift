import CTemperSupport

/// An evaluation that was given up because the run was told to stop.
struct EvaluationInterrupted: Error {}

/// How the process takes the first SIGINT or SIGTERM, where the program catches them.
public enum Interruptions {
  /// Says whether nothing is under way that has to be finished: the process then ends at a signal, or now if one has come. Otherwise the signal is
  /// noted, for ``Runner/Options/isInterrupted``.
  public static func mayEndAtOnce(_ may: Bool) { temper_may_end_at_once(may) }
}
