import TemperCore
import TemperJSON
import TemperNN

/// The `log` block of a config: what a run logs at evaluations besides metrics.
public struct LogConfig: Sendable {
  /// Text samples to generate; nil for none.
  public let samples: SampleConfig?
  /// Whether to write TensorBoard event files.
  public let tensorboard: Bool

  /// Reads the block of a config for `task`.
  public init(_ c: FieldReader, _ task: TaskDefinition) {
    samples = c.optionalObject("samples", doc: "Texts that the model generates at every evaluation, for metrics.jsonl; `null` for none.") {
      SampleConfig($0)
    }
    tensorboard = c.bool(
      "tensorboard", default: false,
      doc: "Also write every number of metrics.jsonl to TensorBoard event files, in `tensorboard/` of the run's directory.")
    if samples != nil, !task.continuesTexts {
      c.fail("samples", .invalidValue, "is only supported for language_modeling, and the task is \(task.name); remove it", with: ["task"])
    }
  }
}

/// The `log.samples` block.
public struct SampleConfig: Sendable {
  /// The prompts.
  public let prompts: [String]
  /// Generation options.
  public let options: GenerationOptions

  /// Reads the block.
  public init(_ c: FieldReader) {
    prompts = c.strings("prompts", default: [""], count: 1...100, doc: "Prompts; an empty one begins a new text.")
    var options = GenerationOptions()
    options.maxTokens = c.integer("max_tokens", default: 100, in: 1...100_000, doc: "Maximum number of tokens to generate.")
    let temperature = c.number(
      "temperature", default: 0.8, in: 0...1000, doc: "Sampling temperature, which divides logits; 0 always takes the most likely token.")
    let topK = c.optionalInteger("top_k", in: 1..., doc: "Sample from this many most likely tokens only; `null` for all.")
    let topP = c.optionalNumber(
      "top_p", in: .above(0, through: 1),
      doc: "Sample from the most likely tokens that make up this probability only; `null` for all.")
    options.sampling = TokenSampling(temperature: temperature, topK: topK, topP: topP)
    self.options = options
  }
}

/// A text that the model generated during training.
public struct TextSample: Sendable {
  /// The prompt.
  public let prompt: String
  /// The generated text.
  public let text: String

  var json: JSON { .object([("prompt", .string(prompt)), ("text", .string(text))]) }
}
