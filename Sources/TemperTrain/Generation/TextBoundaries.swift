import TemperNN
import TemperText

/// The tokens that a text begins and ends with for one model.
struct TextBoundaries: Sendable {
  /// What an empty prompt begins with; nil where there is no such token.
  let beginning: Int32?
  /// Each of these ends a text.
  let ends: Set<Int32>

  /// The ids that `generation`, else `config` names, as in `transformers`; where neither names any, the tokens of `tokenizer` with the usual
  /// names. Ids that are not below `vocabulary` are none of the model's.
  init(_ tokenizer: Tokenizer, vocabulary: Int, _ config: SpecialTokenIDs? = nil, generation: SpecialTokenIDs? = nil) {
    let named = tokenizer.specialTokens
    func own(_ ids: [Int]?) -> [Int32] { (ids ?? []).filter { (0..<vocabulary).contains($0) }.compactMap(Int32.init(exactly:)) }
    let configured = [generation?.ends, config?.ends].lazy.compactMap { $0 }.first { !$0.isEmpty }
    ends = Set(configured.map { own($0) } ?? own(named.end.map { [Int($0)] }))
    let first = [generation?.beginning, config?.beginning, named.beginning.map(Int.init), named.end.map(Int.init)].compactMap { $0 }
    beginning = own(first).first
  }
}
