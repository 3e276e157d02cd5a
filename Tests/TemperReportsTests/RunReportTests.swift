import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperTrain
import Testing

@testable import TemperReports

/// The page of every kind of run.
@Suite struct RunReportTests {
  private let lab = ReportLab()

  private static func headings(_ html: String) -> [String] {
    html.matches(of: /<h2>([^<]*)<\/h2>/).map { String($0.output.1) }
  }

  @Test func aClassifierHasEverything() throws {
    let run = try lab.train(
      "c",
      [
        "train.epochs=40", "optimizer.learning_rate=0.1", "early_stopping.patience=40", "guard.tolerances.gap=0.001",
        "expect={\"train.loss\": {\"max\": 0.0001}}",
      ])
    let html = try lab.page(run)
    #expect(
      Self.headings(html) == [
        "Training", "Warnings and expectations", "Metrics", "Predictions", "Classes and labels", "Worst predictions", "Guard",
        "Rates and monitors", "Environment",
      ])
    for part in [
      "<b>loss</b>", "class=\"shade\"", "Best ", "<b>accuracy</b>", "Confusion matrix, validation rows", "Reliability, validation rows",
      "mistaken for", "predicted wrongly; the most confident mistakes first", "<td>t.csv:", "x0 = ", "<b>missed</b>", "gradient_norm_max",
      "<td>cpu</td>", "mlp 6-8-3", "Guard: gap is ", "prefers-color-scheme:dark", "<summary>Curves of further metrics",
    ] {
      let isThere = html.contains(part)
      #expect(isThere, "\(part)")
    }
    // The worst first.
    let confidences = html.matches(of: /<td>t\.csv:\d+<\/td><td>\w<\/td><td>\w<\/td><td class="n">([0-9.]+)</).compactMap {
      Double($0.output.1)
    }
    #expect(!confidences.isEmpty && confidences == confidences.sorted(by: >))
    #expect(try RunReport([run]).html() == html, "it is the same every time")
  }

  @Test func otherTasks() throws {
    let regression = try lab.page(lab.train("r", ["task=regression", "data.label=x0"]))
    #expect(regression.contains("Predicted and true, validation rows") && regression.contains("The largest errors on"))
    #expect(!regression.contains("Confusion matrix") && !Self.headings(regression).contains("Classes and labels"))

    let lines = SampleTable.csv().split(separator: "\n")
    let rows = lines.dropFirst().map { "\($0),\($0.hasSuffix(",a") ? 1 : 0),\($0.contains(",red,") ? 1 : 0)" }
    lab.folder.write(([lines[0] + ",is_a,is_red"] + rows).joined(separator: "\n") + "\n", to: "labels.csv")
    let columns = "{\"color\": \"ignore\", \"part\": \"ignore\", \"kind\": \"ignore\"}"
    let data = "{\"path\": \"\(lab.folder("labels.csv"))\", \"labels\": [\"is_a\", \"is_red\"], \"columns\": \(columns)}"
    let labels = try lab.page(lab.train("m", ["task=multilabel", "data=\(data)"]))
    #expect(labels.contains("probability of a label") && labels.contains("not is_red") && labels.contains("<td>is_a</td>"))

    lab.folder.write((0..<200).map { "Anna sees \($0 * 7 % 13) stones.\n" }.joined(), to: "text.txt")
    let model = "{\"type\": \"gpt2\", \"n_layer\": 1, \"n_head\": 2, \"n_embd\": 16, \"n_positions\": 8}"
    let text = try lab.page(
      lab.train(
        "l",
        [
          "task=language_modeling", "data={\"path\": \"\(lab.folder("text.txt"))\"}", "model=\(model)",
          "train={\"max_steps\": 6, \"batch_size\": 8, \"eval_every_steps\": 2}",
          "log={\"samples\": {\"prompts\": [\"Anna \"], \"max_tokens\": 9}}",
        ]))
    #expect(text.contains("<b>perplexity</b>") && text.contains("<pre><b>Anna </b>"))
    #expect(!Self.headings(text).contains("Worst predictions"))
  }

  @Test func runsThatLackSomething() throws {
    let bare = try lab.page(lab.train("bare", ["data.split={\"validation\": null}", "early_stopping=null", "guard=null"]))
    #expect(bare.contains("Confusion matrix, train rows") == false && bare.contains("train loss") && !bare.contains("class=\"shade\""))
    let one = try lab.page(lab.train("one", ["train={\"max_steps\": 1}"]))
    #expect(one.contains("<circle class=\"f0\"") && one.contains("Completed after 1 step."))

    let stopped = try lab.page(lab.train("stopped", ["train={\"max_steps\": 40, \"eval_every_steps\": 2}"], stop: 9))
    #expect(stopped.contains("This run is interrupted; its last evaluation is that of step 8.") && stopped.contains("so far"))
    #expect(!Self.headings(stopped).contains("Worst predictions"))
    let early = try lab.page(lab.train("early", stop: 0))
    #expect(early.contains("This run is interrupted"))

    let diverged = try lab.page(lab.train("diverged", ["optimizer={\"type\": \"sgd\", \"learning_rate\": 1e30}"]))
    #expect(diverged.contains("Diverged after ") && diverged.contains("class=\"verdict bad\"") && diverged.contains("not finite"))

    let folds = try lab.page(
      lab.train("folds", ["data.split={\"validation\": {\"folds\": 3}}", "data.columns={\"part\": \"ignore\"}"]))
    #expect(folds.contains(" · 3 folds · ") && folds.contains(" ± ") && folds.contains("<td>fold-3</td>") && folds.contains("fold-2 train"))
    // Every row was held out once.
    #expect(folds.contains(" of 60 validation rows are predicted wrongly"))
  }

  @Test func dataThatAreGoneAreSaidToBe() throws {
    let run = try lab.train("c")
    TestFiles.remove(lab.folder("t.csv"))
    let html = try lab.page(run)
    #expect(html.contains("<p>The rows cannot be shown: \(lab.folder("t.csv")): ") && html.contains("Confusion matrix"))
    lab.folder.write(SampleTable.csv(seed: 2), to: "t.csv")
    #expect(try lab.page(run).contains("the file changed since the model was trained"))
    // A damaged file is left out, as one that is missing.
    lab.folder.write("{", to: "runs/c/results.json")
    lab.folder.write("{\"step\": 1\n", to: "runs/c/metrics.jsonl")
    TestFiles.remove(lab.folder("runs/c/guard.json"))
    let damaged = try lab.page(run)
    #expect(damaged.contains("There are no evaluations, so there are no curves.") && damaged.contains("1 damaged lines of metrics.jsonl"))
  }

  @Test func severalRunsAreCompared() throws {
    let (a, b) = (try lab.train("a"), try lab.train("b", ["optimizer.learning_rate=0.1", "model.hidden=[4]"]))
    let html = try lab.page(a, b)
    for part in [
      "2 runs are compared", "<td>optimizer.learning_rate</td><td>0.001</td><td>0.1</td>", "<td>model.hidden</td><td>[8]</td><td>[4]</td>",
      "a validation", "b train", "<details><summary>b</summary>",
    ] {
      let isThere = html.contains(part)
      #expect(isThere, "\(part)")
    }
    #expect(try lab.page(a, a).contains("There are none."))
  }

  /// Names of classes, columns, files and runs are anybody's.
  @Test func whatComesFromDataIsNoMarkup() throws {
    let names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'&amp;</svg>", "plain"]
    let rows = (0..<80).map { row in
      "\(row % 4).\(row * 37 % 10),\(row * 7 % 5),\"\(names[(row + row / 11) % 4].replacing("\"", with: "\"\""))\""
    }
    lab.folder.write((["<b onclick=x>a</b>,b,kind"] + rows).joined(separator: "\n") + "\n", to: "evil <i>.csv")
    let run = try lab.train("<u>name", ["data={\"path\": \"\(lab.folder("evil <i>.csv"))\", \"label\": \"kind\"}"])
    let html = try lab.page(run)
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && html.contains("&lt;b onclick=x&gt;a&lt;/b&gt; = "))
    #expect(html.contains("<title>&lt;u&gt;name</title>"))
    _ = try lab.page(run, run)
  }

  @Test func aFolderThatIsNoRunIsRefused() throws {
    for path in [lab.folder("none"), lab.folder.path] {
      let error = #expect(throws: Diagnostics.self) { try RunReport([path]) }
      #expect(error?.list.map(\.code.name) == ["E0311"])
    }
  }
}
