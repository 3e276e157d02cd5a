import Glibc
import TemperCore

extension TokenStore {
  /// How much `other`, a text split off the end of this one, differs from it: the cross-entropy per token, in nats, under the token
  /// frequencies of this text, `others` for `other` and `own` for each tenth of this text, excluded from the counts. Nil for texts too
  /// short to tell.
  public func likeness(to other: TokenStore) -> (others: Double, own: [Double])? {
    let parts = 10
    guard count >= 1000 * parts, other.count >= 1000, other.vocabularySize <= vocabularySize else { return nil }
    var counts: [[Int]] = (0..<parts).map { _ in Array(repeating: 0, count: vocabularySize) }
    for part in 0..<parts { count(part * count / parts..<(part + 1) * count / parts, into: &counts[part]) }
    let all = (0..<vocabularySize).map { token in counts.reduce(0) { $0 + $1[token] } }
    var foreign = Array(repeating: 0, count: vocabularySize)
    other.count(0..<other.count, into: &foreign)
    func cost(_ part: [Int], by known: [Int]) -> Double {
      // Tokens that never occurred count like those that occurred once.
      let total = Double(known.reduce(0, +) + vocabularySize)
      let sum = zip(part, known).reduce(0.0) { $1.0 == 0 ? $0 : $0 - Double($1.0) * log(Double($1.1 + 1) / total) }
      return sum / Double(part.reduce(0, +))
    }
    return (cost(foreign, by: all), counts.map { part in cost(part, by: zip(all, part).map(-)) })
  }

  private func count(_ range: Range<Int>, into counts: inout [Int]) {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 16) {
      for token in self[start..<min(range.upperBound, start + 1 << 16)] { counts[Int(token)] += 1 }
    }
  }
}
