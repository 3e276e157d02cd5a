import TemperCore
import TemperData
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A file of weights that belongs to another model.
  public static let unfitWeights = Diagnostic.Code("E0242", "a file of weights does not fit the model")
}

/// What `init` in a config says: where the first weights come from.
public enum InitConfig: Sendable {
  /// A safetensors file with all parameters of the model.
  case weights(path: String)

  /// The keys that hold paths.
  static let pathKeys = ["weights"]

  /// Reads the block.
  public init(_ c: FieldReader) {
    self = .weights(
      path: c.string(
        "weights",
        doc: "A safetensors file with every tensor of the model, such as `runs/x/best/model.safetensors`; relative to this config."))
  }

  /// Reads the file.
  func read() throws(Diagnostics) -> FirstWeights {
    switch self {
    case .weights(let path): try FirstWeights(FileBytes(reading: path))
    }
  }
}

/// First weights that come from a file.
struct FirstWeights {
  /// What the manifest says of the file.
  let source: DataSource
  /// The tensors.
  let tensors: SafeTensors

  init(_ file: FileBytes) throws(Diagnostics) {
    source = DataSource(file)
    tensors = try SafeTensors(parsing: file.bytes, path: file.name)
  }

  /// Throws one error that names every tensor that `store`, whose model was made from these weights, misses, has in another shape or does not
  /// know.
  func finishLoading(_ store: ParameterStore) throws(Diagnostics) {
    do {
      try store.finishLoading()
    } catch {
      throw Diagnostics(
        .unfitWeights, at: .wholeFile(path: source.path),
        "init.weights does not fit the model and the data:\n\(error)\nTake weights of the same model, or change model.")
    }
  }
}
