import ArgumentParser
import Glibc
import TemperJSON
import TemperNN
import TemperTrain

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Generate text with a language model.",
    discussion: "Needs only the model folder. The text is printed as it is generated; the same seed gives the same text.")

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"), completion: .directory)
  var path: String

  @Option(name: .long, help: "The text to continue; by default a new text is started.")
  var prompt = ""

  @Option(name: .customLong("max-tokens"), help: "Maximum number of tokens to generate.")
  var maxTokens = 200

  @Option(name: .long, help: "Divisor of the logits; 0 always picks the most likely token.")
  var temperature = 1.0

  @Option(name: .customLong("top-k"), help: "Sample from this many most likely tokens only.")
  var topK: Int?

  @Option(name: .customLong("top-p"), help: "Sample from the most likely tokens whose probabilities add up to this only.")
  var topP: Double?

  @Option(name: .customLong("min-p"), help: "Minimum probability of a token, as a fraction of that of the most likely one.")
  var minP: Double?

  @Option(name: .customLong("repetition-penalty"), help: "Penalty for tokens that occurred already; 1 for none.")
  var repetitionPenalty = 1.0

  @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("Stop before this text; repeatable.", valueName: "text"))
  var stop: [String] = []

  @Option(name: .long, help: "Random seed.")
  var seed = 0

  @Option(name: .long, help: "Number of threads.")
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object with text, tokens and speed.")
  var json = false

  func validate() throws {
    if maxTokens < 1 { throw ValidationError("--max-tokens must be 1 or more") }
    if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be 0 or more") }
    if let topK, topK < 1 { throw ValidationError("--top-k must be 1 or more") }
    if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("--top-p must be above 0 and at most 1") }
    if let minP, !(minP >= 0 && minP <= 1) { throw ValidationError("--min-p must be between 0 and 1") }
    if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) { throw ValidationError("--repetition-penalty must be above 0") }
    if temperature == 0, topK != nil || topP != nil || minP != nil {
      throw ValidationError("--temperature 0 does not sample; leave --top-k, --top-p and --min-p out")
    }
    if seed < 0 { throw ValidationError("--seed must be 0 or more") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(threads) { () throws(Diagnostics) in
        let model = try StoredModel.generating(path)
        var options = GenerationOptions()
        options.sampling = TokenSampling(
          temperature: temperature, topK: topK, topP: topP, minP: minP, repetitionPenalty: repetitionPenalty)
        (options.maxTokens, options.stops, options.seed) = (maxTokens, stop, seed)
        if json {
          let generation = try model.generate(prompt, options) { _ in }
          Terminal.print(
            JSON.object([
              ("model", .string(path)), ("prompt", .string(prompt)), ("text", .string(String(decoding: generation.text, as: UTF8.self))),
              ("end", .string(generation.end.rawValue)), ("prompt_tokens", .integer(generation.prompt.count)),
              ("tokens", .array(generation.tokens.map { .integer(Int($0)) })), ("seconds", .number(generation.seconds)),
              ("tokens_per_second", .number(generation.tokensPerSecond)),
            ]).serialized())
        } else {
          try model.check(prompt)
          Terminal.write(prompt)
          _ = try model.generate(prompt, options) {
            Terminal.write(String(decoding: $0, as: UTF8.self))
            // Nothing is left to do once nobody reads the text.
            if Terminal.isUnread { Glibc.exit(0) }
          }
          Terminal.write("\n")
        }
        return .success
      }
    }
  }
}
