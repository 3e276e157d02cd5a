import ArgumentParser
import TemperJSON
import TemperTrain

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import a model of Hugging Face's transformers or of llama2.c.",
    discussion: """
      Reads a folder with a GPT-2, a LLaMA or a BERT (config.json, model.safetensors or its shards, \
      tokenizer.json), or a checkpoint of llama2.c with its tokenizer. It writes a model folder like a run's best/, which evaluate, generate \
      and init.run accept.
      """)

  @Argument(help: ArgumentHelp("A folder of transformers, or a .bin file of llama2.c.", valueName: "model"), completion: .file())
  var path: String

  @Option(
    name: .long, help: ArgumentHelp("The tokenizer of a llama2.c checkpoint, such as tok512.bin.", valueName: "file"), completion: .file())
  var tokenizer: String?

  @Flag(
    name: .customLong("ignore-extra"),
    help: "Ignore tensors that the model does not use, such as another head, and list them; by default they are an error.")
  var ignoresExtra = false

  @Option(name: .long, help: ArgumentHelp("The folder to write, which must not exist yet.", valueName: "folder"), completion: .directory)
  var output: String

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let model = try PretrainedModel(reading: path, tokenizer: tokenizer, ignoringExtra: ignoresExtra)
      for note in try model.writeBundle(to: output, readFrom: path) { Terminal.note(note) }
      Terminal.printError("\(output): \(model.summary)")
      return .success
    }
  }
}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export a language model for Hugging Face's transformers.",
    discussion: """
      Writes config.json, generation_config.json, model.safetensors, tokenizer.json and tokenizer_config.json; \
      AutoModelForCausalLM.from_pretrained and AutoTokenizer.from_pretrained load the folder.
      """)

  @Argument(help: ArgumentHelp("A run's directory, or a folder like its best/.", valueName: "run"), completion: .directory)
  var path: String

  @Option(name: .long, help: ArgumentHelp("The folder to write, which must not exist yet.", valueName: "folder"), completion: .directory)
  var output: String

  func run() {
    Terminal.reporting { () throws(Diagnostics) in
      let model = try StoredModel.exporting(path).exported()
      try model.write(to: output)
      Terminal.printError("\(output): \(model.summary)")
      return .success
    }
  }
}
