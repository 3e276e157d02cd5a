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
      "regularization": {"l1": 1e-5, "dropout": {"rate": [{"type": "feedback", "from": 0.1, "max": 0.5}, 0.3]}},
      "train": {"max_steps": STEPS, "batch_size": 8, "gradient_accumulation_steps": 2, "eval_every_steps": 7},
      "weight_average": {"decay": 0.99},
      "early_stopping": {"patience": 100000},
      "checkpoint": {"every_steps": 5, "keep_last": 3, "keep_best": 2}
    }
    """

  @Test func tenKillsChangeNothing() throws {
    // Long enough for ten kills: a run of a tenth of the steps says how long.
    func write(steps: Int) { shop.folder.write(Self.config.replacingFirst("STEPS", with: "\(steps)"), to: "k.json") }
    let clock = ContinuousClock()
    write(steps: 200)
    let time = clock.measure { #expect(shop.temper("train", "k.json", "--name", "probe", "--quiet").status == 0) }
    let steps = 200 * max(2, Int(3 / max(0.05, time / .seconds(1))))
    write(steps: steps)
    #expect(shop.temper("train", "k.json", "--name", "whole", "--quiet").status == 0)

    #expect(shop.temper("train", "k.json", "--name", "killed", "--quiet", "--set", "train.max_steps=1").status == 0)
    TestFiles.remove(shop.folder("runs/killed"))
    var (kills, state) = (0, UInt64(0x9E37_79B9))
    while kills < 10 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let seconds = 0.05 + Double(state % 1000) / 1000 * (time / .seconds(1))
      let how = TestFiles.names(shop.folder("runs/killed")).contains("resolved.json") ? "--resume runs/killed" : "k.json --name killed --overwrite"
      let result = Program.shell("timeout -s KILL \(seconds) $TEMPER train \(how) --quiet", in: shop.folder.path)
      try #require(result.status == 137, "ended before it was killed: \(result.status) \(result.err)")
      kills += 1
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
    #expect(Set(reached).count >= 4, "the kills were to come at different steps, and came after \(reached) of \(steps)")
  }
}
