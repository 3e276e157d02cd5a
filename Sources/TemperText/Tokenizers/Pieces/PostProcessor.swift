/// Adds special tokens around the ids of a text.
indirect enum PostProcessor: Sendable, Equatable {
  /// An element of a template: a text, or tokens.
  enum Piece: Sendable, Equatable {
    /// The first text (`A`) or the second (`B`).
    case text(isSecond: Bool, type: Int)
    case special(String, type: Int)
  }

  /// A special token of a template: its ids, and the text of each.
  struct Special: Sendable, Equatable {
    var name: String
    var ids: [Int32]
    var tokens: [String]
  }

  case sequence([PostProcessor])
  /// For a single text, and for a pair.
  case template(single: [Piece], pair: [Piece], specials: [Special])
  case bert(separator: Special, classification: Special)
  case roberta(separator: Special, classification: Special, trimsOffsets: Bool, addsPrefixSpace: Bool)
  /// Only changes offsets, which are not tracked here.
  case byteLevel(addsPrefixSpace: Bool, trimsOffsets: Bool, splits: Bool)

  /// Every id that may be added around a text.
  var ids: [Int32] {
    switch self {
    case .sequence(let parts): parts.flatMap(\.ids)
    case .template(_, _, let specials): specials.flatMap(\.ids)
    case .bert(let separator, let classification), .roberta(let separator, let classification, _, _): separator.ids + classification.ids
    case .byteLevel: []
    }
  }

  /// `ids` of a text to be continued, with the tokens before it, but not those after it.
  func begin(_ ids: [Int32]) -> [Int32] {
    switch self {
    case .sequence(let parts): return parts.reduce(ids) { $1.begin($0) }
    case .template(let single, _, let specials):
      let isText = { (piece: Piece) in if case .text = piece { true } else { false } }
      let opening = single[..<((single.lastIndex(where: isText) ?? -1) + 1)]
      return PostProcessor.template(single: Array(opening), pair: [], specials: specials).process(ids)
    case .bert(_, let classification), .roberta(_, let classification, _, _): return classification.ids + ids
    case .byteLevel: return ids
    }
  }

  /// `ids` of a single text with the tokens around them.
  func process(_ ids: [Int32]) -> [Int32] {
    switch self {
    case .sequence(let parts): return parts.reduce(ids) { $1.process($0) }
    case .template(let single, _, let specials):
      return single.flatMap { piece in
        switch piece {
        case .text: ids
        case .special(let name, _): specials.first { $0.name == name }?.ids ?? []
        }
      }
    case .bert(let separator, let classification), .roberta(let separator, let classification, _, _):
      return classification.ids + ids + separator.ids
    case .byteLevel: return ids
    }
  }
}
