import ArgumentParser
import CTemperSupport
import Glibc
import TemperJSON
import TemperTrain

/// The command-line program.
@main
struct Temper: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "temper",
    abstract: "Train and evaluate classifiers, regressors and language models on a CPU, from a JSON config.",
    discussion: """
      Start with: temper train --config configs/digits.json
      Exit codes: 0 ok, 64 usage or config, 65 data, 66 input missing, 73 cannot write or run exists, 75 interrupted, \
      10 expectation not met, warnings with a strict config, or a regression, 11 diverged, 12 a tolerance of the guard exceeded, 13 check or sweep with failed runs.
      """,
    version: temperVersion,
    subcommands: [
      InitCommand.self, DataCommand.self, TokenizerCommand.self, ValidateCommand.self, DoctorCommand.self, TrainCommand.self,
      SweepCommand.self, CheckCommand.self, VerifyCommand.self, RunsCommand.self, CompareCommand.self, ReportCommand.self,
      EvaluateCommand.self,
      PredictCommand.self,
      GenerateCommand.self, ImportCommand.self, ExportCommand.self, SchemaCommand.self, ScheduleCommand.self, BenchCommand.self,
      CodesCommand.self,
    ])

  /// ArgumentParser's message about a mistake on the command line, with a code, as every message has one.
  private static func coded(_ text: String) -> String {
    guard let end = text.firstIndex(of: "\n"), text.hasPrefix("Error: ") else { return text }
    return text[..<end] + " [\(Diagnostic.Code.commandLine.name)]" + text[end...]
  }

  static func main() {
    temper_prepare_streams()
    #if TEMPER_X86_64_V3
      // Checked here, in the one target that is compiled for any x86-64.
      if !temper_processor_supports_v3() {
        Terminal.printError("temper: this processor has no AVX2 and FMA. Build with TEMPER_CPU=baseline swift build -c release.")
        Glibc.exit(1)
      }
    #endif
    OpenBLASSettings.correct()
    temper_keep_freed_memory()
    temper_catch_interruptions()
    do {
      var command = try parseAsRoot(NegativeNumbers.joined(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      // Printed here because ArgumentParser does not notice when a help text cannot be written.
      let (text, status) = (fullMessage(for: error), exitCode(for: error).rawValue)
      if !text.isEmpty {
        if status == 0 { Terminal.print(text) } else { Terminal.printError(coded(text)) }
      }
      Glibc.exit(status)
    }
  }
}

extension Diagnostic.Code {
  /// A mistake on the command line.
  static let commandLine = Diagnostic.Code("E0140", "the command line is invalid")
}
