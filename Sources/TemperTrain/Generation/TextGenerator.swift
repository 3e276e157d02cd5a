import TemperCore
import TemperJSON
import TemperNN
import TemperText

/// Options for text generation.
public struct GenerationOptions: Sendable {
  /// How tokens are sampled.
  public var sampling = TokenSampling()
  /// The maximum number of tokens to generate.
  public var maxTokens = 200
  /// Stop sequences, which end the generated text and are removed from it.
  public var stops: [String] = []
  /// Random seed.
  public var seed = 0

  /// Creates options with their defaults.
  public init() {}
}

/// A generated text.
public struct Generation: Sendable {
  /// Why generation ended. The raw value is printed by `--json`.
  public enum End: String, Sendable {
    /// It reached the maximum number of tokens.
    case length
    /// It reached a stop sequence.
    case stop
    /// The model generated an end-of-text token.
    case endOfText = "end_of_text"
  }

  /// The tokens of the prompt.
  public let prompt: [Int32]
  /// The generated tokens.
  public let tokens: [Int32]
  /// The generated text.
  public let text: [UInt8]
  /// Why it ended.
  public let end: End
  /// The time taken, prompt included.
  public let seconds: Double

  /// Tokens per second.
  public var tokensPerSecond: Double? { seconds > 0 ? Double(tokens.count) / seconds : nil }
}

/// Generates text with a language model and its tokenizer.
struct TextGenerator {
  let model: any TokenModel
  let tokenizer: Tokenizer
  let boundaries: TextBoundaries

  /// Continues `prompt`, which ``mistake(inPrompt:)`` must have accepted, and passes every piece of text to `show` as soon as it is
  /// final: whole characters, and nothing that may turn out to be the beginning of a stop sequence.
  ///
  /// The same prompt, options and seed give the same text on any number of threads.
  func generate(_ prompt: String, _ options: GenerationOptions, show: @escaping ([UInt8]) -> Void = { _ in }) -> Generation {
    let ids = tokens(ofPrompt: prompt)
    let start = ContinuousClock.now
    var generator = TokenGenerator(model, prompt: ids, sampling: options.sampling, random: RandomStreams(seed: UInt64(options.seed)))
    var output = StoppingText(stops: options.stops.map { Array($0.utf8) }.filter { !$0.isEmpty }, show: show)
    var decoder = TokenStream(tokenizer, after: ids)
    var tokens: [Int32] = []
    var end = Generation.End.length
    while tokens.count < options.maxTokens, let token = generator.next() {
      if boundaries.ends.contains(token) {
        end = .endOfText
        break
      }
      tokens.append(token)
      if output.append(decoder.append(token)) {
        end = .stop
        break
      }
    }
    if end != .stop, output.append(decoder.finish()) { end = .stop }
    output.finish()
    return Generation(
      prompt: ids, tokens: tokens, text: output.text, end: end, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// What is wrong with a prompt; nil if it is valid.
  func mistake(inPrompt prompt: String) -> String? {
    var prompt = prompt
    if let unknown = prompt.withUTF8({ tokenizer.firstUnknown(in: $0) }) {
      return "the tokenizer has no token for \(quoted(unknown.text)), at byte \(unknown.offset + 1) of the text; remove it"
    }
    let ids = tokens(ofPrompt: prompt)
    if let id = ids.first(where: { Int($0) >= model.vocabularySize }) {
      return tokenizer.mistake(ofID: id, rows: model.vocabularySize)
    }
    return ids.isEmpty ? "is empty, but the tokenizer has no start token; set a prompt" : nil
  }

  /// The tokens that generation begins with. An empty prompt is the token that begins a text, or that ends the text before.
  private func tokens(ofPrompt prompt: String) -> [Int32] {
    let ids = tokenizer.encode(beginning: prompt)
    if !ids.isEmpty { return ids }
    let first = boundaries.beginning ?? tokenizer.encode("\n").first
    return first.map { [$0] } ?? []
  }
}

extension LanguageModel {
  /// Continues `prompt`, and passes every piece of text to `show` as soon as it is final. The same prompt, options and seed give the
  /// same text on any number of threads. Throws for a bidirectional model, and for a prompt that it has no tokens for.
  public func generate(
    _ prompt: String, _ options: GenerationOptions = .init(), show: @escaping ([UInt8]) -> Void = { _ in }
  ) throws(Diagnostics) -> Generation {
    try check(prompt)
    return try generator.generate(prompt, options, show: show)
  }

  private var generator: TextGenerator {
    get throws(Diagnostics) { TextGenerator(model: model, tokenizer: try tokenizer, boundaries: try boundaries) }
  }

  /// Throws if the model cannot continue `prompt`: it is bidirectional, or has no tokens for it.
  public func check(_ prompt: String) throws(Diagnostics) {
    guard model.isCausal else {
      throw Diagnostics(
        .noLanguage, at: .wholeFile(path: path), "is a masked language model, which cannot generate text; use gpt2 or llama.")
    }
    if let mistake = try generator.mistake(inPrompt: prompt) { throw Diagnostics(.unknownText, at: .option("--prompt"), mistake) }
  }
}

/// Buffers generated text, holding back an end that may be the beginning of a stop sequence.
private struct StoppingText {
  let stops: [[UInt8]]
  let show: ([UInt8]) -> Void
  /// The text released so far.
  private(set) var text: [UInt8] = []
  private var held: [UInt8] = []

  init(stops: [[UInt8]], show: @escaping ([UInt8]) -> Void) {
    (self.stops, self.show) = (stops, show)
  }

  /// Appends bytes; returns whether the text ends here.
  mutating func append(_ bytes: [UInt8]) -> Bool {
    if bytes.isEmpty { return false }
    held += bytes
    for start in held.indices {
      let rest = held[start...]
      if stops.contains(where: { rest.starts(with: $0) }) {
        let before = Array(held[..<start])
        held = []
        release(before)
        return true
      }
      if stops.contains(where: { $0.starts(with: rest) }) {
        release(Array(held[..<start]))
        held = Array(rest)
        return false
      }
    }
    release(held)
    held = []
    return false
  }

  /// Releases the text that was held back.
  mutating func finish() {
    release(held)
    held = []
  }

  private mutating func release(_ bytes: [UInt8]) {
    if bytes.isEmpty { return }
    text += bytes
    show(bytes)
  }
}

extension Diagnostic.Code {
  /// Text for which the tokenizer has no tokens.
  public static let unknownText = Diagnostic.Code("E0133", "text with a character that the tokenizer has no token for")
}
