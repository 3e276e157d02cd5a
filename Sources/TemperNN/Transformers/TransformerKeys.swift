import TemperCore
import TemperJSON

// Keys common to all transformers.

extension FieldReader {
  /// The maximum sequence length, under `key` or its former name `earlier`.
  func contextLength(_ key: String, earlier: String) -> Int {
    exclusive(key, earlier)
    let (range, oldDoc) = (1...1_000_000, "The earlier name of `\(key)`.")
    if has(earlier) { return integer(earlier, in: range, doc: oldDoc) }
    let length = integer(key, default: 128, in: range, doc: "Maximum sequence length in tokens.")
    _ = optionalInteger(earlier, in: range, doc: oldDoc)
    return length
  }

  /// The activations that Hugging Face's transformers support too.
  func transformerActivation(_ key: String, default value: Activation, doc: String) -> Activation {
    let known: [Activation] = [.gelu, .geluTanh, .relu, .silu, .tanh]
    let name = choice(key, of: known.map(\.rawValue), default: value.rawValue, doc: doc)
    return Activation(rawValue: name) ?? value
  }

  /// The width of a token between blocks, by the name that BERT has for it; so with the keys that follow.
  package func transformerWidth() -> Int {
    integer("hidden_size", default: 128, in: 1...100_000, doc: "Hidden size; a multiple of `num_attention_heads`.")
  }

  package func transformerLayers() -> Int { integer("num_hidden_layers", default: 4, in: 1...1000, doc: "Number of blocks.") }

  package func transformerHeads() -> Int {
    integer("num_attention_heads", default: 4, in: 1...1000, doc: "Attention heads of a block.")
  }

  package func feedForwardWidth(_ width: Int) -> Int {
    optionalInteger(
      "intermediate_size", in: 1...1_000_000, doc: "Hidden units of a block's feed-forward layer; `null`: four times `hidden_size`.")
      ?? 4 * width
  }

  /// Reports heads that do not divide the width.
  package func demandWholeHeads(width: Int, heads: Int) {
    if width % heads != 0 {
      fail("hidden_size", .invalidValue, "is \(width), not a multiple of num_attention_heads, \(heads)", with: ["num_attention_heads"])
    }
  }

  func initializerRange() -> Double {
    number("initializer_range", default: 0.02, in: .above(0), doc: "Standard deviation of initial weights.")
  }

  func tieWordEmbeddings(default value: Bool) -> Bool {
    bool("tie_word_embeddings", default: value, doc: "Tie the output layer to the token embeddings.")
  }

  package func gradientCheckpointing() -> Bool {
    bool(
      "gradient_checkpointing", default: false,
      doc: "Recompute each block in the backward pass instead of storing its activations: less memory, about a third more time.")
  }

  func vocabularySize() -> Int? {
    optionalInteger("vocab_size", in: 1...10_000_000, doc: "Number of tokens; `null`: that of the tokenizer.")
  }
}
