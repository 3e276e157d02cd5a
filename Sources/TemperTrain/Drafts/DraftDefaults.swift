import TemperCore
import TemperJSON
import TemperTables

/// Model and training for a table of which only the size is known, and whether it has texts alone. The choices are based on the results of
/// `Tests/Peers/public_tables.py` and `Tests/Peers/public_texts.py`.
public struct DraftDefaults: Sendable {
  /// The kind of target.
  let target: TargetKind?
  /// Rows with a label.
  let rows: Int
  /// The column of texts, if there is nothing else to learn from.
  public let text: String?

  /// Of a target with so many rows; `text` is the one column to learn from, if it has texts.
  init(target: TargetKind?, rows: Int, text: String? = nil) {
    (self.target, self.rows) = (target, rows)
    self.text = target == .classes && rows >= Self.fewRows ? text : nil
  }

  /// With fewer rows, holding out a tenth each for test and validation costs more than hidden units gain.
  private static let fewRows = 600

  /// Whether the table is so small that a linear model is trained on all of it.
  public var isLinear: Bool { rows < Self.fewRows }

  /// How rows are split.
  var split: JSON { isLinear ? ["validation": .null] : ["validation": 0.1, "test": 0.1] }

  /// The blocks besides `data`.
  var members: [(String, JSON)] {
    if isLinear { return linear }
    return text != nil ? ngrams : rows < Self.manyRows ? mlp : tabm
  }

  /// Whether predictions are kept within the range of training targets: embedded numbers far outside that of the rows are extrapolated.
  var clampsTarget: Bool { target == .value && rows >= Self.manyRows }

  /// From so many rows on an ensemble with embedded numbers is worth its time.
  private static let manyRows = 3000

  private var tabm: [(String, JSON)] {
    [
      ("model", ["type": "tabm"]),
      ("regularization", ["dropout": ["rate": 0.1]]),
      ("optimizer", ["type": "adamw", "learning_rate": 2e-3, "weight_decay": 3e-4]),
      ("train", ["epochs": .integer(max(5, min(40, 1_500_000 / rows))), "batch_size": .integer(rows < 100_000 ? 256 : 1024)]),
      ("early_stopping", ["patience": 8]),
    ]
  }

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
    let penalty = (target == .value ? 2 : 1) / Double(max(1, rows))
    return [
      ("model", ["type": "linear"]),
      ("regularization", ["l2": .number(Self.rounded(penalty))]),
      ("optimizer", ["type": "adam", "learning_rate": 0.02]),
      ("schedule", ["type": "cosine"]),
      ("train", ["epochs": 1000, "batch_size": 512, "eval_every_epochs": 200]),
    ]
  }

  private var mlp: [(String, JSON)] {
    let batch = rows < 10_000 ? 32 : rows < 100_000 ? 128 : 512
    return [
      ("model", ["hidden": [64]]),
      ("regularization", ["dropout": ["rate": 0.2]]),
      ("optimizer", ["type": "adamw", "learning_rate": 3e-3, "weight_decay": 0.1]),
      ("schedule", ["type": "cosine"]),
      ("train", ["epochs": .integer(max(10, min(60, 600_000 / rows))), "batch_size": .integer(batch)]),
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
