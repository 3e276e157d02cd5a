/// A buffer of floats from the pool of the thread that made it; returned when nothing refers to it any more.
final class Storage {
  let pointer: UnsafeMutablePointer<Float>
  private let sizeClass: Int
  /// How to recompute the numbers, for derivatives that would have to keep them: see ``Saved``.
  var recompute: (() -> Tensor)?

  /// Uninitialized memory for `count` floats.
  init(uninitialized count: Int) {
    (pointer, sizeClass) = Engine.current.pool.take(count)
  }

  deinit {
    Engine.current.pool.give(pointer, sizeClass: sizeClass)
  }
}
