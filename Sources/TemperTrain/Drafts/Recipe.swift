import TemperData
import TemperJSON

/// Model and training for a table of which no more than its size is known.
struct Recipe {
  let task: TaskKind
  /// Rows with a label.
  let rows: Int
  /// Features.
  let width: Int

  /// How rows are split: a fifth to judge the model by at the end.
  var split: JSON { ["test": 0.2] }

  /// The blocks besides `data`.
  var members: [(String, JSON)] {
    [
      ("model", ["hidden": [64]]),
      ("regularization", ["dropout": ["rate": 0.2]]),
      ("optimizer", ["type": "adamw", "learning_rate": 3e-3, "weight_decay": 0.1]),
      ("schedule", ["type": "cosine"]),
      ("train", ["epochs": 60, "batch_size": 32]),
      ("early_stopping", ["patience": 20]),
    ]
  }
}
