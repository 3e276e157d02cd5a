/// Tokens with a special role in models and batches, by their common names; nil where there is none.
public struct SpecialTokens: Sendable, Equatable {
  /// Pads shorter sequences: `[PAD]`, `<pad>`, `<|pad|>`.
  public var padding: Int32?
  /// Replaces text without a token: `[UNK]`, `<unk>`.
  public var unknown: Int32?
  /// Begins a text to be classified, as in BERT: `[CLS]`, `<cls>`.
  public var classification: Int32?
  /// Ends a text, or separates two: `[SEP]`, `<sep>`.
  public var separator: Int32?
  /// Replaces a token to be predicted: `[MASK]`, `<mask>`.
  public var mask: Int32?
  /// Begins a text: `<s>`, `<bos>`, `<|begin_of_text|>`, or GPT-2's `<|endoftext|>`.
  public var beginning: Int32?
  /// Ends a text: `</s>`, `<eos>`, `<|end_of_text|>`, or GPT-2's `<|endoftext|>`.
  public var end: Int32?

  /// All of them.
  public var all: [Int32] { [padding, unknown, classification, separator, mask, beginning, end].compactMap { $0 } }

  init(in vocabulary: Vocabulary) {
    func first(_ names: String...) -> Int32? { names.lazy.compactMap { vocabulary.id(of: $0) }.first }
    padding = first("[PAD]", "<pad>", "<|pad|>")
    unknown = first("[UNK]", "<unk>")
    classification = first("[CLS]", "<cls>")
    separator = first("[SEP]", "<sep>")
    mask = first("[MASK]", "<mask>")
    beginning = first("<s>", "<bos>", "<|begin_of_text|>", "<|endoftext|>")
    end = first("</s>", "<eos>", "<|end_of_text|>", "<|endoftext|>")
  }
}
