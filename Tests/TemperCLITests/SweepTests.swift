import Glibc
import TemperJSON
import TemperRunSupport
import Testing

/// `temper sweep`, with the program itself as its workers.
@Suite struct SweepTests {
  private let shop = Workshop()
  private static let trials = getenv("TEMPER_SWEEP_TRIALS").flatMap { Int(String(cString: $0)) } ?? 200

  init() {
    shop.folder.write(
      #"{"data": {"path": "t.csv", "label": "kind", "split": {"column": "part"}}, "model": {"hidden": [8]}, "train": {"epochs": 4}, "#
        + #""early_stopping": null}"#, to: "c.json")
  }

  private static let space = [
    "--space", "optimizer.learning_rate=log_uniform(1e-4, 1e-1)", "--space", "model.hidden=choice([4], [8, 4], [16])", "--space",
    "train.batch_size=int(8, 32, step=8)",
  ]

  private func sweep(_ arguments: String...) -> Program.Result {
    Program.run(["sweep", "c.json", "-q"] + Self.space + arguments, in: shop.folder.path)
  }

  private func json(_ result: Program.Result) throws -> JSON { try JSON.parse(result.out, path: "out") }
  private func text(_ name: String) -> String { TestFiles.text(shop.folder(name)) }

  /// However many work on it and however often they are killed.
  @Test(arguments: ["none", "median", "successive_halving"]) func theResultDoesNotDependOnTheWorkers(pruner: String) {
    let options = ["--trials", "16", "--set", "sweep.pruner={\"type\": \"\(pruner)\"}"]
    for jobs in ["1", "2", "4"] {
      let result = Program.run(
        ["sweep", "c.json", "-q", "--name", "s\(jobs)", "--jobs", jobs] + Self.space + options, in: shop.folder.path)
      #expect(result.status == 0, "\(result.err)")
    }
    let call = (["$TEMPER sweep c.json -q --name k"] + Self.space + options).map { $0.hasPrefix("$") ? $0 : "'\($0)'" }.joined(
      separator: " ")
    let killed = Program.shell(
      """
      \(call) --jobs 2 > /dev/null 2>&1 & p=$!
      until test -e runs/k/trials/3; do sleep 0.01; done
      kill -KILL $(cat /proc/$p/task/$p/children)
      until test -e runs/k/trials/8; do sleep 0.01; done
      kill -KILL $p; wait $p 2> /dev/null
      \(call) --jobs 3 --resume > /dev/null; echo $?
      """, in: shop.folder.path)
    #expect(killed.out == "0\n", "\(killed.err)")
    let table = text("runs/s1/leaderboard.csv")
    #expect(table.split(separator: "\n").count == 17 && table.hasPrefix("rank,trial,state,validation.loss,optimizer.learning_rate,"))
    for name in ["s2", "s4", "k"] {
      #expect(text("runs/\(name)/leaderboard.csv") == table, "\(name)")
      #expect(text("runs/\(name)/best.json") == text("runs/s1/best.json"), "\(name)")
    }
  }

  /// The winner is an ordinary run, with the value that its trial had.
  @Test func theWinnerGoesTheWholeWay() throws {
    let result = try json(sweep("--trials", "6", "--json"))
    let value = try #require(result["best"]?["values"]?["validation.loss"]?.number)
    #expect(
      result["winner"]?["validation"]?["loss"]?.number.map { abs($0 - value) < 1e-12 } == true && result["winner"]?["test"]?.isNull == false
    )
    let trials = TestFiles.names(shop.folder("runs/c/trials"))
    #expect(trials == ["0/", "1/", "2/", "3/", "4/", "5/"])
    for trial in trials {
      let results = try JSON.parse(text("runs/c/trials/\(trial)results.json"), path: trial)
      #expect(results["test"]?.isNull == true && !TestFiles.names(shop.folder("runs/c/trials/" + trial)).contains("best/"))
    }
    #expect(shop.temper("evaluate", "runs/c/best").status == 0)
    let other = Program.shell(
      """
      mkdir other; cp -r runs/c/best/best other/model; cd other; $TEMPER predict model --input ../t.csv | wc -l
      $TEMPER train ../runs/c/best.json --name again -q > /dev/null; cmp runs/again/best/model.safetensors ../runs/c/best/best/model.safetensors
      $TEMPER train ../runs/c/best/resolved.json --name resolved --output-dir . -q > /dev/null; echo $?
      """, in: shop.folder.path)
    #expect(other.out == "61\n0\n", "\(other.out) \(other.err)")
    #expect(text("runs/c/report.html").contains("<svg") && !text("runs/c/report.html").contains("http"))
  }

