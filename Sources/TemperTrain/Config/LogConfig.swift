import TemperCore
import TemperJSON
import TemperNN

/// What `log` in a config says: what a run notes at evaluations beside its figures.
public struct LogConfig: Sendable {
  /// Texts to continue; nil for none.
  public let samples: SampleConfig?

  /// Reads the block of a config for `task`.
  public init(_ c: FieldReader, _ task: TaskDefinition) {
    samples = c.optionalObject("samples", doc: "Texts that the model continues at every evaluation, for metrics.jsonl; `null` for none.") {
      SampleConfig($0)
    }
    if samples != nil, !task.continuesTexts {
      c.fail("samples", .invalidValue, "continues texts, which the task \(task.name) does not learn; remove it", with: ["task"])
    }
  }
}

/// What `log.samples` says.
public struct SampleConfig: Sendable {
  /// The texts to continue.
  public let prompts: [String]
  /// How.
  public let options: GenerationOptions

  /// Reads the block.
  public init(_ c: FieldReader) {
    prompts = c.strings("prompts", default: [""], count: 1...100, doc: "What they begin with; an empty one begins a new text.")
    var options = GenerationOptions()
    options.maxTokens = c.integer("max_tokens", default: 100, in: 1...100_000, doc: "The most tokens to add.")
    let temperature = c.number(
      "temperature", default: 0.8, in: 0...1000, doc: "What logits are divided by; 0 always takes the likeliest token.")
    let topK = c.optionalInteger("top_k", in: 1..., doc: "Choose among so many likeliest tokens only; `null` for all.")
    let topP = c.optionalNumber(
      "top_p", in: .above(0, through: 1),
      doc: "Choose among the likeliest tokens that make up this probability only; `null` for all.")
    options.sampling = TokenSampling(temperature: temperature, topK: topK, topP: topP)
    self.options = options
  }
}

/// A text that a model continued while it was trained.
public struct TextSample: Sendable {
  /// What was given.
  public let prompt: String
  /// What the model made of it.
  public let text: String

  var json: JSON { .object([("prompt", .string(prompt)), ("text", .string(text))]) }
}
