import TemperCore
import TemperFiles
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A file of weights that belongs to another model.
  public static let unfitWeights = Diagnostic.Code("E0242", "a file of weights does not fit the model")
}

/// What `init` in a config says: where the first weights come from.
public struct InitConfig: Sendable {
  /// Where the weights are.
  public enum Source: Sendable {
    /// A safetensors file.
    case weights(path: String)
    /// The directory of a run, or a folder with a model such as its `best/`.
    case run(path: String)
  }

  /// Where the weights are.
  public let source: Source
  /// Parameters that start anew all the same.
  public let fresh: [NamePattern]
  /// Tensors of the file that are left out.
  public let ignored: [NamePattern]

  /// The keys that hold paths.
  static let pathKeys = ["weights", "run"]

  /// Reads the block.
  public init(_ c: FieldReader) {
    c.exclusive("weights", "run")
    let weights = c.optionalString(
      "weights",
      doc: "A safetensors file with every tensor of the model, such as `runs/x/best/model.safetensors`; relative to this config.")
    let run = c.optionalString("run", doc: "A run's directory, or a folder with a model like its `best/`; relative to this config.")
    if !c.has("weights"), !c.has("run") {
      c.fail("", .missingKey, "needs \"weights\", a file, or \"run\", a run's directory", with: ["weights", "run"])
    }
    source = run.map { .run(path: $0) } ?? .weights(path: weights ?? "")
    fresh = c.patterns("fresh", doc: "Parameters that start anew, by name; `*` stands for anything, as in `classifier.*`.")
    ignored = c.patterns("ignore", doc: "Tensors of the file that are left out, by name; `*` stands for anything, as in `cls.*`.")
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
  /// Patterns of the names of parameters.
  func patterns(_ key: String, doc: String) -> [NamePattern] {
    (optionalStrings(key, count: 1...10_000, doc: doc) ?? []).map(NamePattern.init)
  }
}

/// First weights that come from a file.
struct FirstWeights {
  /// What the manifest says of the file.
  let source: DataSource
  /// The tensors.
  let tensors: SafeTensors
  private let config: InitConfig

  init(_ file: FileBytes, _ config: InitConfig) throws(Diagnostics) {
    self.config = config
    source = DataSource(file)
    tensors = try SafeTensors(parsing: file.bytes, path: file.name)
  }

  /// The store to make the model's parameters in.
  func store(random: RandomStreams, frozen: [NamePattern]) -> ParameterStore {
    ParameterStore(loading: tensors, random: random, fresh: config.fresh, frozen: frozen)
  }

  /// Throws one error that names every tensor that `store`, whose model was made from these weights, misses, has in another shape or does not
  /// know.
  func finishLoading(_ store: ParameterStore) throws(Diagnostics) {
    do {
      try store.finishLoading(ignoring: config.ignored)
    } catch {
      throw Diagnostics(
        .unfitWeights, at: .wholeFile(path: source.path),
        "init.weights does not fit the model and the data:\n\(error)\nTake weights of the same model, or change model; init.fresh and init.ignore "
          + "name what is to differ.")
    }
  }
}