  @Test func whatIsDoneIsNotDoneAgain() throws {
    #expect(sweep("--trials", "6").status == 0)
    let best = text("runs/c/best.json")
    let before = try json(sweep("--trials", "6", "--json"))
    #expect(before["trials"] == 6 && text("runs/c/best.json") == best)
    // The budget is that of all calls.
    #expect(try json(sweep("--trials", "8", "--json", "--resume"))["trials"] == 8)
    // Another space is another study in the same file, and knows the trials of the first.
    let wider = Program.run(
      ["sweep", "c.json", "-q", "--json", "--set", "sweep.sampler.type=grid", "--space", "model.hidden=choice([4], [16])"],
      in: shop.folder.path)
    #expect(try json(wider)["study"] == "c-2" && json(wider)["complete"] == 2, "\(wider.err)")
    let again = Program.run(
      ["sweep", "c.json", "-q", "--json", "--set", "sweep.sampler.type=grid", "--space", "model.hidden=choice([4], [16], [32])"],
      in: shop.folder.path)
    #expect(try json(again)["study"] == "c-3" && json(again)["complete"] == 3)
    #expect(TestFiles.names(shop.folder("runs/c/trials-3")) == ["2/"], "only the third trial is new")
    #expect(Program.run(["sweep", "c.json", "--resume", "--name", "none"] + Self.space, in: shop.folder.path).status == 66)
  }

  @Test func aFailedTrialDoesNotEndTheSweep() throws {
    let rates = [
      "--space", "optimizer.learning_rate=choice(0.01, 1e30, 0.02)", "--set", "sweep.sampler.type=grid", "--set", "optimizer.type=sgd",
    ]
    let result = Program.run(["sweep", "c.json", "-q", "--json"] + rates, in: shop.folder.path)
    #expect(result.status == 13, "\(result.err)")
    #expect(try json(result)["failed"] == 1 && json(result)["complete"] == 2)
    #expect(try json(result)["failures"]?.array?.map { $0["trial"]?.integer } == [1])
    #expect(result.err.contains("error: 1 trial failed, the first, 1, because: "), "\(result.err)")
    #expect(text("runs/c/leaderboard.csv").contains(",1,fail,,1e+30,"))
    let fast = Program.run(["sweep", "c.json", "-q", "--json", "--name", "f", "--fail-fast", "--jobs", "1"] + rates, in: shop.folder.path)
    #expect(try fast.status == 13 && json(fast)["trials"] == 2 && fast.err.contains("the sweep was stopped: trial 1 failed"))
  }

  @Test func threeFailuresInARowEndIt() throws {
    let call = ["sweep", "c.json", "-q", "--json", "--jobs", "1", "--trials", "20", "--set", "sweep.sampler.type=random"]
    let undefined = ["--space", "train.batch_size=int(4, 64)", "--set", "sweep.objective.metric=validation.top_5_accuracy"]
    let result = Program.run(call + undefined, in: shop.folder.path)
    #expect(try result.status == 13 && json(result)["trials"] == 3 && json(result)["best"]?.isNull == true, "\(result.err)")
    #expect(result.err.contains("the sweep was stopped: trials 0, 1, 2 failed for one cause: "), "\(result.err)")
    // Those of before do not count again.
    #expect(try json(Program.run(call + undefined, in: shop.folder.path))["trials"] == 6)
    // Where a trial did not diverge, others may not.
    let rates = ["--space", "optimizer.learning_rate=choice(0.01, \((1...14).map { "\($0)e30" }.joined(separator: ", ")))"]
    let diverging = rates + ["--set", "optimizer.type=sgd", "--set", "sweep.sampler.type=grid"]
    #expect(try json(Program.run(call.dropLast(2) + diverging + ["--name", "d"], in: shop.folder.path))["trials"] == 11)
    let all = ["--space", "optimizer.learning_rate=uniform(1e30, 2e30)", "--set", "optimizer.type=sgd", "--name", "a"]
    #expect(try json(Program.run(call + all, in: shop.folder.path))["trials"] == 3)
  }

