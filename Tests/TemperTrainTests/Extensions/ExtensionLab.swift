import Synchronization
import TemperCore
import TemperJSON
import TemperRunSupport
import TemperTables
import TemperTrain
import Testing

/// An example of this folder, put to use by a config.
struct Extension: Sendable, CustomTestStringConvertible {
  let name: String
  /// The config, but for checkpoints.
  let config: String
  /// The data; nil for data that are made up.
  let data: String?
  /// Rows to predict.
  let input: String
  /// A metric of the validation rows, and the worst that it may be.
  let metric: String
  let worst: Double
  /// What the same config comes to without the example, at best; nil where it means nothing then.
  var plain: (model: String, best: Double)?

  var testDescription: String { name }

  static let all = [
    Extension(
      name: "a model",
      config: """
        {"data": {"path": "data.csv", "label": "sign"}, "model": {"type": "quadratic", "rank": 2}, "optimizer": {"learning_rate": 0.05},
         "train": {"epochs": 30, "batch_size": 16}}
        """,
      data: table("x,y,sign") { x, y in "\(x),\(y),\(x * y > 0 ? "same" : "different")" },
      input: "x,y\n0.5,0.5\n-0.5,0.5\n", metric: "accuracy", worst: 0.9, plain: ("linear", 0.75)),
    Extension(
      name: "an input",
      config: """
        {"data": {"type": "parity", "bits": 3, "held_out": 32}, "model": {"hidden": [16]}, "optimizer": {"learning_rate": 0.03},
         "train": {"epochs": 20, "batch_size": 16}}
        """,
      data: nil, input: "000\n011\n111\n", metric: "accuracy", worst: 1),
    Extension(
      name: "an objective",
      config: """
        {"task": "counts", "data": {"path": "data.csv", "label": "visits"}, "model": {"type": "linear"}, "optimizer": {"learning_rate": 0.05},
         "train": {"epochs": 40, "batch_size": 16}, "expect": {"validation.poisson_deviance": {"max": 1}}}
        """,
      data: table("x,y,visits") { x, y in "\(x),\(y),\(Int(4 + 3 * x + x * x + y))" },
      input: "x,y\n0,0\n0.9,0.1\n", metric: "poisson_deviance", worst: 0.3),
    Extension(
      name: "a task",
      config: """
        {"task": "reconstruction", "data": {"path": "data.csv", "label": "n"}, "model": {"hidden": [8, 1, 8], "activation": "tanh"},
         "optimizer": {"learning_rate": 0.02}, "train": {"epochs": 40, "batch_size": 16}}
        """,
      data: table("a,b,c,n") { x, y in "\(x),\(2 * x + 1),\(-x),\(y)" },
      input: "a,b,c\n0.5,2,-0.5\n-0.5,0,0.5\n", metric: "rmse", worst: 0.3),
  ]

  /// Points of a square that no axis divides.
  private static func points() -> [(Double, Double)] {
    func place(_ index: Int) -> Double { (Double(index) - 5.5) / 6 }
    return (0..<144).map { index in (place(index % 12), place(index * 5 / 12 % 12)) }
  }

  /// A table of the points, a row each.
  private static func table(_ header: String, _ row: (_ x: Double, _ y: Double) -> String) -> String {
    header + "\n" + points().map { row($0, $1) + "\n" }.joined()
  }
}

/// A folder in which an example is used, by what the library makes public alone.
final class ExtensionLab {
  let folder = TemporaryFolder()

  init(_ example: Extension) {
    let checkpoints = ", \"checkpoint\": {\"every_steps\": 10, \"keep_last\": 100}, \"output_dir\": \"\(folder("runs"))\"}"
    folder.write(String(example.config.dropLast()) + checkpoints, to: "run.json")
    if let data = example.data { folder.write(data, to: "data.csv") }
    folder.write(example.input, to: "input.csv")
  }

  /// Trains the config at `path` under `name`, and returns what came of it.
  func train(_ name: String, path: String? = nil, _ overrides: [String] = []) throws -> SingleResult {
    let file = try ConfigFile(path: path ?? folder("run.json"), overrides: ["name=\(name)"] + overrides, components: .extended)
    return try #require(try Runner.run(file).outcome)
  }

  /// The same, ended after `steps` and resumed.
  func trainInParts(_ name: String, steps: Int) throws -> SingleResult {
    let taken = Mutex(0)
    let file = try ConfigFile(path: folder("run.json"), overrides: ["name=\(name)"], components: .extended)
    let ending = try Runner.run(file, options: .init(isInterrupted: { taken.withLock { $0 >= steps } })) { event in
      if case .stepped(let number, _) = event { taken.withLock { $0 = number } }
    }
    guard ending.interruption != nil else { throw Unfinished() }
    let rest = try ConfigFile(resuming: folder("runs/" + name), components: .extended)
    return try #require(try Runner.run(rest, options: .init(existing: .resume)).outcome)
  }

  struct Unfinished: Error {}

  /// What the model in `path` says of the rows to predict.
  func predictions(_ path: String) throws -> String {
    if let model = try StoredModel.read(path, components: .extended) as? any Reconstructing {
      return "\(try model.reconstructions(folder("input.csv")))"
    }
    var text = ""
    let model = try RowPredictor(reading: path, for: "a test", components: .extended)
    var stream = PredictionStream(model, .csv, keeping: .columns([])) { text += $0 }
    try stream.run(folder("input.csv"))
    return text
  }
}
