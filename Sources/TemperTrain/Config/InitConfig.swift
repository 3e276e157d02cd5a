import TemperCore
import TemperFiles
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A weights file that does not fit the model.
  public static let unfitWeights = Diagnostic.Code("E0242", "a weights file does not match the model")
}

/// The `init` block of a config: where the initial weights come from.
public struct InitConfig: Sendable {
  /// The source of the weights.
  public enum Source: Sendable {
    /// A safetensors file.
    case weights(path: String)
    /// A run directory, or a folder with a model such as its `best/`.
    case run(path: String)
  }

  /// The source of the weights.
  public let source: Source
  /// Parameters that are newly initialised all the same.
  public let fresh: [NamePattern]
  /// Tensors of the file that are ignored.
  public let ignored: [NamePattern]

  /// The keys that hold paths.
  static let pathKeys = ["weights", "run"]

  /// Reads the block.
  public init(_ c: FieldReader) {
    c.exclusive("weights", "run")
    let weights = c.optionalString(
      "weights",
      doc: "Safetensors file with every tensor of the model, such as `runs/x/best/model.safetensors`; relative to this config.")
    let run = c.optionalString("run", doc: "Run directory, or a folder with a model like its `best/`; relative to this config.")
    if !c.has("weights"), !c.has("run") {
      c.fail("", .missingKey, "requires \"weights\", a file, or \"run\", a run's directory", with: ["weights", "run"])
    }
    source = run.map { .run(path: $0) } ?? .weights(path: weights ?? "")
    fresh = c.patterns("fresh", doc: "Parameters to initialise anew, by name; `*` matches anything, as in `classifier.*`.")
    ignored = c.patterns("ignore", doc: "Tensors of the file to ignore, by name; `*` matches anything, as in `cls.*`.")
  }

  /// Reads the file; a model's config may name `components`.
  func read(_ components: Components) throws(Diagnostics) -> FirstWeights {
    let file =
      switch source {
      case .weights(let path): try FileBytes(reading: path)
      case .run(let path): try ModelFolder(finding: path, components).file(ModelFolder.weightsName)
      }
    return try FirstWeights(file, self)
  }
}

extension FieldReader {
  /// Reads patterns of parameter names.
  func patterns(_ key: String, doc: String) -> [NamePattern] {
    (optionalStrings(key, count: 1...10_000, doc: doc) ?? []).map(NamePattern.init)
  }
}

/// Initial weights from a file.
struct FirstWeights {
  /// The manifest's entry for the file.
  let source: DataSource
  /// The tensors.
  let tensors: SafeTensors
  private let config: InitConfig

  init(_ file: FileBytes, _ config: InitConfig) throws(Diagnostics) {
    self.config = config
    source = DataSource(file)
    tensors = try SafeTensors(parsing: file.bytes, path: file.name)
  }

  /// The store to create the model's parameters in.
  func store(random: RandomStreams, frozen: [NamePattern]) -> ParameterStore {
    ParameterStore(loading: tensors, random: random, fresh: config.fresh, frozen: frozen)
  }

  /// Throws one error that names every tensor that is missing, has another shape or is unknown in `store`, whose model was created from
  /// these weights.
  func finishLoading(_ store: ParameterStore) throws(Diagnostics) {
    do {
      try store.finishLoading(ignoring: config.ignored)
    } catch {
      throw Diagnostics(
        .unfitWeights, at: .wholeFile(path: source.path),
        "init.weights does not match the model and the data:\n\(error)\nUse weights of the same model, change model, or list the "
          + "differences in init.fresh and init.ignore.")
    }
  }
}

extension ConfigFile {
  /// Throws if the last layer of `model`, which orders classes by their frequency in the training rows, would be loaded: rows of its
  /// weights would be those of other classes where frequencies differ.
  func demandFreshClusters(of model: any Model) throws(Diagnostics) {
    guard let start = config.start, let model = model as? any HeadedModel, case .adaptive(let layer) = model.head else { return }
    let loaded = layer.parameters.filter { parameter in !start.fresh.contains { $0.matches(parameter.name) } }
    guard let first = loaded.first else { return }
    throw mistake(
      "init",
      "\"\(first.name)\" belongs to the last layer of adaptive_softmax, whose classes are in the order of their frequency in the training "
        + "rows of the run that made it; list the layer in init.fresh, as in \"\(first.name.prefix { $0 != "." }).*\"")
  }
}
