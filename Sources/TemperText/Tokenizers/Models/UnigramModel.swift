/// A unigram language model (Kudo, 2018): every piece has a score, and a word is split into the pieces with the highest total score.
///
/// As in `tokenizers`: of two segmentations with the same score the one whose last piece is longer is used; a character that is not a piece
/// scores ten less than the worst piece; consecutive unknown characters become one token, or the tokens of their bytes.
struct UnigramModel: Sendable {
  let vocabulary: Vocabulary
  /// The scores by id.
  let scores: [Double]
  /// The unknown token; nil where every text must consist of pieces.
  let unknown: Int32?
  let byteFallback: Bool
  private let trie: PieceTrie
  private let unknownScore: Double
  /// The tokens `<0x00>` to `<0xFF>`, -1 for missing ones.
  private let byteIDs: [Int32]

  /// `scores` has one for each id of `vocabulary`.
  init(vocabulary: Vocabulary, scores: [Double], unknown: Int32?, byteFallback: Bool) {
    (self.vocabulary, self.scores, self.unknown, self.byteFallback) = (vocabulary, scores, unknown, byteFallback)
    trie = PieceTrie(vocabulary)
    unknownScore = (scores.min() ?? 0) - 10
    byteIDs = byteFallback ? (0..<256).map { vocabulary.id(of: BytePairModel.fallbackToken(UInt8($0))) ?? -1 } : []
  }

  func encode(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ scratch: EncoderScratch) {
    guard word.count > 0 else { return }
    guard word.count <= WordCache.longestWord else {
      // Memory for a text that is a single huge word is not kept.
      return cut(word, into: ids, word.count > 1 << 20 ? Lattice() : scratch.lattice)
    }
    let key = WordCache.key(word)
    if scratch.cache.find(word, key, into: ids) { return }
    let start = ids.count
    cut(word, into: ids, scratch.lattice)
    scratch.cache.insert(word, key, ids.suffix(from: start))
  }

  private func cut(_ word: UnsafeBufferPointer<UInt8>, into ids: TokenSink, _ lattice: Lattice) {
    findBestWay(through: word, lattice)
    let ends = lattice.ends(word.count)
    var (start, firstUnknown) = (0, 0)
    for end in ends {
      let id = lattice.nodes[Int(end)].id
      if id != Lattice.unknown, id != unknown {
        appendUnknown(word, firstUnknown..<start, to: ids)
        ids.append(id)
        firstUnknown = Int(end)
      }
      start = Int(end)
    }
    appendUnknown(word, firstUnknown..<start, to: ids)
  }

  /// The tokens of consecutive unknown characters.
  private func appendUnknown(_ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to ids: TokenSink) {
    guard let unknown, !range.isEmpty else { return }
    let text = UnsafeBufferPointer(rebasing: word[range])
    if let id = vocabulary.id(of: text) { return ids.append(id) }
    guard byteFallback, text.allSatisfy({ byteIDs[Int($0)] >= 0 }) else { return ids.append(unknown) }
    for byte in text { ids.append(byteIDs[Int(byte)]) }
  }

  /// Fills `lattice` with the best piece that ends at each position of `word`. Returns the first position of a character treated as
  /// unknown, or -1.
  @discardableResult
  private func findBestWay(through word: UnsafeBufferPointer<UInt8>, _ lattice: Lattice) -> Int {
    let nodes = lattice.start(word.count)
    var firstUnknown = -1
    trie.units.withUnsafeBufferPointer { units in
      scores.withUnsafeBufferPointer { scores in
        var start = 0
        while start < word.count {
          let score = nodes[start].score
          let single = start + UTF8Scan.length(word, at: start)
          var hasSingle = false
          var (state, place) = (0, start)
          while place < word.count {
            let next = Int(units[state].base) + Int(word[place])
            guard Int(units[next].parent) == state else { break }
            (state, place) = (next, place + 1)
            let id = units[state].id
            guard id >= 0 else { continue }
            let sum = scores[Int(id)] + score
            if nodes[place].start < 0 || sum > nodes[place].score { nodes[place] = Lattice.Node(score: sum, start: Int32(start), id: id) }
            if place == single { hasSingle = true }
          }
          if !hasSingle {
            let sum = unknownScore + score
            if nodes[single].start < 0 || sum > nodes[single].score {
              nodes[single] = Lattice.Node(score: sum, start: Int32(start), id: Lattice.unknown)
              if firstUnknown < 0 { firstUnknown = start }
            }
          }
          start = single
        }
      }
    }
    return firstUnknown
  }

  /// Whether there may be characters that this model drops.
  var canDropText: Bool { unknown == nil }

  /// The first character treated as unknown.
  func firstUnknown(in word: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    let start = findBestWay(through: word, Lattice())
    return start < 0 ? nil : start..<start + UTF8Scan.length(word, at: start)
  }
}

/// The best segmentation up to each position of a word.
final class Lattice {
  struct Node {
    var score: Double
    /// The start of the last piece; -1 where there is no segmentation.
    var start: Int32
    var id: Int32
  }

  /// The id of a character that is not a piece.
  static let unknown: Int32 = -1

  private(set) var nodes: UnsafeMutablePointer<Node> = .allocate(capacity: 128)
  private var capacity = 128
  private var places: [Int32] = []

  deinit { nodes.deallocate() }

  /// Resets the lattice, with room for a word of `count` bytes.
  @inline(__always)
  func start(_ count: Int) -> UnsafeMutablePointer<Node> {
    if count >= capacity { grow(count + 1) }
    nodes.initialize(repeating: Node(score: 0, start: -1, id: Self.unknown), count: count + 1)
    return nodes
  }

  /// The ends of the pieces in the best segmentation of a word of `count` bytes, in order.
  func ends(_ count: Int) -> ReversedCollection<[Int32]> {
    places.removeAll(keepingCapacity: true)
    var end = Int32(count)
    while end > 0 {
      places.append(end)
      end = nodes[Int(end)].start
    }
    return places.reversed()
  }

  private func grow(_ count: Int) {
    nodes.deallocate()
    capacity = max(count, 2 * capacity)
    nodes = .allocate(capacity: capacity)
  }
}
