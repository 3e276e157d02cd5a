import Glibc
import TemperRunSupport
import Testing

/// Kills runs of eight kinds at random moments, during steps, evaluations and the writing of checkpoints: each resumes to the same bytes.
/// `TEMPER_KILLS` is the number of kills, 50 by default.
@Suite struct RandomKillTests {
  private static let kills = getenv("TEMPER_KILLS").flatMap { Int(String(cString: $0)) } ?? 50

  private static let table = #""data": {"path": "data/t.csv", "label": "kind", "split": {"column": "part"}, "columns": {"day": "ignore"}}"#
  private static let often = #""checkpoint": {"every_steps": 3, "keep_last": 2, "keep_best": 1}"#

  /// The configs, which write checkpoints all along.
  private static let configs = [
    "dropout and schedules": """
    {\(table), "model": {"hidden": [12, 12]}, "train": {"max_steps": 120, "eval_every_steps": 20, "max_loss_ratio": 100}, \(often),
     "schedule": {"type": "one_cycle"}, "regularization": {"dropout": {"rate": {"type": "feedback", "rule": "sign", "from": 0.1, "max": 0.5}}}}
    """,
    "accumulation": """
    {\(table), "model": {"hidden": [12], "norm": "batch"}, \(often),
     "train": {"max_steps": 90, "eval_every_steps": 15, "batch_size": 8, "gradient_accumulation_steps": 2, "max_grad_norm": 1}}
    """,
    "average": """
    {\(table), "model": {"hidden": [12], "norm": "batch"}, "weight_average": {"decay": 0.9}, \(often),
     "optimizer": {"type": "lion"}, "train": {"max_steps": 120, "eval_every_steps": 20}}
    """,
    "early stopping": """
    {\(table), "model": {"hidden": [12]}, "optimizer": {"learning_rate": 0.05}, "train": {"epochs": 60}, \(often),
     "early_stopping": {"patience": 12}, "schedule": {"type": "reduce_on_plateau", "patience": 2}}
    """,
    "guard": """
    {"data": {"path": "data/t.csv", "label": "kind", "split": {"column": "part"}, "columns": {"day": "ignore"}, "label_noise": 0.2}, \(often),
     "model": {"hidden": [12]}, "regularization": {"dropout": {"type": "variational"}}, "guard": {"monitor_share": 1}, "calibrate": true,
     "train": {"max_steps": 90, "eval_every_steps": 9}}
    """,
    "folds": """
    {"data": {"path": "data/t.csv", "label": "kind", "columns": {"day": "ignore", "group": "ignore", "part": "ignore"},
     "split": {"validation": {"folds": 3}}}, "model": {"hidden": [6]}, "train": {"max_steps": 30, "eval_every_steps": 10}, \(often)}
    """,
    "language model": """
    {"task": "language_modeling", "data": {"path": "data/story.txt"}, \(often),
     "model": {"type": "gpt2", "n_layer": 1, "n_head": 2, "n_embd": 8, "n_positions": 8, "resid_pdrop": 0.1},
     "train": {"max_steps": 24, "eval_every_steps": 8}}
    """,
    "n-grams": """
    {"data": {"path": "data/texts.csv", "text": "text", "label": "kind"}, "model": {"type": "ngram_linear", "buckets": 500}, \(often),
     "train": {"max_steps": 40, "eval_every_steps": 10}}
    """,
    "augmentation": """
    {\(table), "model": {"hidden": [12]}, \(often),
     "train": {"max_steps": 90, "eval_every_steps": 15, "sampling": "balanced", "augment": {"noise": 0.1}}}
    """,
  ]

  @Test(arguments: configs.keys.sorted()) func killedRunsEndWithTheSameBytes(kind: String) throws {
    let folder = TemporaryFolder()
    JourneyData.write(to: folder)
    folder.write(try #require(Self.configs[kind]), to: "k.json")
    let start = ContinuousClock.now
    let whole = Program.run(["train", "k.json", "--quiet"], in: folder.path)
    try #require(whole.status == 0, "\(whole.err)")
    let duration = (ContinuousClock.now - start) / .milliseconds(1)
    let expected = RunFiles.all(folder("runs/k"))
    let place = (Self.configs.keys.sorted().firstIndex(of: kind) ?? 0, Self.configs.count)
    let kills = (place.0 + 1) * Self.kills / place.1 - place.0 * Self.kills / place.1

    // Spread evenly over the time that the run took, with some chance, so that none is left out.
    var (state, killed) = (UInt64(0x9E37_79B9_7F4A_7C15) &+ UInt64(place.0), 0)
    for kill in 0..<kills {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let moment = duration * (Double(kill) + Double(state >> 40) / Double(1 << 24)) / Double(kills)
      // Every third resumes one that was killed before.
      if kill % 3 != 2 { TestFiles.remove(folder("runs")) }
      let isRun = TestFiles.bytes(folder("runs/k/resolved.json")) != nil
      let how = isRun ? "train --resume runs/k" : "train k.json --overwrite"
      let result = Program.shell(
        "$TEMPER \(how) --quiet & p=$!; sleep \(moment / 1000); kill -KILL $p 2> /dev/null; wait $p 2> /dev/null", in: folder.path)
      try #require([0, 137].contains(result.status), "\(kind): \(result.status) \(result.err)")
      if result.status == 137 { killed += 1 }
      if kill % 3 == 1, kill + 1 < kills { continue }
      let begun = TestFiles.bytes(folder("runs/k/resolved.json")) != nil
      let rest = Program.run(
        begun ? ["train", "--resume", "runs/k", "--quiet"] : ["train", "k.json", "--overwrite", "--quiet"], in: folder.path)
      #expect(rest.status == 0, "\(kind), killed after \(moment) ms: \(rest.err)")
      let files = RunFiles.all(folder("runs/k"))
      #expect(files.keys.sorted() == expected.keys.sorted(), "\(kind), killed after \(moment) ms: other files")
      for (name, bytes) in expected { #expect(files[name] == bytes, "\(kind), killed after \(moment) ms: \(name) differs") }
    }
    #expect(kills < 4 || killed > 0, "no run was killed before it ended")
  }
}
