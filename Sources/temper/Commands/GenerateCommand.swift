import ArgumentParser
import Glibc
import TemperJSON
import TemperNN
import TemperTrain

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Continue a text by a model of language.",
    discussion: "It needs the model's own folder only. The text is printed as it comes; the same seed gives the same text.")

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"), completion: .directory)
  var path: String

  @Option(name: .long, help: "The text to continue; by default a new text is begun.")
  var prompt = ""

  @Option(name: .customLong("max-tokens"), help: "The most tokens to add.")
  var maxTokens = 200

  @Option(name: .long, help: "What logits are divided by; 0 always takes the likeliest token.")
  var temperature = 1.0

  @Option(name: .customLong("top-k"), help: "Choose among so many likeliest tokens only.")
  var topK: Int?

  @Option(name: .customLong("top-p"), help: "Choose among the likeliest tokens that make up this probability only.")
  var topP: Double?

  @Option(name: .customLong("min-p"), help: "Choose among tokens with this share of the likeliest one's probability only.")
  var minP: Double?

  @Option(name: .customLong("repetition-penalty"), help: "How much less likely a token is that occurred already; 1 for nothing.")
  var repetitionPenalty = 1.0

  @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("End before this text; repeatable.", valueName: "text"))
  var stop: [String] = []

  @Option(name: .long, help: "What chance comes from.")
  var seed = 0

  @Option(name: .long, help: "Threads to compute with.")
  var threads: Int?

  @Flag(name: .long, help: "Print one JSON object with text, tokens and speed.")
  var json = false

  func validate() throws {
    if maxTokens < 1 { throw ValidationError("--max-tokens must be 1 or more") }
    if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be 0 or more") }
    if let topK, topK < 1 { throw ValidationError("--top-k must be 1 or more") }
    if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("--top-p must be above 0 and at most 1") }
    if let minP, !(minP >= 0 && minP <= 1) { throw ValidationError("--min-p must be from 0 to 1") }
    if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) { throw ValidationError("--repetition-penalty must be above 0") }
    if temperature == 0, topK != nil || topP != nil || minP != nil {
      throw ValidationError("--temperature 0 leaves nothing to choose; leave --top-k, --top-p and --min-p out")
    }
    if seed < 0 { throw ValidationError("--seed must be 0 or more") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
  }

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      try onThreads(threads) { () throws(Diagnostics) in
        let bundle = try LanguageBundle(reading: path)
        var options = GenerationOptions()
        options.sampling = TokenSampling(
          temperature: temperature, topK: topK, topP: topP, minP: minP, repetitionPenalty: repetitionPenalty)
        (options.maxTokens, options.stops, options.seed) = (maxTokens, stop, seed)
        if json {
          let generation = try bundle.generate(prompt, options)
          Terminal.print(
            JSON.object([
              ("model", .string(path)), ("prompt", .string(prompt)), ("text", .string(String(decoding: generation.text, as: UTF8.self))),
              ("end", .string(generation.end.rawValue)), ("prompt_tokens", .integer(generation.prompt.count)),
              ("tokens", .array(generation.tokens.map { .integer(Int($0)) })), ("seconds", .number(generation.seconds)),
              ("tokens_per_second", .number(generation.tokensPerSecond)),
            ]).serialized())
        } else {
          try bundle.check(prompt)
          Terminal.write(prompt)
          _ = try bundle.generate(prompt, options) {
            Terminal.write(String(decoding: $0, as: UTF8.self))
            // There is nothing to do but to write.
            if Terminal.isUnread { Glibc.exit(0) }
          }
          Terminal.write("\n")
        }
        return .success
      }
    }
  }
}
