import TemperCore
import TemperJSON

// What the configs of all transformers have.

extension FieldReader {
  /// The most tokens of a sequence, under `key` or, as it was called once, `earlier`.
  func contextLength(_ key: String, earlier: String) -> Int {
    exclusive(key, earlier)
    let (range, oldDoc) = (1...1_000_000, "The earlier name of `\(key)`.")
    if has(earlier) { return integer(earlier, in: range, doc: oldDoc) }
    let length = integer(key, default: 128, in: range, doc: "Most tokens of a sequence.")
    _ = optionalInteger(earlier, in: range, doc: oldDoc)
    return length
  }

  /// The functions of hidden units that Hugging Face's transformers know too.
  func transformerActivation(_ key: String, default value: Activation, doc: String) -> Activation {
    let known: [Activation] = [.gelu, .geluTanh, .relu, .silu, .tanh]
    let name = choice(key, of: known.map(\.rawValue), default: value.rawValue, doc: doc)
    return Activation(rawValue: name) ?? value
  }

  func initializerRange() -> Double {
    number("initializer_range", default: 0.02, in: .above(0), doc: "Standard deviation of first weights.")
  }

  func tieWordEmbeddings(default value: Bool) -> Bool {
    bool("tie_word_embeddings", default: value, doc: "Use the table of tokens as the output layer's weight too.")
  }

  func gradientCheckpointing() -> Bool {
    bool(
      "gradient_checkpointing", default: false,
      doc: "Compute each block again for its derivative instead of keeping its activations: less memory, about a third more time.")
  }

  func vocabularySize() -> Int? {
    optionalInteger("vocab_size", in: 1...10_000_000, doc: "Number of tokens; `null`: as many as the tokenizer has.")
  }
}