  /// With the result that it would have had without one.
  @Test func anInterruptionIsContinued() {
    let result = Program.shell(
      """
      call="$TEMPER sweep c.json -q --trials 3 --jobs 2 --set train.epochs=1500 --space train.batch_size=choice(8,16,32)"
      $call > /dev/null & p=$!
      until test -s runs/c/trials/1/metrics.jsonl; do sleep 0.01; done
      kill -TERM $p; wait $p; echo $?
      pgrep -f "[s]torage sqlite:///$PWD/runs" > /dev/null && echo still there
      $call --resume > /dev/null; echo $?
      $call --name whole > /dev/null; echo $?
      """, in: shop.folder.path)
    #expect(result.out == "75\n0\n0\n", "\(result.out)")
    #expect(result.err.contains("interrupted after 0 of 3 trials; to continue: "), "\(result.err)")
    for name in ["leaderboard.csv", "best.json"] { #expect(text("runs/c/" + name) == text("runs/whole/" + name)) }
    #expect(text("runs/c/leaderboard.csv").split(separator: "\n").count == 4)
  }

  /// The second waits for the first to train the winner, and finds it.
  @Test func twoSweepsInOneFolder() {
    let call = "$TEMPER sweep c.json -q --trials 6 --jobs 1 --space 'train.batch_size=int(4, 64)'"
    let result = Program.shell(
      """
      \(call) > /dev/null & first=$!
      \(call) > /dev/null; echo $?
      wait $first; echo $?
      \(call) --set train.epochs=3 --resume; echo $?
      rm runs/c/sweep.db*
      \(call); echo $?
      \(call) --overwrite > /dev/null; echo $?
      """, in: shop.folder.path)
    #expect(result.out == "0\n0\n66\n73\n0\n" && result.err.contains("has no sweep.db any more"), "\(result.out) \(result.err)")
    #expect(result.err.contains("has no sweep with these settings, data and version of Temper to resume"), "\(result.err)")
    let other = Program.run(["sweep", "c.json", "--trials", "1", "--space", "train.batch_size=int(4, 32)"], in: shop.folder.path)
    #expect(other.err.contains("note: settings, data or version are not those of the study \"c\": this is \"c-2\""), "\(other.err)")
  }

  @Test func mistakesAreFoundBeforeAnythingRuns() {
    let cases: [([String], String)] = [
      (["--space", "optimizer.learning_speed=uniform(0, 1)"], "sweep.space: optimizer.learning_speed = 0.0: "),
      (["--space", "optimizer.momentum=uniform(0, 0.9)"], "not read by type"),
      (["--space", "model.hidden=choice([4], [0])"], "sweep.space: model.hidden = [0]: "),
      (["--space", "train.epochs=int(5, 2)"], "low 5 is above high 2"),
      (["--space", "train.epochs=sometimes(5, 2)"], "there is no \"sometimes\"; use choice, uniform, log_uniform or int"),
      (["--space", "seed=int(0, 9)"], "\"seed\" cannot be searched over: it is set by sweep.seeds"),
      (["--space", "train.epochs=int(1, 2)", "--set", "sweep.objective.metric=test.accuracy"], "Use validation.accuracy"),
      (["--space", "train.epochs=int(1, 2)", "--set", "sweep.jobs=9"], "9 jobs are more than the lag of 4"),
      (
        [
          "--space", "train.epochs=int(1, 2)", "--set", "sweep.sampler.type=gp", "--set",
          "sweep.objective={\"second\": {\"metric\": \"bytes\"}}",
        ],
        "the sampler gp takes one objective; use tpe for several"
      ),
      (
        [
          "--space", "optimizer.type=choice(adamw, sgd)", "--space", "optimizer.momentum=uniform(0, 0.9) if optimizer.type=sgd", "--set",
          "sweep.sampler.type=gp",
        ], "optimizer.momentum: the sampler gp takes no conditional parameters; use tpe"
      ),
      (["--space", "optimizer.learning_rate=uniform(0, 1)", "--set", "sweep.sampler.type=grid"], "a float without a step"),
      (["--space", "train.epochs=int(1, 2)", "--set", "sweep.pruner.type=wilcoxon"], "wilcoxon compares the seeds or folds"),
      (["--space", "train.epochs=int(1, 2) if model.hidden=[4]"], "depends on \"model.hidden\", which is not in the space"),
      (["--space", "model=choice({})", "--space", "model.hidden=choice([4])"], "\"model.hidden\" is a part of \"model\""),
      (
        ["--space", "train.epochs=int(1, 2)", "--set", "sweep.objective.second={\"metric\": \"validation.loss\"}"],
        "is the first objective"
      ),
      (
        ["--space", "train.epochs=int(1, 2)", "--set", "sweep.objective.constraints={\"bytes\": {\"min\": 9, \"max\": 5}}"],
        "must be at most max, 5.0, not 9.0"
      ),
      (["--space", "train.epochs=int(1, 2)", "--storage", "mysql://host/db"], "is no file of studies; use sqlite:///FOLDER/sweep.db"),
      (
        ["--space", "loss.type=choice(focal)"],
        "it changes what validation.loss is, so that its values cannot be compared; use validation.log_loss"
      ),
      (["--space", "data.label=choice(kind)"], "it would give trials other rows or targets"),
      (["--space", "train.batch_size=uniform(4, 64)"], "sweep.space: train.batch_size = "),
      (["--space", "train.batch_size=int(1, 9223372036854775807)"], "is beyond 2^53"),
      (
        ["--space", "train.epochs=int(1, 2)", "--set", "strict=true", "--set", "early_stopping={}"],
        "early_stopping.patience is 10 evaluations"
      ),
      ([], "there is nothing to search for"),
    ]
    for (arguments, message) in cases {
      let result = Program.run(["sweep", "c.json"] + arguments, in: shop.folder.path)
      #expect(result.status == 64 && result.err.contains(message), "\(arguments): \(result.err)")
    }
    #expect(!TestFiles.names(shop.folder.path).contains("runs/"))
    shop.folder.write(
      #"{"data": {"path": "t.csv", "label": "kind"}, "sweep": {"space": {"train.epoch": "int(1, 2)", "seed": "int(1, 2)"}}}"#, to: "v.json")
    #expect(Program.run(["validate", "v.json"], in: shop.folder.path).err.contains("\"seed\" cannot be searched over"))
    shop.folder.write(
      #"{"data": {"path": "t.csv", "label": "kind"}, "sweep": {"space": {"train.epochs": {"type": "int", "low": 16}}}}"#, to: "w.json")
    let missing = Program.run(["validate", "w.json"], in: shop.folder.path)
    #expect(missing.err.contains("high") && !missing.err.contains("above"), "\(missing.err)")
    let one = Program.run(
      ["sweep", "c.json", "--space", "model.hidden=choice([0], [4])", "--space", "train.epochs=int(1, 2)"], in: shop.folder.path)
    #expect(one.err.split(separator: "\n").filter { $0.contains("error:") }.count == 1, "\(one.err)")
  }

  @Test func seedsAndFoldsAreCompared() throws {
    let seeds = Program.run(
      ["sweep", "c.json", "-q", "--trials", "5", "--set", "sweep.seeds=3", "--set", "sweep.pruner.type=wilcoxon"] + Self.space,
      in: shop.folder.path)
    #expect(seeds.status == 0 && seeds.out.contains("(paired t-test over 3 seeds, p = "), "\(seeds.out) \(seeds.err)")
    #expect(TestFiles.names(shop.folder("runs/c/trials/0")) == ["seed-0/", "seed-1/", "seed-2/"])
    let folds = Program.run(
      [
        "sweep", "c.json", "-q", "--json", "--name", "f", "--trials", "4", "--set", "data.split={\"validation\": {\"folds\": 3}}", "--set",
        "data.columns={\"part\": \"ignore\"}",
      ] + Self.space, in: shop.folder.path)
    #expect(folds.status == 0, "\(folds.err)")
    let best = try #require(try json(folds)["best"])
    let number = try #require(best["trial"]?.integer)
    let mean = try JSON.parse(text("runs/f/trials/\(number)/folds.json"), path: "folds")["mean"]?["validation"]?["loss"]?.number
    #expect(mean.map { abs($0 - (best["values"]?["validation.loss"]?.number ?? 0)) < 1e-9 } == true)
  }

  @Test func constraintsAndTwoObjectives() throws {
    let limited = Program.run(
      ["sweep", "c.json", "-q", "--json", "--trials", "8", "--set", "sweep.objective={\"constraints\": {\"parameters\": {\"max\": 60}}}"]
        + Self.space, in: shop.folder.path)
    let result = try json(limited)
    #expect(limited.status == 0 && (result["winner"]?["model"]?["parameters"]?.integer ?? 99) <= 60, "\(limited.err)")
    #expect(result["ranking"]?.array?.contains { $0["feasible"] == false } == true)
    let two = Program.run(
      ["sweep", "c.json", "-q", "--trials", "8", "--name", "two", "--set", "sweep.objective={\"second\": {\"metric\": \"parameters\"}}"]
        + Self.space, in: shop.folder.path)
    #expect(two.status == 0 && two.out.contains("the front, of which no trial is better in both: trials "), "\(two.err)")
  }

  /// Nothing is left of a winner that does not win.
  @Test func withoutAWinnerThereIsNone() {
    #expect(sweep("--trials", "4").status == 0)
    let none = sweep("--trials", "4", "--set", "sweep.objective={\"constraints\": {\"parameters\": {\"max\": 3}}}")
    #expect(none.status == 10 && none.err.contains("no trial meets the constraints"), "\(none.err)")
    #expect(TestFiles.bytes(shop.folder("runs/c/best.json")) == nil && !TestFiles.names(shop.folder("runs/c")).contains("best/"))
  }

  /// With --shared, those that begin together change the journal, for which each needs the file alone.
  @Test(arguments: ["", "--shared"]) func workersAreStartedByHand(option: String) throws {
    let prepared = sweep("--trials", "5", "--prepare")
    let storage = "sqlite:///" + shop.folder("runs/c/sweep.db")
    #expect(prepared.status == 0 && prepared.out == storage + "\n")
    let workers = Program.shell("for i in 1 2 3; do $TEMPER sweep worker --storage \(storage) \(option) & done; wait", in: shop.folder.path)
    #expect(workers.status == 0 && TestFiles.names(shop.folder("runs/c/trials")).count == 5, "\(workers.err)")
    #expect(!workers.err.contains("error"), "\(workers.err)")
    #expect(try JSON.parse(text("runs/c/trials/4/config.json"), path: "c")["sweep"]?.isNull == false)
    #expect(try json(sweep("--trials", "5", "--json"))["complete"] == 5)
  }

  /// `TEMPER_SWEEP_TRIALS=2000` makes it long.
  @Test func manyWorkersOfOneStep() throws {
    let count = Self.trials
    let result = Program.shell(
      """
      space="--space optimizer.learning_rate=log_uniform(1e-4,1e-1)"
      $TEMPER sweep c.json -q $space --trials 1 --jobs 1 --set train.max_steps=1 --set train.epochs=null --set sweep.sampler.type=random > /dev/null
      $TEMPER sweep c.json -q $space --trials \(count) --jobs 8 --set train.max_steps=1 --set train.epochs=null --set sweep.sampler.type=random > /dev/null
      echo $?; ls runs/c/trials | wc -l; cut -d, -f3 runs/c/leaderboard.csv | sort | uniq -c
      """, in: shop.folder.path)
    let words = result.out.split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(words == ["0", "\(count)", "\(count)", "complete", "1", "state"], "\(result.out) \(result.err)")
  }
}
