/// A 128-bit digest of a row's values: rows with the same values have the same key, others another one, up to a chance that no number of
/// rows makes noticeable. Keys differ from process to process, so they are compared, never stored.
public struct RowKey: Hashable, Sendable {
  private let first: Int
  private let second: Int

  /// The key of `value`.
  package init(_ value: some Hashable) {
    var hasher = RowHasher()
    hasher.add(value)
    self = hasher.key
  }

  fileprivate init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }

  /// The key of this row and `other` together.
  package func joined(with other: RowKey) -> RowKey {
    var hasher = RowHasher()
    hasher.add(self)
    hasher.add(other)
    return hasher.key
  }
}

/// Computes a ``RowKey`` value by value.
package struct RowHasher {
  private var first = Hasher()
  private var second = Hasher()

  package init() { second.combine(true) }

  /// Adds a value.
  package mutating func add(_ value: some Hashable) {
    first.combine(value)
    second.combine(value)
  }

  /// Adds bytes, and their number.
  package mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    first.combine(bytes.count)
    second.combine(bytes.count)
    first.combine(bytes: UnsafeRawBufferPointer(bytes))
    second.combine(bytes: UnsafeRawBufferPointer(bytes))
  }

  /// The key of all values added.
  package var key: RowKey { RowKey(first.finalize(), second.finalize()) }
}
