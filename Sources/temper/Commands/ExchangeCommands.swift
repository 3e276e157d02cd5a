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

  @Argument(help: ArgumentHelp("A folder of transformers, or a .bin file of llama2.c.", valueName: "model"), completion: .file())
  var path: String

  @Option(
    name: .long, help: ArgumentHelp("The tokenizer of a llama2.c checkpoint, such as tok512.bin.", valueName: "file"), completion: .file())
  var tokenizer: String?

  @Flag(
    name: .customLong("ignore-extra"),
    help: "Leave out tensors that the model has no use for, such as another head, and name them, instead of ending with an error.")
  var ignoresExtra = false

  @Option(name: .long, help: ArgumentHelp("The folder to write, which must not be there yet.", valueName: "folder"), completion: .directory)
  var output: String

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let model = try PretrainedModel(reading: path, tokenizer: tokenizer, ignoringExtra: ignoresExtra)
      for note in try model.writeBundle(to: output, readFrom: path) { Terminal.note(note) }
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

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"), completion: .directory)
  var path: String

  @Option(name: .long, help: ArgumentHelp("The folder to write, which must not be there yet.", valueName: "folder"), completion: .directory)
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
