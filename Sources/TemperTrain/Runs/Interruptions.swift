import CTemperSupport

/// How the process handles the first SIGINT or SIGTERM, if the program catches them.
public enum Interruptions {
  /// Sets whether the process may end at once because there is nothing to finish: it then ends at a signal, or now if one has arrived.
  /// Otherwise the signal is recorded for ``Runner/Options/isInterrupted``.
  public static func mayEndAtOnce(_ may: Bool) { temper_may_end_at_once(may) }
}
