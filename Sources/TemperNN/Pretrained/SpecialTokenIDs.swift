import TemperJSON

/// The ids of the tokens for generation and padding, as given by config.json and generation_config.json of `transformers`. Neither the
/// model nor the tokenizer need have these tokens.
public struct SpecialTokenIDs: Sendable, Equatable {
  /// The token at the beginning of a text: `bos_token_id`.
  public var beginning: Int?
  /// The tokens that end a text: `eos_token_id`, a number or a list.
  public var ends: [Int]
  /// The padding token: `pad_token_id`.
  public var padding: Int?

  /// The known tokens.
  public init(beginning: Int? = nil, ends: [Int] = [], padding: Int? = nil) {
    (self.beginning, self.ends, self.padding) = (beginning, ends, padding)
  }

  /// Reads the three keys of a file, any of which may be missing or null.
  ///
  /// - Throws: `E0245` for a value that is neither a 32-bit integer nor a list of them.
  public init(reading json: JSON, path: String) throws(Diagnostics) {
    func ids(_ key: String) throws(Diagnostics) -> [Int] {
      guard let value = json[key], !value.isNull else { return [] }
      let numbers = (value.array ?? [value]).map(\.integer)
      // Negative ids mean none, as in the first LLaMA's pad_token_id.
      guard numbers.allSatisfy({ $0.map { Int32(exactly: $0) != nil } ?? false }) else {
        throw Diagnostics(
          .unsupportedModel, at: value.place ?? .wholeFile(path: path), "\(key) must be a token id or a list of token ids")
      }
      return numbers.compactMap { $0 }
    }
    self.init(beginning: try ids("bos_token_id").first, ends: try ids("eos_token_id"), padding: try ids("pad_token_id").first)
  }

  /// The three keys as in these files.
  public var members: [(String, JSON)] {
    func json(_ id: Int?) -> JSON { id.map { .integer($0) } ?? .null }
    return [
      ("bos_token_id", json(beginning)),
      ("eos_token_id", ends.count > 1 ? .array(ends.map { .integer($0) }) : json(ends.first)), ("pad_token_id", json(padding)),
    ]
  }
}
