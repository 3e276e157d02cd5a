/// Learns merges of symbol pairs: always the most frequent pair, and the one with the smaller ids of equally frequent ones.
///
/// After each merge, pair counts are only updated in the words that contain it. A heap has the pairs by count; a pair whose count has
/// fallen since is reinserted with its new count.
struct MergeTrainer {
  private(set) var vocabulary: Vocabulary
  private let prefix: [UInt8]
  private var words: [[Int32]] = []
  private var frequencies: [Int] = []
  /// Each pair ever seen has an index.
  private var numbers: [UInt64: Int] = [:]
  private var counts: [Int] = []
  private var isMerged: [Bool] = []
  /// The words that a pair has occurred in, with repetitions; it may no longer be in some.
  private var places: [[Int32]] = []
  private var heap = CountHeap()

  /// `vocabulary` has the initial symbols; `prefix` begins symbols within a word.
  init(vocabulary: Vocabulary, prefix: String) {
    (self.vocabulary, self.prefix) = (vocabulary, Array(prefix.utf8))
  }

  /// Adds a word that occurs `count` times.
  mutating func add(_ word: [Int32], count: Int) {
    words.append(word)
    frequencies.append(count)
  }

  /// The merges in order; their tokens are then in the vocabulary.
  mutating func train(_ training: TokenizerTraining) -> [(left: Int32, right: Int32, merged: Int32)] {
    for (word, symbols) in words.enumerated() {
      for (left, right) in zip(symbols, symbols.dropFirst()) { change(left, right, by: frequencies[word], word) }
    }
    for (pair, number) in numbers { heap.push(.init(count: counts[number], pair: pair)) }

    var merges: [(left: Int32, right: Int32, merged: Int32)] = []
    while vocabulary.size < training.vocabularySize, var top = heap.pop() {
      let number = numbers[top.pair]!
      if top.count != counts[number] {
        top.count = counts[number]
        if top.count > 0 { heap.push(top) }
        continue
      }
      guard top.count >= max(1, training.minimumFrequency) else { break }
      let (left, right) = (Int32(truncatingIfNeeded: top.pair >> 32), Int32(truncatingIfNeeded: top.pair & 0xFFFF_FFFF))
      let merged = token(left, right)
      // A pair recurs where one of its parts is also made by another pair; its merge is already known then.
      if !isMerged[number] { merges.append((left, right, merged)) }
      isMerged[number] = true
      let touched = places[number]
      (counts[number], places[number]) = (0, [])
      var grown: [UInt64] = []
      for word in Set(touched).sorted() {
        merge(left, right, merged, in: Int(word), &grown)
      }
      grown.sort()
      var previous: UInt64 = .max
      for pair in grown where pair != previous {
        previous = pair
        heap.push(.init(count: counts[numbers[pair]!], pair: pair))
      }
    }
    return merges
  }

  /// The token of a pair; another pair may have made the same.
  private mutating func token(_ left: Int32, _ right: Int32) -> Int32 {
    var tail = vocabulary.bytes(of: right)!
    if tail.starts(with: prefix) { tail.removeFirst(prefix.count) }
    let text = vocabulary.bytes(of: left)! + tail
    if let known = text.withUnsafeBufferPointer({ vocabulary.id(of: $0) }) { return known }
    let id = Int32(vocabulary.size)
    vocabulary.add(text, id: id)
    return id
  }

  private mutating func merge(_ left: Int32, _ right: Int32, _ merged: Int32, in word: Int, _ grown: inout [UInt64]) {
    let frequency = frequencies[word]
    var symbols = words[word]
    words[word] = []
    var (kept, place) = (0, 0)
    while place < symbols.count {
      guard place + 1 < symbols.count, symbols[place] == left, symbols[place + 1] == right else {
        symbols[kept] = symbols[place]
        (kept, place) = (kept + 1, place + 1)
        continue
      }
      if kept > 0 {
        change(symbols[kept - 1], left, by: -frequency, word)
        change(symbols[kept - 1], merged, by: frequency, word)
        grown.append(MergeTable.key(symbols[kept - 1], merged))
      }
      if place + 2 < symbols.count {
        change(right, symbols[place + 2], by: -frequency, word)
        change(merged, symbols[place + 2], by: frequency, word)
        grown.append(MergeTable.key(merged, symbols[place + 2]))
      }
      symbols[kept] = merged
      (kept, place) = (kept + 1, place + 2)
    }
    symbols.removeSubrange(kept...)
    words[word] = symbols
  }

  /// Changes the count of a pair in a word.
  private mutating func change(_ left: Int32, _ right: Int32, by difference: Int, _ word: Int) {
    let pair = MergeTable.key(left, right)
    guard let number = numbers[pair] else {
      numbers[pair] = counts.count
      counts.append(difference)
      isMerged.append(false)
      places.append([Int32(word)])
      return
    }
    // The count of a merged pair starts again: its own occurrences within the merge are removed.
    counts[number] = max(0, counts[number] + difference)
    if difference > 0, places[number].last != Int32(word) { places[number].append(Int32(word)) }
  }
}

/// A heap of pairs, with the most frequent on top, and the smaller of equally frequent ones.
private struct CountHeap {
  struct Entry {
    var count: Int
    var pair: UInt64

    func comes(before other: Entry) -> Bool { count != other.count ? count > other.count : pair < other.pair }
  }

  private var entries: [Entry] = []

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0, entry.comes(before: entries[(child - 1) / 2]) {
      entries[child] = entries[(child - 1) / 2]
      child = (child - 1) / 2
    }
    entries[child] = entry
  }

  mutating func pop() -> Entry? {
    guard let top = entries.first, let last = entries.popLast() else { return nil }
    if entries.isEmpty { return top }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].comes(before: entries[child]) { child += 1 }
      guard entries[child].comes(before: last) else { break }
      entries[place] = entries[child]
      place = child
    }
    entries[place] = last
    return top
  }
}
