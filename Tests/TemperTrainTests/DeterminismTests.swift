import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

@Suite struct DeterminismTests {
  private let lab = Lab()
  private static let files = [
    "best/model.safetensors", "last/model.safetensors", "last/bundle.json", "last/preprocessing.json", "metrics.jsonl",
  ]

  /// Trains `file` of the repository on `threads` threads, without anything but its own data to depend on.
  private func train(_ file: String, _ threads: Int, _ changes: [String]) throws -> TrainedRun {
    let config = try ConfigFile(
      path: Repository.path(file), overrides: ["output_dir=\(lab.folder("threads-\(threads)"))", "threads=\(threads)"] + changes)
    return try TemperTrainTests.train(config)
  }

  private func expectSameFiles(_ a: TrainedRun, _ b: TrainedRun) {
    for name in Self.files {
      #expect(!a.content(name).isEmpty, "\(name) is empty")
      #expect(a.content(name) == b.content(name), "\(name) differs")
    }
  }

  @Test func digitsAreTheSameOnOneAndTwoThreads() throws {
    let changes = ["train.epochs=3"]
    expectSameFiles(try train("configs/digits.json", 1, changes), try train("configs/digits.json", 2, changes))
  }

  /// Dropout and weight decay that answer to the losses of every evaluation.
  @Test func gapControlIsTheSameOnOneAndTwoThreads() throws {
    let changes = [
      "train.epochs=3", "regularization.dropout={\"type\": \"gap_controlled\"}",
      "optimizer.weight_decay={\"type\": \"feedback\", \"max\": 9}",
    ]
    expectSameFiles(try train("configs/digits.json", 1, changes), try train("configs/digits.json", 2, changes))
  }

  /// Weight decay that answers to the norms of every step.
  @Test func adaptiveDecayIsTheSameOnOneToFourThreads() throws {
    let changes = [
      "data={\"type\": \"random\", \"rows\": 700, \"inputs\": 300, \"classes\": 10}", "regularization.l2=0.01",
      "train={\"max_steps\": 6, \"batch_size\": 128, \"eval_every_steps\": 3}",
      "optimizer={\"type\": \"adamw\", \"weight_decay\": {\"type\": \"adaptive\", \"strength\": 5}}",
    ]
    let one = try train("configs/bench/mlp-wide.json", 1, changes)
    for threads in 2...4 { expectSameFiles(one, try train("configs/bench/mlp-wide.json", threads, changes)) }
  }

  @Test func changedRowsAreTheSameOnOneAndTwoThreads() throws {
    let changes = [
      "train.epochs=3", "data.label_noise=0.1", "train.sampling=balanced",
      "train.augment={\"noise\": 0.1, \"shift\": 1, \"flip\": 0.1, \"cutout\": 3, \"mixup\": 0.2, \"shape\": [5, 8]}",
    ]
    expectSameFiles(try train("configs/mnist1d.json", 1, changes), try train("configs/mnist1d.json", 2, changes))
  }

  /// Wide enough for every kernel to be cut into pieces, with each kind of layer.
  @Test(arguments: ["none", "layer", "batch"]) func wideModelsAreTheSameOnOneAndTwoThreads(norm: String) throws {
    let changes = [
      "name=\(norm)", "data={\"type\": \"random\", \"rows\": 700, \"inputs\": 300, \"classes\": 10}", "model.norm=\(norm)",
      "model.residual=true",
      "model.activation=gelu", "train={\"max_steps\": 6, \"batch_size\": 128, \"eval_every_steps\": 3, \"max_grad_norm\": 0.5}",
      "regularization.dropout.rate=0.3", "regularization.l2=0.001",
    ]
    expectSameFiles(try train("configs/bench/mlp-wide.json", 1, changes), try train("configs/bench/mlp-wide.json", 2, changes))
  }

