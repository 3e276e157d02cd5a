import TemperCore
import TemperFiles

/// The tokens of a text, document by document: two bytes each where the vocabulary fits, else four.
public struct TokenStore: Sendable {
  /// The size of the vocabulary.
  public let vocabularySize: Int
  /// The number of tokens.
  public let count: Int
  /// The start of each document, in order; everything up to the next, including an end-of-text token, belongs to it.
  public let documentStarts: [Int]

  let memory: StableBytes
  /// The start of the tokens in `memory`.
  let offset: Int

  /// Wraps memory with tokens from `offset` on.
  init(_ memory: StableBytes, offset: Int, count: Int, documentStarts: [Int], vocabularySize: Int) {
    (self.memory, self.offset, self.count) = (memory, offset, count)
    (self.documentStarts, self.vocabularySize) = (documentStarts, vocabularySize)
  }

  /// A store of `tokens`, all in 0..<`vocabularySize`; documents begin at `documentStarts`.
  public init(_ tokens: [Int32], documentStarts: [Int] = [0], vocabularySize: Int) {
    var writer = TokenWriter(vocabularySize: vocabularySize)
    writer.append(tokens)
    self.init(writer.moved(), offset: 0, count: tokens.count, documentStarts: documentStarts, vocabularySize: vocabularySize)
  }

  /// The size of a token in bytes.
  static func width(vocabularySize: Int) -> Int { vocabularySize <= 1 << 16 ? 2 : 4 }

  /// Copies the tokens at `range` to `target`.
  @inline(__always)
  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Int32>) {
    require(range.lowerBound >= 0 && range.upperBound <= count, "TokenStore: tokens \(range) of \(count)")
    guard let base = memory.buffer.baseAddress else { return }
    let start = UnsafeRawPointer(base) + offset
    let length = range.count
    if Self.width(vocabularySize: vocabularySize) == 2 {
      let from = start.assumingMemoryBound(to: UInt16.self) + range.lowerBound
      for i in 0..<length { target[i] = Int32(from[i]) }
    } else {
      target.update(from: start.assumingMemoryBound(to: Int32.self) + range.lowerBound, count: length)
    }
  }

  /// The tokens at `range`.
  public subscript(range: Range<Int>) -> [Int32] {
    Array(filling: range.count) { copy(range, to: $0) }
  }

  /// The position of the first token with an id of at least `limit`; nil where there is none.
  public func firstIndex(notBelow limit: Int) -> Int? {
    for start in stride(from: 0, to: count, by: 1 << 16) {
      let part = self[start..<min(count, start + 1 << 16)]
      if let index = part.firstIndex(where: { Int($0) >= limit }) { return start + index }
    }
    return nil
  }

  /// All tokens.
  public var tokens: [Int32] { self[0..<count] }
}

/// Appends tokens to its own memory.
struct TokenWriter {
  private let width: Int
  private let vocabularySize: Int
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var byteCount = 0
  /// The number of tokens.
  var count: Int { byteCount / width }

  init(vocabularySize: Int, tokens: Int = 0) {
    (width, self.vocabularySize) = (TokenStore.width(vocabularySize: vocabularySize), vocabularySize)
    capacity = max(64, tokens * width)
    memory = .allocate(capacity: capacity)
  }

  mutating func append(_ tokens: [Int32]) {
    reserve(tokens.count * width)
    let to = UnsafeMutableRawPointer(memory) + byteCount
    let limit = UInt32(vocabularySize)
    tokens.withUnsafeBufferPointer { tokens in
      if width == 2 {
        let to = to.assumingMemoryBound(to: UInt16.self)
        for i in 0..<tokens.count { to[i] = UInt16(truncatingIfNeeded: tokens[i]) }
      } else {
        let to = to.assumingMemoryBound(to: Int32.self)
        for i in 0..<tokens.count { to[i] = tokens[i] }
      }
      var greatest: UInt32 = 0
      for token in tokens { greatest = max(greatest, UInt32(bitPattern: token)) }
      require(tokens.isEmpty || greatest < limit, "TokenStore: a token is \(Int32(bitPattern: greatest)) in a vocabulary of \(limit)")
    }
    byteCount += tokens.count * width
  }

  /// Appends the output of another writer with the same vocabulary.
  mutating func append(_ other: StableBytes) {
    reserve(other.buffer.count)
    if let from = other.buffer.baseAddress { (memory + byteCount).update(from: from, count: other.buffer.count) }
    byteCount += other.buffer.count
  }

  private mutating func reserve(_ more: Int) {
    let needed = byteCount + more
    if needed <= capacity { return }
    let larger = max(needed, 2 * capacity)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: memory, count: byteCount)
    memory.deallocate()
    (memory, capacity) = (moved, larger)
  }

  /// The output, in the writer's own memory: the writer must not be used any more.
  func moved() -> StableBytes { StableBytes(owning: memory, count: byteCount) }
}
