import Glibc

/// A trie of the pieces of a vocabulary, by their bytes.
///
/// A double array (Aoe, 1989): the child of node `n` for byte `b` is at its `base + b`, if the parent there is `n`.
struct PieceTrie: Sendable {
  struct Unit {
    /// The base of the children.
    var base: Int32 = 0
    /// The parent node; -1 for free units and the root.
    var parent: Int32 = -1
    /// The piece that ends here; -1 where none does.
    var id: Int32 = -1
  }

  /// The root is at 0. After every base there is room for any byte.
  private(set) var units: [Unit] = []

  /// The pieces of `vocabulary`, except an empty one.
  init(_ vocabulary: Vocabulary) {
    self.init(Pieces(vocabulary))
  }

  private init(_ pieces: Pieces) {
    var builder = PieceTrieBuilder(pieces)
    builder.build()
    let used = builder.units.lastIndex { $0.parent >= 0 } ?? 0
    units = Array(builder.units[...(used + 256)])
  }
}

/// The bytes of all pieces, concatenated and sorted.
private struct Pieces {
  var bytes: [UInt8] = []
  var entries: [(start: Int, count: Int, id: Int32)] = []

  init(_ vocabulary: Vocabulary) {
    for id in 0..<Int32(vocabulary.size) {
      guard let piece = vocabulary.bytes(of: id), !piece.isEmpty else { continue }
      entries.append((bytes.count, piece.count, id))
      bytes += piece
    }
    bytes.withUnsafeBufferPointer { bytes in
      entries.sort { a, b in
        let order = memcmp(bytes.baseAddress! + a.start, bytes.baseAddress! + b.start, min(a.count, b.count))
        return order == 0 ? (a.count, a.id) < (b.count, b.id) : order < 0
      }
    }
  }
}

private struct PieceTrieBuilder {
  let pieces: Pieces
  var units: [PieceTrie.Unit] = []
  /// For each unit the next that may be free, possibly itself.
  private var nextFree: [Int32] = []
  /// Where the search for several free units begins. It advances when the search takes long.
  private var wideFrom = 1

  init(_ pieces: Pieces) {
    self.pieces = pieces
    grow(to: 512)
    take(0, parent: -1)
  }

  mutating func build() {
    // Nodes whose children have no position yet: the pieces that continue from there, and their depth in bytes.
    var open: [(node: Int, range: Range<Int>, depth: Int)] = [(0, 0..<pieces.entries.count, 0)]
    var children: [(byte: Int, range: Range<Int>)] = []
    while let (node, range, depth) = open.popLast() {
      children.removeAll(keepingCapacity: true)
      for number in range {
        let piece = pieces.entries[number]
        if piece.count == depth {
          // Of equal pieces the last.
          units[node].id = piece.id
          continue
        }
        let byte = Int(pieces.bytes[piece.start + depth])
        if children.last?.byte == byte {
          children[children.count - 1].range = children[children.count - 1].range.lowerBound..<number + 1
        } else {
          children.append((byte, number..<number + 1))
        }
      }
      if children.isEmpty { continue }
      let base = base(for: children.map(\.byte))
      units[node].base = Int32(base)
      for (byte, range) in children {
        take(base + byte, parent: Int32(node))
        open.append((base + byte, range, depth + 1))
      }
    }
  }

  /// A base after which all of `bytes`, in ascending order, are free.
  private mutating func base(for bytes: [Int]) -> Int {
    let isWide = bytes.count > 1
    var tries = 0
    var place = free(from: max(isWide ? wideFrom : 1, bytes[0] + 1))
    while true {
      let base = place - bytes[0]
      grow(to: base + 512)
      if bytes.allSatisfy({ Int(nextFree[base + $0]) == base + $0 }) {
        if tries > 32 { wideFrom = place }
        return base
      }
      tries += 1
      place = free(from: place + 1)
    }
  }

  private mutating func free(from start: Int) -> Int {
    grow(to: start + 512)
    var place = start
    while Int(nextFree[place]) != place {
      // Path halving for later searches.
      nextFree[place] = nextFree[Int(nextFree[place])]
      place = Int(nextFree[place])
      grow(to: place + 512)
    }
    return place
  }

  private mutating func take(_ place: Int, parent: Int32) {
    units[place].parent = parent
    nextFree[place] = Int32(place + 1)
  }

  private mutating func grow(to count: Int) {
    guard count > units.count else { return }
    let count = max(count, units.count * 2)
    nextFree += (units.count..<count).map { Int32($0) }
    units += repeatElement(PieceTrie.Unit(), count: count - units.count)
  }
}
