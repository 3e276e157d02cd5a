/// The name among `names` that a user who wrote `word` most likely meant, nil if none is close.
///
/// Case, `_` and `-` are ignored; of the other letters one in three may be wrong, three at most.
package func suggestion(for word: String, among names: [String]) -> String? {
  let plain = folded(word)
  var best: (name: String, distance: Int)?
  for name in names {
    let candidate = folded(name)
    let limit = min(3, max(plain.count, candidate.count) / 3)
    // Longer words than any key are not worth the quadratic time.
    guard abs(plain.count - candidate.count) <= limit else { continue }
    let distance = editDistance(plain, candidate)
    if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
  }
  return best?.name
}

/// `Did you mean "gelu"?` with a space before it, or nothing.
func didYouMean(_ word: String, among names: [String]) -> String {
  suggestion(for: word, among: names).map { " Did you mean \($0.quoted)?" } ?? ""
}

private func folded(_ word: String) -> [UInt8] {
  word.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make `a` into `b`
/// (Damerau-Levenshtein, each place edited once).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
