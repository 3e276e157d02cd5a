import CTemperSupport

/// How the process takes the first SIGINT or SIGTERM, where the program catches them.
public enum Interruptions {
  /// Says whether nothing is under way that has to be finished: the process then ends at a signal, or now if one has come. Otherwise the signal is
  /// noted, for ``Runner/Options/isInterrupted``.
  public static func mayEndAtOnce(_ may: Bool) { temper_may_end_at_once(may) }
}
