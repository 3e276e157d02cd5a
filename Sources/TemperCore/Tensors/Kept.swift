/// A tensor as a derivative keeps it until it runs: the numbers, or how to make them again.
///
/// Activations and norms cost little next to the products that read them, so where they are large a pass keeps only what went into them: a
/// transformer's block keeps 10 numbers where it would keep 16. The numbers made again have the same bits.
struct Kept {
  private let offset: Int
  private let storage: Storage?
  private let recipe: (() -> Tensor)?

  fileprivate init(_ x: Tensor) {
    (offset, recipe) = (x.offset, x.storage.recipe)
    storage = recipe == nil ? x.storage : nil
  }

  /// Calls `body` with the numbers, which are there that long.
  func withPointer(_ body: (UnsafePointer<Float>) -> Void) {
    let storage = storage ?? recipe!().storage
    withExtendedLifetime(storage) { body(storage.pointer + offset) }
  }
}

extension Tensor {
  /// What a derivative captures of an input whose elements it needs, unless it needs them anyway.
  var kept: Kept { Kept(self) }

  /// Lets derivatives make this value again by `recipe`, which must not hold on to it, if it is so large that this is better than to keep it.
  func cheap(_ recipe: @escaping () -> Tensor) {
    if isTraced, count >= Self.largeCount { storage.recipe = recipe }
  }

  /// 2 MB: smaller ones lie in a cache.
  private static let largeCount = 1 << 19
}
