/// Lets every trial run to its end.
public struct NoPruner: Pruner {
  /// A pruner that never prunes.
  public init() {}

  /// Always false.
  public func isHopeless(_ trial: Trial, among others: [Trial]) -> Bool { false }
}
