/// Decides whether a trial that is not promising ends early.
public protocol Pruner: Sendable {
  /// Whether `trial`, whose last report is the newest, ends. `others` are the trials to compare with, in the order of their numbers.
  func isHopeless(_ trial: Trial, among others: [Trial]) -> Bool
}
