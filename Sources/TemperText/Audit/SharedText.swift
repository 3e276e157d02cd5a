/// Measures how much of one text also occurs in another: the fraction of its windows of a fixed number of tokens that the other has at any
/// position.
///
/// Windows are compared by rolling hashes. Of a large text only those whose hash is a multiple of some number are compared, in both texts, so that
/// memory stays bounded and equal windows are still found.
package struct SharedText {
  /// The number of windows of the second text that were looked up.
  package private(set) var windows = 0
  /// The number of them that the first text has.
  package private(set) var shared = 0
  /// The position of the first of them.
  package private(set) var firstShared: Int?
  /// Whether all windows were compared; if not, a sample was, or the time was over.
  package private(set) var isComplete = true

  /// The number of windows that are kept.
  private static let mostWindows = 1 << 20
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The fraction of windows that are shared.
  package var share: Double { windows > 0 ? Double(shared) / Double(windows) : 0 }

  /// Looks up the windows of `other`, `length` tokens each, in `text`, until `isOver`.
  package init(of other: TokenStore, in text: TokenStore, length: Int, unless isOver: () -> Bool) {
    let step = UInt64(max(1, max(text.count, other.count) / Self.mostWindows))
    isComplete = step == 1
    var known: Set<UInt64> = []
    known.reserveCapacity(min(text.count, Self.mostWindows))
    let isRead = Self.forEachHash(text, length, unless: isOver) { hash, _ in if hash % step == 0 { known.insert(hash) } }
    var result = (windows: 0, shared: 0, first: Int?.none)
    let isCompared = Self.forEachHash(other, length, unless: isOver) { hash, position in
      guard hash % step == 0 else { return }
      result.windows += 1
      guard known.contains(hash) else { return }
      result.shared += 1
      if result.first == nil { result.first = position }
    }
    (windows, shared, firstShared) = (result.windows, result.shared, result.first)
    if !isRead || !isCompared { isComplete = false }
  }

  /// Calls `body` with the hash and the position of every window of `store`; returns false if `isOver` before the last.
  private static func forEachHash(
    _ store: TokenStore, _ length: Int, unless isOver: () -> Bool, _ body: (UInt64, Int) -> Void
  ) -> Bool {
    guard store.count >= length else { return true }
    // The weight of the token that leaves the window.
    let leaving = (0..<length).reduce(UInt64(1)) { power, _ in power &* factor }
    var hash: UInt64 = 0
    let piece = 1 << 14
    for start in stride(from: 0, to: store.count, by: piece) {
      if isOver() { return false }
      let tokens = store[max(0, start - length)..<min(store.count, start + piece)]
      let first = max(0, start - length)
      for position in start..<min(store.count, start + piece) {
        hash = hash &* factor &+ SimilarTexts.mix(UInt64(tokens[position - first]))
        if position >= length { hash = hash &- leaving &* SimilarTexts.mix(UInt64(tokens[position - length - first])) }
        if position >= length - 1 { body(SimilarTexts.mix(hash), position - length + 1) }
      }
    }
    return true
  }
}
