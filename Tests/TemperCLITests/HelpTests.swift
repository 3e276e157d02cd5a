import TemperRunSupport
import Testing

@Suite struct HelpTests {
  private let folder = TemporaryFolder()

  @Test(arguments: [
    "", "init", "codes", "train", "evaluate", "predict", "generate", "validate", "schema", "bench", "data", "tokenizer",
  ])
  func helpIsAsItWas(command: String) {
    let arguments = command.isEmpty ? ["--help"] : [command, "--help"]
    let result = Program.run(arguments, in: folder.path)
    #expect(result.status == 0)
    #expect(result.err == "")
    Snapshot.expect(result.out, is: command.isEmpty ? "help" : "help-\(command)")
    if !command.isEmpty {
      #expect(Program.run(["help", command], in: folder.path).out == result.out)
    }
  }

  @Test func theHelpNamesEveryCommand() {
    let help = Program.run(["--help"], in: folder.path).out
    for command in [
      "init", "codes", "train", "evaluate", "predict", "generate", "import", "export", "validate", "schema", "bench", "data", "tokenizer",
    ] {
      #expect(help.contains("\n  \(command) "))
    }
  }

  @Test func theVersionIsANumber() {
    let result = Program.run(["--version"], in: folder.path)
    #expect(result.status == 0)
    #expect(result.out == "0.1.0\n")
  }

  @Test func completionScriptsAreMade() {
    for shell in ["bash", "zsh", "fish"] {
      let result = Program.run(["--generate-completion-script", shell], in: folder.path)
      #expect(result.status == 0)
      #expect(result.out.contains("temper"))
    }
  }

  @Test func theSchemaCommandPrintsTheShippedSchema() {
    #expect(Program.run(["schema"], in: folder.path).out == TestFiles.text(Repository.path("configs/temper.schema.json")))
    let table = Program.run(["schema", "--format", "markdown"], in: folder.path).out
    #expect(table.contains("| `optimizer.betas` (adamw, adam) | array of numbers | [0.9,0.999] |"))
  }
}
