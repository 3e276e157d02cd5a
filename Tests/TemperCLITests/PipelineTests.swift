import TemperRunSupport
import Testing

/// The pipelines that the guide shows: what they run in a shell works.
@Suite struct PipelineTests {
  private static let page = MarkdownPage(path: MarkdownPage.guideFolder + "/ContinuousIntegration.md")

  /// The shell commands of the YAML of a pipeline: those of `run` on GitHub, of `script` on GitLab.
  private static func commands(_ yaml: String) -> [String] {
    var (found, depth) = ([String](), nil as Int?)
    for line in yaml.split(separator: "\n") {
      let indent = line.prefix { $0 == " " }.count
      let text = line.dropFirst(indent)
      if let open = depth, indent > open {
        found.append(String(text.hasPrefix("- ") ? text.dropFirst(2) : text))
        continue
      }
      depth = nil
      let entry = text.hasPrefix("- ") ? text.dropFirst(2) : text
      if entry == "run: |" || entry == "script:" {
        depth = indent
      } else if entry.hasPrefix("run: ") {
        found.append(String(entry.dropFirst(5)))
      }
    }
    return found
  }

  @Test func whatPipelinesRunInAShellWorks() throws {
    let pipelines = Self.page.blocks.filter { $0.language == "yaml" }.map { Self.commands($0.text) }
    #expect(pipelines.count == 2)
    let folder = TemporaryFolder()
    let links = ["datasets", "configs"].map { "ln -s '\(Repository.path($0))' ." }.joined(separator: "\n")
    let start = try #require(Self.page.blocks.compactMap(\.commands).first { $0.contains("--update-baseline") })
    func shell(_ commands: String) -> Program.Result {
      Program.shell("set -eu\nPATH=\"${TEMPER%/*}:$PATH\"\nGITHUB_STEP_SUMMARY=summary.md\n" + commands, in: folder.path)
    }
    #expect(shell(links + "\n" + start).status == 0)
    for commands in pipelines {
      #expect(commands.first?.hasPrefix("temper check ") == true)
      TestFiles.remove(folder("check.xml"))
      let result = shell(commands.joined(separator: "\n"))
      #expect(result.status == 0, "\(result.err)")
      #expect(TestFiles.text(folder("check.xml")).contains("<testsuites name=\"temper check\" tests=\"96\" failures=\"0\" errors=\"0\""))
    }
    #expect(TestFiles.text(folder("summary.md")).hasPrefix("**temper check**: passed, 96 metrics of 2 configs, 0 failed"))
    #expect(shell(pipelines[1][0] + " --set train.epochs=1").status == 10)
  }
}
