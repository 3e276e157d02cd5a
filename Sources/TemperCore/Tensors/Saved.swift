/// A tensor that a derivative keeps until it runs: its numbers, or how to recompute them.
///
/// Activations and norms cost little compared with the products that read them, so if they are large, a pass keeps only their inputs: a
/// transformer block keeps 10 numbers instead of 16. The recomputed numbers have the same bits.
struct Saved {
  private let offset: Int
  private let storage: Storage?
  private let recompute: (() -> Tensor)?

  fileprivate init(_ x: Tensor) {
    (offset, recompute) = (x.offset, x.storage.recompute)
    storage = recompute == nil ? x.storage : nil
  }

  /// Calls `body` with the numbers, which are valid during the call.
  func withPointer(_ body: (UnsafePointer<Float>) -> Void) {
    let storage = storage ?? recompute!().storage
    withExtendedLifetime(storage) { body(storage.pointer + offset) }
  }
}

extension Tensor {
  /// The form in which a derivative captures an input whose elements it needs.
  var saved: Saved { Saved(self) }

  /// Lets derivatives recompute this value by `recompute`, which must not retain it, if it is so large that this is better than keeping it.
  func rematerialize(_ recompute: @escaping () -> Tensor) {
    if isTraced, count >= Self.largeCount { storage.recompute = recompute }
  }

  /// 2 MB: smaller values stay in a cache.
  private static let largeCount = 1 << 19
}
