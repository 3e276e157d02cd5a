import ArgumentParser
import TemperJSON
import TemperTrain

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a model of another program one of Temper's.",
    discussion: """
      Reads a folder of Hugging Face's transformers with a GPT-2, a LLaMA or a BERT (config.json, model.safetensors or its shards, \
      tokenizer.json), or a checkpoint of llama2.c with its tokenizer. The folder it writes is like the best/ of a run: evaluate, generate and \
      init.weights take it.
      """)

  @Argument(help: ArgumentHelp("A folder of transformers, or a .bin file of llama2.c.", valueName: "model"))
  var path: String

  @Option(name: .long, help: ArgumentHelp("The tokenizer of a llama2.c checkpoint, such as tok512.bin.", valueName: "file"))
  var tokenizer: String?

  @Option(name: .long, help: ArgumentHelp("The folder to write, which must not be there yet.", valueName: "folder"))
  var output: String

  @Flag(name: .long, help: "Pass over tensors that the model has no use for, and name them.")
  var ignoreUnexpected = false

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let model = try PretrainedModel(reading: path, tokenizer: tokenizer, ignoresUnexpected: ignoreUnexpected)
      try model.writeBundle(to: output, readFrom: path)
      if !model.unused.isEmpty {
        let rest = model.unused.count > 20 ? " and \(model.unused.count - 20) more" : ""
        Terminal.complain("passed over, as the model has no use for them: \(model.unused.prefix(20).joined(separator: ", "))\(rest)")
      }
      Terminal.complain("\(output): \(model.summary)")
      return .success
    }
  }
}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model of language as Hugging Face's transformers load it.",
    discussion: """
      The folder gets config.json, generation_config.json, model.safetensors, tokenizer.json and tokenizer_config.json; \
      AutoModelForCausalLM.from_pretrained and AutoTokenizer.from_pretrained take it as it is.
      """)

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"))
  var path: String

  @Option(name: .long, help: ArgumentHelp("The folder to write, which must not be there yet.", valueName: "folder"))
  var output: String

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let model = try PretrainedModel(ofBundle: path)
      try model.write(to: output)
      Terminal.complain("\(output): \(model.summary)")
      return .success
    }
  }
}
