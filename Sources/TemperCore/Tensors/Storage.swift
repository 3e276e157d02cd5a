/// A buffer of floats from the pool of the thread that made it; returned when nobody refers to it any more.
final class Storage {
  let pointer: UnsafeMutablePointer<Float>
  private let sizeClass: Int
  /// How to make the numbers again, for those who would have to keep them: see ``Kept``.
  var recipe: (() -> Tensor)?

  /// Room for `count` floats, not initialised.
  init(uninitialized count: Int) {
    (pointer, sizeClass) = Engine.current.pool.take(count)
  }

  deinit {
    Engine.current.pool.give(pointer, sizeClass: sizeClass)
  }
}
