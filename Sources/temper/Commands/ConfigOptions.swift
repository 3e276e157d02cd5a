import ArgumentParser
import TemperJSON
import TemperTrain

/// The config and its overrides, shared by the commands that read one.
struct ConfigOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The config file; - is standard input.", valueName: "file"), completion: .file())
  var config: String?

  @Argument(help: ArgumentHelp("The config file, unless --config is given.", valueName: "file"), completion: .file())
  var file: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change one key, such as optimizer.learning_rate=3e-4; an object replaces a block, null turns a feature off; repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("unset"),
    help: ArgumentHelp("Remove one key from the file, so that its default applies; before --set; repeatable.", valueName: "key"))
  var removed: [String] = []

  @Option(name: .long, help: "Random seed; the same as --set seed=N.")
  var seed: Int?

  @Option(name: .long, help: "Number of threads; the same as --set threads=N.")
  var threads: Int?

  /// The config file; nil if none was given.
  var path: String? { config ?? file }

  func validate() throws {
    if config != nil, file != nil { throw ValidationError("--config and the config argument are mutually exclusive; use one") }
  }

  /// Ends the program unless a config was given.
  func demandPath() throws {
    if path == nil { throw ValidationError("A config is required: --config FILE") }
  }

  /// All overrides on the command line.
  var allOverrides: [String] {
    var all = overrides
    if let seed { all.append("seed=\(seed)") }
    if let threads { all.append("threads=\(threads)") }
    return all
  }

  /// Reads the config with all overrides, and those in `more`.
  func load(_ more: [String] = []) throws(Diagnostics) -> ConfigFile {
    try ConfigFile(path: path ?? "", overrides: allOverrides + more, removing: removed)
  }

  /// An override whose value is a string, whatever it looks like.
  static func override(_ key: String, _ text: String) -> String { "\(key)=\(JSON.string(text).serialized())" }
}
