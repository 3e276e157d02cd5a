extension Array {
  /// `count` elements, all of which `body` initializes.
  ///
  /// An empty array is not made by the standard library's initializer, which writes to the storage that all empty arrays share: a data race, though
  /// what it writes is there already.
  @inlinable
  package init(filling count: Int, _ body: (_ elements: UnsafeMutablePointer<Element>) -> Void) {
    guard count > 0 else {
      self = []
      return
    }
    self.init(unsafeUninitializedCapacity: count) { buffer, filled in
      if let base = buffer.baseAddress { body(base) }
      filled = count
    }
  }
}
