/// The parts of a regular expression.
indirect enum RegexNode: Sendable, Equatable {
  /// The counts of a repetition, and its backtracking behaviour.
  struct Repetition: Sendable, Equatable {
    /// Which of several counts is tried first; a possessive repetition does not backtrack.
    enum Kind: Sendable { case greedy, lazy, possessive }

    var least: Int
    /// Nil for no limit.
    var most: Int?
    var kind = Kind.greedy
  }

  case set(ScalarSet)
  case sequence([RegexNode])
  case choice([RegexNode])
  case repeated(RegexNode, Repetition)
  /// Matches without consuming anything; inverted where `isNegated`.
  case lookahead(RegexNode, isNegated: Bool)
  /// Does not backtrack once it has matched.
  case atomic(RegexNode)

  /// The minimum number of characters of a match, up to a limit.
  var leastLength: Int {
    switch self {
    case .set: return 1
    case .sequence(let parts): return parts.reduce(0) { min(1000, $0 + $1.leastLength) }
    case .choice(let parts): return parts.map(\.leastLength).min() ?? 0
    case .repeated(let part, let repetition): return min(1000, part.leastLength * min(repetition.least, 1000))
    case .lookahead: return 0
    case .atomic(let part): return part.leastLength
    }
  }
}
