import TemperCore
import TemperFiles
import TemperJSON
import TemperNN
import TemperOptim

extension Diagnostic.Code {
  /// A setting that needs more memory than is available.
  public static let tooLarge = Diagnostic.Code("E0113", "the config needs more memory than is available")
}

extension ConfigFile {
  /// Throws if `bytes` for `what`, determined by the setting at `key`, exceed the available memory. It is called before they are allocated.
  public func demand(bytes: Double, for what: String, by key: String) throws(Diagnostics) {
    let available = MemoryLimit.available()
    guard bytes > Double(available) else { return }
    let needed = MemoryLimit.text(Int(min(bytes, 0x1p62)))
    throw Diagnostics(
      .tooLarge, at: place(of: key) ?? .wholeFile(path: path),
      "\(key): \(what) requires \(needed) of memory, but \(MemoryLimit.text(available)) are available. Use a smaller value, or raise the limit."
    )
  }

  /// Throws if training a model with the parameters in `counted` does not fit: weights, gradients, optimiser state, moving average and
  /// best weights.
  public func demand(_ counted: ParameterStore, by key: String) throws(Diagnostics) {
    let all = counted.parameters.reduce(0.0) { $0 + Double($1.shape.count) }
    let trained = counted.parameters.reduce(0.0) { $0 + ($1.isTrainable ? Double($1.shape.count) : 0) }
    // The weights, the copy known to be finite, and one for writing files.
    let copies = 3 + (config.average == nil ? 0 : 1) + (config.earlyStopping == nil ? 0 : 1)
    let elements = Double(copies) * all + Double(1 + config.optimizer.rule.slots) * trained
    try demand(
      bytes: 4 * elements, for: "training a model of \(MemoryLimit.text(Int(min(4 * all, 0x1p62)))) (\(count(all)) parameters)", by: key)
  }

  /// Throws if a training batch does not fit: `numbers` floats for each of its `rows`, fewer only if there are fewer rows.
  func demandBatch(rows: Int, numbers: Double, by key: String = "train.batch_size") throws(Diagnostics) {
    try demand(bytes: 4 * numbers * Double(rows), for: "a training batch of \(rows) rows", by: key)
  }

  private func count(_ value: Double) -> String { grouped(Int(min(value, 0x1p62))) }
}

extension OptimizerConfig.Rule {
  /// The number of values the optimiser stores per trained parameter.
  fileprivate var slots: Int {
    switch self {
    case .adamw: 2
    case .sgd(let config): config.momentum > 0 ? 1 : 0
    case .rmsprop, .adagrad, .lion: 1
    // One a row of a table: next to nothing.
    case .rowwiseAdagrad: 0
    }
  }
}

extension TransformerConfig {
  /// The setting that determines the size of the weights of a transformer of `width`: the one that shapes the largest of them.
  func sizeKey(_ counted: ParameterStore, width: Int, vocabulary: Int) -> String {
    let shapes = counted.parameters.map(\.shape)
    func total(_ length: Int) -> Double { shapes.reduce(0) { $0 + ($1.rank == 2 && $1[0] == length ? Double($1.count) : 0) } }
    let all = shapes.reduce(0.0) { $0 + Double($1.count) }
    if total(vocabulary) > all / 2 {
      if vocabularySize != nil, vocabulary > width { return "model.vocab_size" }
      if vocabulary > width { return "data.tokenizer" }
    }
    if total(contextLength) > all / 2, contextLength > width { return contextKey }
    return widthKey
  }

  /// The setting for the width of a token.
  private var widthKey: String { "model.\(Self.keys.width)" }

  /// The setting for the length of a window.
  var contextKey: String { "model.\(Self.keys.contextLength)" }

  /// Floats that a training step stores per token: about ten times the width per block, or once if blocks are recomputed.
  func activations(width: Int, layers: Int) -> Double { Double(width) * (4 + Double(layers) * (recomputesBlocks ? 1 : 10)) }
}
