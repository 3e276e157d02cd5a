import ArgumentParser
import TemperJSON
import TemperTrain

/// The config and what the command line changes in it: shared by the commands that read one.
struct ConfigOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The config file; - is standard input.", valueName: "file"), completion: .file())
  var config: String?

  @Argument(help: ArgumentHelp("The config file, if not by --config.", valueName: "file"), completion: .file())
  var file: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change one key, such as optimizer.learning_rate=3e-4; an object replaces a block, null turns a feature off; repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    name: .customLong("unset"),
    help: ArgumentHelp("Take one key out of the file, so that its default holds; before --set; repeatable.", valueName: "key"))
  var removed: [String] = []

  @Option(name: .long, help: "Seed of all randomness; the same as --set seed=N.")
  var seed: Int?

  @Option(name: .long, help: "Threads to compute with; the same as --set threads=N.")
  var threads: Int?

  /// The file that is named; nil if none is.
  var path: String? { config ?? file }

  func validate() throws {
    if config != nil, file != nil { throw ValidationError("Name one config, by --config or as an argument") }
  }

  /// Ends the program unless a config is named.
  func demandPath() throws {
    if path == nil { throw ValidationError("Name a config: --config FILE") }
  }

  /// All that the command line changes.
  var allOverrides: [String] {
    var all = overrides
    if let seed { all.append("seed=\(seed)") }
    if let threads { all.append("threads=\(threads)") }
    return all
  }

  /// Reads the config with all overrides and `more`.
  func load(_ more: [String] = []) throws(Diagnostics) -> ConfigFile {
    try ConfigFile(path: path ?? "", overrides: allOverrides + more, removing: removed)
  }

  /// An override whose value is a text whatever it looks like.
  static func override(_ key: String, _ text: String) -> String { "\(key)=\(JSON.string(text).serialized())" }
}
