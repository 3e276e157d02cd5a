import TemperCore
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ResumeTests {
  @Test(arguments: [
    #"{"type": "standout"}"#, #"{"type": "concrete"}"#, #"{"type": "gap_controlled"}"#, #"{"type": "curriculum"}"#,
    #"{"type": "gaussian", "rate": 0.3}"#, #"{"type": "variational", "kl_weight": {"type": "linear", "from": 0, "to": 1, "steps": 20}}"#,
  ])
  func everyTypeOfDropoutGoesOn(dropout: String) throws {
    let changes = ["regularization.dropout=\(dropout)", "loss.label_smoothing={\"type\": \"feedback\", \"max\": 0.3}"]
    try expectGoesOn(stops: [3, 17], changes: changes)
  }

  /// Dropout of a language model, in recomputed blocks and several batches a step; the gap is between losses without dropout.
  @Test(arguments: [
    ("gpt2", #"{"type": "gap_controlled", "half_gap": 0.05}"#), ("llama", #"{"type": "concrete"}"#),
    ("bert", #"{"type": "gaussian", "rate": {"type": "linear", "from": 0, "to": 0.3}}"#), ("gpt2", #"{"type": "standout"}"#),
  ])
  func dropoutOfATransformerGoesOn(type: String, dropout: String) throws {
    let changes =
      lab.language(type, ["\"gradient_checkpointing\": true"]) + [
        "regularization={\"dropout\": \(dropout)}", "optimizer={\"learning_rate\": 0.01}", "weight_average=null",
        "schedule={\"type\": \"constant\"}",
        "train={\"max_steps\": 14, \"batch_size\": 3, \"gradient_accumulation_steps\": 2, \"eval_every_steps\": 3}", "early_stopping={}",
      ]
    try expectGoesOn(stops: [2, 7], changes: changes)
  }
}
