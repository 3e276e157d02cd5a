import ArgumentParser
import TemperFiles
import TemperJSON
import TemperText
import TemperTrain

struct TokenizerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer", abstract: "Train a tokenizer, and convert text to token ids and back.",
    subcommands: [Train.self, Encode.self, Decode.self])

  /// The kind of tokens.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case bytes, chars, bpe, wordpiece
  }

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train", abstract: "Train a tokenizer on text files and write it as a Hugging Face tokenizer.json.",
      discussion: """
        bytes: each of the 256 bytes (needs no text). chars: each character of the texts. bpe: byte-level BPE, as in GPT-2.
        wordpiece: WordPiece on lowercased words without accents, as in BERT.
        """)

    @Option(name: .long, help: "The kind of tokens.")
    var type: Kind

    @Option(name: .long, help: ArgumentHelp("Number of tokens, special ones included; for bpe and wordpiece.", valueName: "n"))
    var vocabSize: Int?

    @Option(
      name: .long, help: ArgumentHelp("How often a pair must occur to be joined; for bpe and wordpiece (default: 2).", valueName: "n"))
    var minFrequency: Int?

    @Option(
      name: .long, parsing: .singleValue,
      help: ArgumentHelp("A special token, such as <|endoftext|>; repeatable.", valueName: "token"))
    var special: [String] = []

    @Option(name: .long, help: ArgumentHelp("The token for unknown characters; for chars.", valueName: "token"))
    var unknown: String?

    @Option(
      name: .long, help: ArgumentHelp("The file to write, which must not exist yet.", valueName: "tokenizer.json"),
      completion: .file())
    var output: String

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    @Argument(help: ArgumentHelp("The texts, in UTF-8; - is standard input.", valueName: "file"), completion: .file())
    var files: [String] = []

    func validate() throws {
      let learns = type == .bpe || type == .wordpiece
      if learns, vocabSize == nil { throw ValidationError("--type \(type.rawValue) requires --vocab-size") }
      if !learns, vocabSize != nil || minFrequency != nil {
        throw ValidationError("--vocab-size and --min-frequency are only supported for bpe and wordpiece; remove them")
      }
      if type != .chars, unknown != nil { throw ValidationError("--unknown is only supported for chars; remove it") }
      if let vocabSize, !(1...1 << 24).contains(vocabSize) { throw ValidationError("--vocab-size must be between 1 and \(1 << 24)") }
      if let minFrequency, minFrequency < 1 { throw ValidationError("--min-frequency must be 1 or more") }
      if special.contains("") || unknown == "" { throw ValidationError("A special token must not be empty") }
      if type == .bytes, !files.isEmpty { throw ValidationError("--type bytes needs no text; remove the files") }
      if type != .bytes, files.isEmpty { throw ValidationError("Text files to train on are required") }
    }

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        var texts: [FileBytes] = []
        for file in files { texts.append(try FileBytes(reading: file)) }
        let training = TokenizerTraining(vocabularySize: vocabSize ?? 0, minimumFrequency: minFrequency ?? 2, special: special)
        let tokenizer: Tokenizer =
          switch type {
          case .bytes: Tokenizer.bytes(special: special)
          case .chars: try Tokenizer.characters(of: texts, special: special, unknown: unknown)
          case .bpe: try Tokenizer.trainedBytePairs(on: texts, training)
          case .wordpiece: try Tokenizer.trainedWordPieces(on: texts, training)
          }
        try tokenizer.write(to: output)
        if json {
          Terminal.print(
            (["output": .string(output), "type": .string(type.rawValue), "vocabulary_size": .integer(tokenizer.vocabularySize)] as JSON)
              .serialized())
        } else {
          Terminal.print("\(output): \(tokenizer.vocabularySize) tokens")
        }
        if let vocabSize, tokenizer.vocabularySize < vocabSize {
          Terminal.note("no further pair occurs \(minFrequency ?? 2) times, so there are fewer tokens than \(vocabSize)")
        }
        return .success
      }
    }
  }

  struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "encode", abstract: "Print the token ids of a text.",
      discussion:
        "The tokenizer is a tokenizer.json, BERT's vocab.txt, or a folder with one of these or with GPT-2's vocab.json and merges.txt.")

    @Option(name: .long, help: ArgumentHelp("The tokenizer's file or folder.", valueName: "path"), completion: .file())
    var tokenizer: String

    @Flag(name: .long, help: "Add the special tokens of the template, such as [CLS] and [SEP].")
    var template = false

    @Flag(name: .long, help: "Print the number of tokens, and the time of a first and a second pass, instead of the ids.")
    var time = false

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    @Argument(help: ArgumentHelp("The text; - is standard input.", valueName: "file"), completion: .file())
    var file: String = "-"

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        let tokenizer = try Tokenizer(reading: self.tokenizer)
        for note in tokenizer.notes { Terminal.note(note) }
        let text = try FileBytes(reading: file)
        let clock = ContinuousClock()
        var passes: [Double] = []
        var ids: [Int32] = []
        for _ in 0..<(time ? 2 : 1) {
          let start = clock.now
          ids = try tokenizer.encode(checking: text, addingSpecialTokens: template)
          passes.append((clock.now - start) / .milliseconds(1))
        }
        if time {
          let bytes = text.bytes.count
          if json {
            Terminal.print(
              ([
                "tokens": .integer(ids.count), "bytes": .integer(bytes), "first_ms": .number(passes[0]), "second_ms": .number(passes[1]),
              ] as JSON).serialized())
          } else {
            Terminal.print("\(ids.count) tokens of \(bytes) bytes; first pass \(passes[0]) ms, second \(passes[1]) ms")
          }
        } else if json {
          let tokens = ids.map { JSON.string(tokenizer.token($0) ?? "") }
          Terminal.print((["ids": .array(ids.map { .integer(Int($0)) }), "tokens": .array(tokens)] as JSON).serialized())
        } else {
          Terminal.print(ids.map(String.init).joined(separator: " "))
        }
        return .success
      }
    }
  }

  struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "decode", abstract: "Print the text of token ids.")

    @Option(name: .long, help: ArgumentHelp("The tokenizer's file or folder.", valueName: "path"), completion: .file())
    var tokenizer: String

    @Flag(name: .long, help: "Leave special tokens out.")
    var skipSpecial = false

    @Flag(name: .long, help: "Print a JSON object.")
    var json = false

    @Argument(help: ArgumentHelp("Ids, separated by spaces; - is standard input.", valueName: "file"), completion: .file())
    var file: String = "-"

    func run() {
      Terminal.reporting { () throws(Diagnostics) in
        let tokenizer = try Tokenizer(reading: self.tokenizer)
        let text = tokenizer.text(try tokenizer.ids(in: FileBytes(reading: file)), skippingSpecialTokens: skipSpecial)
        if json { Terminal.print((["text": .string(text)] as JSON).serialized()) } else { Terminal.print(text) }
        return .success
      }
    }
  }
}
