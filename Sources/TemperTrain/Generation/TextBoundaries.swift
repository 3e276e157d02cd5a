import TemperNN
import TemperText

/// The tokens with which a text begins and ends for a model.
struct TextBoundaries: Sendable {
  /// The first token of an empty prompt; nil if there is none.
  let beginning: Int32?
  /// The tokens that end a text.
  let ends: Set<Int32>

  /// The ids named in `generation` or else in `config`, as in `transformers`; if neither names any, the tokens of `tokenizer` with the
  /// usual names. Ids not below `vocabulary` are ignored.
  init(_ tokenizer: Tokenizer, vocabulary: Int, _ config: SpecialTokenIDs? = nil, generation: SpecialTokenIDs? = nil) {
    let named = tokenizer.specialTokens
    func own(_ ids: [Int]?) -> [Int32] { (ids ?? []).filter { (0..<vocabulary).contains($0) }.compactMap(Int32.init(exactly:)) }
    let configured = [generation?.ends, config?.ends].lazy.compactMap { $0 }.first { !$0.isEmpty }
    ends = Set(configured.map { own($0) } ?? own(named.end.map { [Int($0)] }))
    let first = [generation?.beginning, config?.beginning, named.beginning.map(Int.init), named.end.map(Int.init)].compactMap { $0 }
    beginning = own(first).first
  }
}
