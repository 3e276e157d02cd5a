import TemperRunSupport
import Testing

@Suite struct HelpTests {
  private let folder = TemporaryFolder()

  @Test(arguments: [
    "", "init", "codes", "train", "check", "runs", "evaluate", "predict", "generate", "validate", "schema", "bench", "data", "tokenizer",
    "compare", "report", "verify", "doctor",
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

  @Test func theHelpAndTheGuideNameEveryCommand() {
    let help = Program.run(["--help"], in: folder.path).out
    let page = MarkdownPage(path: MarkdownPage.guideFolder + "/CommandLine.md").text
    for command in [
      "init", "codes", "train", "check", "runs", "evaluate", "predict", "generate", "import", "export", "validate", "schema", "schedule",
      "bench", "data", "tokenizer", "compare", "report", "verify", "doctor",
    ] {
      #expect(help.contains("\n  \(command) "))
      #expect(page.contains("| `temper \(command)"))
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
      // Configs and data are files, runs are folders.
      let (file, folder) = [
        "bash": ("add_completions -f", "add_completions -d"), "zsh": (":file:_files'", "_files -/"),
        "fish": ("' -rF", "complete_directories)'"),
      ][shell]!
      #expect(result.out.contains(file) && result.out.contains(folder), "\(shell)")
    }
  }

  /// A config is completed as a shell does it.
  @Test func bashCompletesFileNames() {
    folder.write("{}", to: "my-config.json")
    let line = """
      source <("$TEMPER" --generate-completion-script bash)
      COMP_WORDS=(temper train my-); COMP_CWORD=2; COMP_LINE="temper train my-"; COMP_POINT=${#COMP_LINE}
      _temper temper my- train; printf '%s\\n' "${COMPREPLY[@]}"
      COMP_WORDS=(temper train --config my-); COMP_CWORD=3; COMP_LINE="temper train --config my-"; COMP_POINT=${#COMP_LINE}
      COMPREPLY=(); _temper temper my- --config; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = Program.shell(line, in: folder.path)
    #expect(result.out == "my-config.json\nmy-config.json\n", "\(result.err)")
  }

  @Test func theSchemaCommandPrintsTheShippedSchema() {
    #expect(Program.run(["schema"], in: folder.path).out == TestFiles.text(Repository.path("configs/temper.schema.json")))
    let table = Program.run(["schema", "--format", "markdown"], in: folder.path).out
    #expect(table.contains("| `optimizer.betas` (adamw, adam) | array of numbers | [0.9,0.999] |"))
  }
}
