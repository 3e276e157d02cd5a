import TemperCore
import TemperJSON
import TemperNN
import TemperText

/// How a text is continued.
public struct GenerationOptions: Sendable {
  /// How a token is chosen.
  public var sampling = TokenSampling()
  /// The most tokens to add.
  public var maxTokens = 200
  /// Texts that end the continuation, and are left out of it.
  public var stops: [String] = []
  /// What chance comes from.
  public var seed = 0

  /// The usual way.
  public init() {}
}

/// A continuation of a text.
public struct Generation: Sendable {
  /// Why it ended. The raw value is what `--json` says.
  public enum End: String, Sendable {
    /// It has as many tokens as were asked for.
    case length
    /// One of the texts came that end it.
    case stop
    /// The model said that the text ends.
    case endOfText = "end_of_text"
  }

  /// The tokens of the prompt.
  public let prompt: [Int32]
  /// The tokens that followed.
  public let tokens: [Int32]
  /// The text that followed.
  public let text: [UInt8]
  /// Why it ended.
  public let end: End
  /// How long it took, prompt included.
  public let seconds: Double

  /// Tokens a second.
  public var tokensPerSecond: Double? { seconds > 0 ? Double(tokens.count) / seconds : nil }
}

/// A model of language with its tokenizer: what continues a text.
struct TextGenerator {
  let model: any TokenModel
  let tokenizer: Tokenizer
  let boundaries: TextBoundaries

  /// Continues `prompt`, which ``mistake(inPrompt:)`` has nothing against, and hands every piece of text to `show` as soon as it is certain: whole characters, and nothing that may yet turn out
  /// to be the beginning of a text that ends it.
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

  /// What is wrong with a prompt; nil if it can be continued.
  func mistake(inPrompt prompt: String) -> String? {
    var prompt = prompt
    if let unknown = prompt.withUTF8({ tokenizer.firstUnknown(in: $0) }) {
      return "the tokenizer has no token for \(quoted(unknown.text)), at byte \(unknown.offset + 1) of the text; leave it out"
    }
    let ids = tokens(ofPrompt: prompt)
    if let id = ids.first(where: { Int($0) >= model.vocabularySize }) {
      return tokenizer.mistake(ofID: id, rows: model.vocabularySize)
    }
    return ids.isEmpty ? "is empty, and the tokenizer has no token to begin with; give one" : nil
  }

  /// The tokens that a continuation begins with. An empty prompt is the token that texts begin with, or that ends the text before.
  private func tokens(ofPrompt prompt: String) -> [Int32] {
    let ids = tokenizer.encode(beginning: prompt)
    if !ids.isEmpty { return ids }
    let first = boundaries.beginning ?? tokenizer.encode("\n").first
    return first.map { [$0] } ?? []
  }
}

extension LanguageModel {
  /// Continues `prompt`, and hands every piece of text to `show` as soon as it is certain. The same prompt, options and seed give the same text
  /// on any number of threads. Throws for a model that sees both sides of a token, and for a prompt that it has no tokens for.
  public func generate(
    _ prompt: String, _ options: GenerationOptions = .init(), show: @escaping ([UInt8]) -> Void = { _ in }
  ) throws(Diagnostics) -> Generation {
    try check(prompt)
    return try generator.generate(prompt, options, show: show)
  }

  private var generator: TextGenerator {
    get throws(Diagnostics) { TextGenerator(model: model, tokenizer: try tokenizer, boundaries: try boundaries) }
  }

  /// Throws where the model cannot continue `prompt`: it sees both sides of a token, or has no tokens for it.
  public func check(_ prompt: String) throws(Diagnostics) {
    guard model.isCausal else {
      throw Diagnostics(
        .noLanguage, at: .wholeFile(path: path), "sees both sides of a token, and cannot continue a text; gpt2 and llama can.")
    }
    if let mistake = try generator.mistake(inPrompt: prompt) { throw Diagnostics(.unknownText, at: .option("--prompt"), mistake) }
  }
}

/// Text on its way out, of which the end may be held back: it may be the beginning of a text that ends it all.
private struct StoppingText {
  let stops: [[UInt8]]
  let show: ([UInt8]) -> Void
  /// What has been let out.
  private(set) var text: [UInt8] = []
  private var held: [UInt8] = []

  init(stops: [[UInt8]], show: @escaping ([UInt8]) -> Void) {
    (self.stops, self.show) = (stops, show)
  }

  /// Takes more; whether it ends here.
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

  /// Lets out what was held back.
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
  /// Text that the tokenizer has no tokens for.
  public static let unknownText = Diagnostic.Code("E0133", "text has something that the tokenizer has no token for")
}