  @Test(arguments: ["early", "late", "curriculum", "standout", "concrete", "variational"])
  func everyDropoutIsTheSameOnOneAndTwoThreads(type: String) throws {
    let changes = [
      "name=\(type)", "data={\"type\": \"random\", \"rows\": 700, \"inputs\": 300, \"classes\": 10}",
      "train={\"max_steps\": 6, \"batch_size\": 128, \"eval_every_steps\": 2}", "regularization.dropout={\"type\": \"\(type)\"}",
    ]
    expectSameFiles(try train("configs/bench/mlp-wide.json", 1, changes), try train("configs/bench/mlp-wide.json", 2, changes))
  }

  /// A transformer long and wide enough for its kernels to be cut into pieces.
  @Test(arguments: [
    #"{"type": "gaussian", "rate": 0.2}"#, #"{"type": "concrete", "places": ["embedding", "residual", "feed_forward"]}"#,
    #"{"type": "gap_controlled", "half_gap": 0.05}"#,
  ])
  func dropoutOfATransformerIsTheSameOnOneToFourThreads(dropout: String) throws {
    func run(_ threads: Int) throws -> [[UInt8]] {
      let keys = ["\"n_embd\": 64", "\"n_positions\": 64", "\"gradient_checkpointing\": true"]
      let changes =
        lab.language("gpt2", keys) + [
          "regularization={\"dropout\": \(dropout)}", "threads=\(threads)",
          "train={\"max_steps\": 3, \"batch_size\": 8, \"eval_every_steps\": 1}",
        ]
      let run = try lab.train(changes)
      return [run.last, run.bytes("metrics.jsonl")]
    }
    let one = try run(1)
    for threads in 2...4 { #expect(try run(threads) == one, "\(threads) threads") }
  }

  @Test func theSameSeedGivesTheSameFilesAndAnotherOthers() throws {
    let changes = ["regularization.dropout.rate=0.2", "train.epochs=4"]
    let (first, second) = (try lab.train(changes), try lab.train(changes))
    expectSameFiles(first, second)
    let other = try lab.train(changes + ["seed=7"])
    for name in ["best/model.safetensors", "last/model.safetensors", "metrics.jsonl"] { #expect(other.bytes(name) != first.bytes(name)) }
  }

  /// resolved.json says everything: it runs again to the same weights, from any folder.
  @Test func theResolvedConfigRunsToTheSameWeights() throws {
    for file in ["base.json", "all.json"] {
      lab.folder.write(Self.everything, to: "all.json")
      let run = try lab.train(file: file)
      let again = try TemperTrainTests.train(
        try ConfigFile(path: run.directory + "/resolved.json", overrides: ["name=again-\(file)"]))
      #expect(again.directory == lab.folder("runs/again-\(file)"))
      expectSameFiles(run, again)
    }
  }

  @Test func aResolvedConfigResolvesToItself() throws {
    lab.folder.write(Self.everything, to: "all.json")
    let resolved = try lab.config(file: "all.json").resolved
    lab.folder.write(resolved.serialized(pretty: true), to: "resolved.json")
    #expect(try ConfigFile(path: lab.folder("resolved.json")).resolved == resolved)
  }

  private static let everything = """
    {
      "data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}, "normalize": "none"},
      "model": {"hidden": [8, 8], "activation": "tanh", "norm": "layer", "residual": true, "initializer": {"type": "normal", "std": 0.3}},
      "loss": {"label_smoothing": 0.1, "class_weights": {"b": 2.5}, "normalize": "count"},
      "optimizer": {"type": "sgd", "momentum": 0.8, "weight_decay": 0.01, "learning_rate": 0.05, "decay_on": "all"},
      "schedule": {"type": "cosine", "warmup_ratio": 0.2, "min_learning_rate": 1e-3},
      "regularization": {"l2": 0.001, "dropout": {"rate": [0.1, 0.2]}},
      "train": {"max_steps": 20, "batch_size": 7, "gradient_accumulation_steps": 2, "max_grad_norm": 1, "eval_every_steps": 4},
      "early_stopping": {"monitor": "validation.macro_f1", "patience": 30},
      "expect": {"train.loss": {"max": 3}}
    }
    """
}
