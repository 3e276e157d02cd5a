import TemperRunSupport

/// A folder with `t.csv` and `c.json`, in which the program runs.
final class Workshop {
  let folder = TemporaryFolder()

  init() {
    folder.write(SampleTable.csv(), to: "t.csv")
    folder.write(
      """
      {"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [8]}, "train": {"epochs": 3},
       "early_stopping": {"patience": 2}}
      """, to: "c.json")
  }

  /// Runs `temper` in the folder.
  func temper(_ arguments: String..., input: String = "", environment: [String] = [], terminal: Bool = false) -> Program.Result {
    Program.run(arguments, in: folder.path, input: input, environment: environment, terminal: terminal)
  }

  /// A text of the program without the name of this folder.
  func anonymous(_ text: String) -> String {
    var (text, rest) = ("", text[...])
    while let start = rest.indices.first(where: { rest[$0...].hasPrefix(folder.path) }) {
      text += rest[..<start] + "FOLDER"
      rest = rest[rest.index(start, offsetBy: folder.path.count)...]
    }
    return text + rest
  }

  /// The lines of a text, without the last, empty one.
  static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }
}
