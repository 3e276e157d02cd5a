/// Proposes the parameters of the next trial.
///
/// A proposal is a function of the seed, the trial's number and the trials handed to it, and of nothing else: no state is kept between calls, and
/// a process that was started a moment ago proposes the same.
public protocol Sampler: Sendable {
  /// The parameters of trial `number`. `trials` are those before it in the order of their numbers: those that ended have values, those that run
  /// count for samplers that keep away from them. Nil if there is nothing left to try.
  func parameters(of number: Int, after trials: [Trial]) -> [String: Double]?
}
