/// Finds texts that are nearly the same: that have most of their sequences of three words in common, whatever their case and punctuation.
///
/// Each text is reduced to the smallest hashes of its word sequences under several hash functions (MinHash; Broder 1997). Texts with equal
/// ones in a band of them are compared sequence by sequence, so that time grows with the number of texts and not of pairs.
package struct SimilarTexts {
  /// Two texts by their indices, and the fraction of their word sequences that both have.
  package struct Pair: Equatable {
    package let (first, second): (Int, Int)
    package let likeness: Double

    package static func == (a: Pair, b: Pair) -> Bool { a.first == b.first && a.second == b.second && a.likeness == b.likeness }
  }

  /// The pairs found, each second text once.
  package private(set) var pairs: [Pair] = []
  /// The number of texts that were compared; fewer than there are if the time was over.
  package private(set) var compared = 0

  /// The number of words in a sequence; of bands; of hash functions in a band; and of the candidates compared with a text.
  private static let (words, bands, rowsPerBand, mostCandidates) = (3, 8, 3, 20)

  /// Compares `texts` in order until `isOver`. Texts that have at least the fraction `likeness` of their word sequences in common are similar.
  package init(_ texts: some Sequence<[UInt8]>, likeness: Double, unless isOver: () -> Bool) {
    var shingles: [Set<UInt64>] = []
    var buckets: [UInt64: [Int]] = [:]
    for text in texts {
      if isOver() { break }
      let (own, index) = (Self.shingles(text), shingles.count)
      shingles.append(own)
      compared += 1
      if own.isEmpty { continue }
      let bands = Self.bands(own)
      var candidates: [Int] = []
      for band in bands {
        for other in buckets[band] ?? [] where candidates.count < Self.mostCandidates && !candidates.contains(other) {
          candidates.append(other)
        }
      }
      for other in candidates.sorted() {
        let common = own.intersection(shingles[other]).count
        let share = Double(common) / Double(own.count + shingles[other].count - common)
        guard share >= likeness else { continue }
        pairs.append(Pair(first: other, second: index, likeness: share))
        break
      }
      for band in bands where (buckets[band]?.count ?? 0) < Self.mostCandidates { buckets[band, default: []].append(index) }
    }
  }

  /// The hashes of all sequences of three words; of the whole text, if it has fewer words.
  private static func shingles(_ text: [UInt8]) -> Set<UInt64> {
    let hashes = wordHashes(text)
    if hashes.isEmpty { return [] }
    let count = max(1, hashes.count - words + 1)
    return Set((0..<count).map { start in hashes[start..<min(hashes.count, start + words)].reduce(0) { mix($0 &* 31 &+ $1) } })
  }

  /// The hash of each word: ASCII letters in lower case, digits, and all characters that are not ASCII.
  static func wordHashes(_ text: [UInt8]) -> [UInt64] {
    var hashes: [UInt64] = []
    var hash: UInt64?
    for byte in text {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: hash = step(hash, byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): hash = step(hash, byte | 0x20)
      default:
        if let word = hash { hashes.append(word) }
        hash = nil
      }
    }
    if let word = hash { hashes.append(word) }
    return hashes
  }

  /// FNV-1a.
  private static func step(_ hash: UInt64?, _ byte: UInt8) -> UInt64 { ((hash ?? 0xCBF2_9CE4_8422_2325) ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// The finalizer of SplitMix64.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// A hash of the smallest hashes in each band.
  private static func bands(_ shingles: Set<UInt64>) -> [UInt64] {
    (0..<bands).map { band in
      (0..<rowsPerBand).reduce(UInt64(band)) { hash, row in
        let salt = mix(UInt64(band * rowsPerBand + row))
        return mix(hash ^ (shingles.lazy.map { mix($0 ^ salt) }.min() ?? 0))
      }
    }
  }
}
