import ArgumentParser
import TemperJSON
import TemperTrain

/// The config file and changes of its keys.
struct ConfigSource: ParsableArguments {
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

  /// The config file; nil if none was given.
  var path: String? { config ?? file }

  func validate() throws {
    if config != nil, file != nil { throw ValidationError("--config and the config argument are mutually exclusive; use one") }
  }

  /// Ends the program unless a config was given.
  func demandPath() throws {
    if path == nil { throw ValidationError("A config is required: --config FILE") }
  }

  /// Reads the config with the overrides, and those in `more`, and with `spaces` to search over.
  func load(_ more: [String] = [], spaces: [String] = []) throws(Diagnostics) -> ConfigFile {
    try ConfigFile(path: path ?? "", overrides: overrides + more, removing: removed, spaces: spaces)
  }
}

/// The config and its overrides, shared by the commands that read one.
struct ConfigOptions: ParsableArguments {
  @OptionGroup var source: ConfigSource

  @Option(name: .long, help: "Random seed; the same as --set seed=N.")
  var seed: Int?

  @Option(name: .long, help: "Number of threads; the same as --set threads=N.")
  var threads: Int?

  /// The config file; nil if none was given.
  var path: String? { source.path }

  /// Ends the program unless a config was given.
  func demandPath() throws { try source.demandPath() }

  /// Overrides by options of their own.
  var own: [String] { [seed.map { "seed=\($0)" }, threads.map { "threads=\($0)" }].compactMap { $0 } }

  /// All overrides on the command line.
  var allOverrides: [String] { source.overrides + own }

  /// The keys to remove from the file.
  var removed: [String] { source.removed }

  /// Reads the config with all overrides, and those in `more`.
  func load(_ more: [String] = []) throws(Diagnostics) -> ConfigFile { try source.load(own + more) }

  /// An override whose value is a string, whatever it looks like.
  static func override(_ key: String, _ text: String) -> String { "\(key)=\(JSON.string(text).serialized())" }
}
