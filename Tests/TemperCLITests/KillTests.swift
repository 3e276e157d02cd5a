import TemperJSON
import TemperRunSupport
import Testing

/// A process that is killed at any moment leaves a run that goes on to the same bytes.
@Suite struct KillTests {
  private let shop = Workshop()

  /// Dropout, schedules of both kinds, accumulation, an average of weights, and early stopping that waits all along.
  private static let config = """
    {
      "data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}},
      "model": {"hidden": [16, 16]},
      "optimizer": {"type": "adamw", "learning_rate": 0.01, "weight_decay": {"type": "cosine", "from": 0.1, "to": 0.01}},
      "schedule": {"type": "reduce_on_plateau", "patience": 9, "warmup_steps": 50},
      "regularization": {"l1": 1e-5, "dropout": {"rate": [{"type": "feedback", "rule": "sign", "from": 0.1, "max": 0.5}, 0.3]}},
      "train": {"max_steps": 1750, "batch_size": 8, "gradient_accumulation_steps": 2, "eval_every_steps": 7},
      "weight_average": {"decay": 0.99},
      "early_stopping": {"patience": 100000},
      "checkpoint": {"every_steps": 13, "keep_last": 3, "keep_best": 2}
    }
    """

  @Test func tenKillsChangeNothing() throws {
    shop.folder.write(Self.config, to: "k.json")
    #expect(shop.temper("train", "k.json", "--name", "whole", "--quiet").status == 0)

    // Each kill comes some random milliseconds after a random evaluation, the first two before a checkpoint is likely; 250 evaluations are
    // enough for the last to come before the end.
    var state = UInt64(0x9E37_79B9)
    func random(_ bound: UInt64) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % bound)
    }
    for kill in 0..<10 {
      let isRun = TestFiles.names(shop.folder("runs/killed")).contains("resolved.json")
      let how = isRun ? "--resume runs/killed" : "k.json --name killed --overwrite"
      let lines = kill < 2 ? kill : kill * 14 + random(14)
      let result = Program.shell(
        "$TEMPER train \(how) --quiet & p=$!; until test \"$(wc -l < runs/killed/metrics.jsonl)\" -ge \(lines) 2> /dev/null; do sleep 0.002; "
          + "kill -0 $p || break; done 2> /dev/null; sleep 0.0\(random(90) + 10); kill -KILL $p; wait $p 2> /dev/null", in: shop.folder.path
      )
      try #require(result.status == 137, "ended before it was killed: \(result.status) \(result.err)")
    }
    let rest = shop.temper("train", "--resume", "runs/killed", "--quiet")
    #expect(rest.status == 0, "\(rest.err)")

    let last = "checkpoints/" + (try #require(TestFiles.names(shop.folder("runs/whole/checkpoints")).last))
    for name in ["best/model.safetensors", "last/model.safetensors", "metrics.jsonl"]
      + ["model.safetensors", "optimizer.safetensors", "best.safetensors", "state.json"].map({ last + $0 })
    {
      let whole = try #require(TestFiles.bytes(shop.folder("runs/whole/" + name)))
      #expect(whole == TestFiles.bytes(shop.folder("runs/killed/" + name)), "\(name) differs")
    }
    #expect(TestFiles.names(shop.folder("runs/killed")) == TestFiles.names(shop.folder("runs/whole")))
    let resumed = try JSON.parse(TestFiles.text(shop.folder("runs/killed/manifest.json")), path: "manifest.json")["resumed"]?.array
    let reached = (resumed ?? []).compactMap { $0["after_step"]?.integer }
    #expect(Set(reached).count >= 4, "the kills were to come at different steps, and came after \(reached)")
  }
}
