import TemperCore
import TemperJSON
import TemperTables

/// Model and training for a table of which only the size is known, and where it has texts. The choices are based on the results of
/// `Tests/Peers/public_tables.py` and `Tests/Peers/public_texts.py`.
public struct DraftDefaults: Sendable {
  /// Where a table has texts.
  enum Texts {
    /// Nowhere.
    case none
    /// In the one column to learn from.
    case alone(String)
    /// Beside other features, in columns of these sorts.
    case beside([TableProfile.TextSort])
  }

  /// The kind of target.
  let target: TargetKind?
  /// Rows with a label.
  let rows: Int
  /// The model.
  public let model: DraftModel
  private let texts: Texts

  /// Of a target with so many rows; `model` is chosen by them unless it is given.
  init(target: TargetKind?, rows: Int, texts: Texts = .none, model: DraftModel? = nil) {
    (self.target, self.rows, self.texts) = (target, rows, texts)
    self.model = model ?? Self.model(target: target, rows: rows, texts)
  }

  /// Whether a model that needs held-out rows has to be better than one that does not by more than noise.
  var countsRows: Bool { rows < Self.fewRows }

  /// With fewer rows, holding out a tenth each for test and validation costs more than hidden units gain.
  private static let fewRows = 600

  /// From so many rows on an ensemble with embedded numbers is worth its time.
  private static let manyRows = 3000

  private static func model(target: TargetKind?, rows: Int, _ texts: Texts) -> DraftModel {
    if rows < fewRows { return .linear }
    if case .alone = texts, target == .classes { return .ngrams }
    return rows < manyRows ? .mlp : .tabm
  }

  /// The models that a comparison trains, the cheapest first.
  static func candidates(target: TargetKind?, _ texts: Texts) -> [DraftModel] {
    if case .alone = texts, target == .classes { return [.ngrams, .linear, .mlp] }
    return [.linear, .mlp, .tabm]
  }

  /// Whether the table is so small that all of it is for training.
  public var holdsNothingOut: Bool { rows < Self.fewRows && model.converges }

  /// The column that the n-grams are of; nil for other models.
  public var text: String? { if case .alone(let column) = texts, model == .ngrams { column } else { nil } }

  /// How rows are split.
  var split: JSON { holdsNothingOut ? ["validation": .null] : ["validation": 0.1, "test": 0.1] }

  /// The blocks besides `data`.
  var members: [(String, JSON)] {
    switch model {
    case .linear: linear
    case .mlp: mlp
    case .tabm: tabm
    case .ngrams: ngrams
    }
  }

  /// Whether predictions are kept within the range of training targets: embedded numbers far outside that of the rows are extrapolated.
  var clampsTarget: Bool { target == .value && model == .tabm }

  /// Whether text columns are embedded. Names of few rows tell more by the frequent words in them than by all that they consist of.
  public var embedsTexts: Bool {
    switch texts {
    case .none: false
    case .alone: model.embedsTexts
    case .beside(let sorts): model.embedsTexts && (rows >= Self.manyRows || sorts.contains { $0 != .names })
    }
  }

  private var tabm: [(String, JSON)] {
    let isSmall = rows < Self.manyRows
    return [
      ("model", embeddingTexts([("type", "tabm")])),
      ("regularization", ["dropout": ["rate": 0.1]]),
      ("optimizer", withTable([("type", "adamw"), ("learning_rate", 2e-3), ("weight_decay", 3e-4)])),
      (
        "train",
        [
          "epochs": .integer(max(5, min(isSmall ? 100 : 40, 1_500_000 / max(1, rows)))),
          "batch_size": .integer(isSmall ? 64 : rows < 100_000 ? 256 : 1024),
        ]
      ),
      ("early_stopping", ["patience": isSmall ? 16 : 8]),
    ]
  }

  /// The members of a model of features, with an embedding of texts if there are any.
  private func embeddingTexts(_ members: [(String, JSON)]) -> JSON {
    let buckets: JSON = rows < Self.fewTexts ? 65_536 : 131_072
    var block: [(String, JSON)] = [("type", "ngrams"), ("max_char_ngram", 5), ("buckets", buckets), ("pooling", "sqrt")]
    // Texts that tell rows apart would be learned by heart before the features are of use.
    if case .beside(let sorts) = texts, sorts.contains(where: { $0 != .repeated }) {
      block.append(("dropout", rows < Self.manyRows ? 0.5 : 0.3))
    }
    return .object(members + (embedsTexts ? [("text_embedding", .object(block))] : []))
  }

  /// The members of an optimiser, with lazy updates of a table of n-grams.
  private func withTable(_ members: [(String, JSON)]) -> JSON { .object(members + (embedsTexts ? [("rows", "touched")] : [])) }

  /// With fewer texts, a table of half the default size has room for their n-grams, and takes half the time to copy and to save.
  private static let fewTexts = 8000

  /// Words and pairs of words. Few epochs are enough: on most texts the validation loss is best after one to three.
  private var ngrams: [(String, JSON)] {
    let buckets: [(String, JSON)] = rows < Self.fewTexts ? [("buckets", 131_072)] : []
    return [
      ("model", .object([("type", "ngram_linear"), ("max_char_ngram", 0)] + buckets + [("pooling", "sqrt")])),
      ("train", ["epochs": 10]),
      ("early_stopping", ["patience": 2]),
    ]
  }

  /// Ridge or logistic regression to convergence, with the penalty of one squared weight per whole data set.
  private var linear: [(String, JSON)] {
    let epochs = max(20, min(1000, 1000 * Self.fewRows / max(1, rows)))
    let penalty = (target == .value ? 2 : 1) / Double(max(1, rows))
    return [
      ("model", ["type": "linear"]),
      ("regularization", ["l2": .number(Self.rounded(penalty))]),
      ("optimizer", ["type": "adam", "learning_rate": 0.02]),
      ("schedule", ["type": "cosine"]),
      ("train", ["epochs": .integer(epochs), "batch_size": 512, "eval_every_epochs": .integer(max(1, epochs / 5))]),
    ] + (holdsNothingOut ? [] : [("early_stopping", .null)])
  }

  private var mlp: [(String, JSON)] {
    let batch = rows < 10_000 ? 32 : rows < 100_000 ? 128 : 512
    return [
      ("model", embeddingTexts([("hidden", [64])])),
      ("regularization", ["dropout": ["rate": 0.2]]),
      ("optimizer", withTable([("type", "adamw"), ("learning_rate", 3e-3), ("weight_decay", 0.1)])),
      ("schedule", ["type": "cosine"]),
      ("train", ["epochs": .integer(max(10, min(60, 600_000 / max(1, rows)))), "batch_size": .integer(batch)]),
      ("early_stopping", ["patience": 20]),
    ]
  }

  /// Two digits suffice for a penalty.
  private static func rounded(_ number: Double) -> Double {
    var unit = 1.0
    while number * unit < 10 { unit *= 10 }
    return (number * unit).rounded() / unit
  }
}
