import TemperCore
import TemperMetrics
import TemperJSON
import TemperNN
import TemperRunSupport
import Testing

@testable import TemperTrain

/// Testing has a type of this name too.
typealias ExitStatus = TemperTrain.ExitStatus

/// A folder with a small table, `t.csv`, and all the runs on it.
final class Lab {
  let folder = TemporaryFolder()
  private var runs = 0

  init() {
    folder.write(SampleTable.csv(), to: "t.csv")
    folder.write(SampleTable.config, to: "base.json")
  }

  /// The sample config, or that of another file of the folder, with `changes` as the command line makes them; `-key` takes one out.
  func config(_ changes: [String] = [], file: String = "base.json") throws -> ConfigFile {
    try ConfigFile(
      path: folder(file), overrides: ["output_dir=\(folder("runs"))"] + changes.filter { !$0.hasPrefix("-") },
      removing: changes.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) })
  }

  /// Changes that learn the number `x0` of the sample.
  static let regression = ["task=regression", "data.label=x0"]

  /// Changes that learn two labels of each row: whether its kind is `a`, and whether its color is red.
  func multilabel(_ labels: String = "[\"is_a\", \"is_red\"]") -> [String] {
    let lines = SampleTable.csv().split(separator: "\n")
    let rows = lines.dropFirst().map { "\($0),\($0.hasSuffix(",a") ? 1 : 0),\($0.contains(",red,") ? 1 : 0)" }
    folder.write(([lines[0] + ",is_a,is_red"] + rows).joined(separator: "\n") + "\n", to: "labels.csv")
    let columns = "{\"color\": \"ignore\", \"part\": \"ignore\", \"kind\": \"ignore\"}"
    return ["task=multilabel", "data={\"path\": \"\(folder("labels.csv"))\", \"labels\": \(labels), \"columns\": \(columns)}"]
  }

  /// Writes `count` images of 2 x 3 pixels and their labels, `shift`, `shift` + 1, `shift` + 2 of 3 in turn, and returns their paths.
  func images(_ name: String, count: Int, brightness: Int = 0, shift: Int = 0) -> (images: String, labels: String) {
    func idx(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
      [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, UInt8($0)] } + elements
    }
    let pixels = (0..<count * 6).map { UInt8(($0 / 6 % 3 * 60 + $0 * 37 % 80 + brightness) % 256) }
    TestFiles.write(idx([count, 2, 3], pixels), to: folder(name + "-images"))
    TestFiles.write(idx([count], (0..<count).map { UInt8(($0 + shift) % 3) }), to: folder(name + "-labels"))
    return (folder(name + "-images"), folder(name + "-labels"))
  }

  /// Trains a config with `changes` under a new name.
  func train(_ changes: [String] = [], file: String = "base.json") throws -> TrainedRun {
    runs += 1
    return try TemperTrainTests.train(try config(["name=r\(runs)"] + changes, file: file))
  }
}

/// Trains `file` to the end. What the run resolved is a config that says the same again.
func train(_ file: ConfigFile, options: Runner.Options = .init()) throws -> TrainedRun {
  let run = TrainedRun(try #require(try Runner.run(file, options: options).outcome))
  let resolved = try ConfigFile(path: run.directory + "/resolved.json")
  #expect(try JSON.parse(run.bytes("resolved.json"), path: "") == resolved.resolved)
  return run
}

/// A run that has ended, and its files.
struct TrainedRun {
  let outcome: SingleResult

  init(_ outcome: SingleResult) { self.outcome = outcome }

  var directory: String { outcome.directory }
  /// The last weights, as they lie on disk.
  var last: [UInt8] { bytes("last/model.safetensors") }
  /// The best weights.
  var best: [UInt8] { bytes("best/model.safetensors") }

  /// How good the model is on the training rows, if it tells classes apart.
  func classes() throws -> ClassificationReport { try #require(outcome.train.report as? ClassificationReport) }

  func bytes(_ name: String) -> [UInt8] { TestFiles.bytes(directory + "/" + name) ?? [] }

  /// The bytes of a file, of a bundle.json without what depends on the run's name by way of its config.json.
  func content(_ name: String) -> [UInt8] {
    guard name.hasSuffix("bundle.json"), var facts = try? json(name) else { return bytes(name) }
    facts.update("files") { $0.update("config.json") { $0 = .null } }
    facts.update("sha256") { $0 = .null }
    return Array(facts.serialized().utf8)
  }

  func json(_ name: String) throws -> JSON { try JSON.parse(bytes(name), path: name) }

  /// The lines of metrics.jsonl.
  func metrics() throws -> [JSON] {
    try TestFiles.text(directory + "/metrics.jsonl").split(separator: "\n").map { try JSON.parse(Array($0.utf8), path: "metrics.jsonl") }
  }

  /// The learning rates in metrics.jsonl, from the first step on.
  func learningRates() throws -> [Double] { try metrics().dropFirst().compactMap { $0["learning_rate"]?.number } }

  /// The values of one of the last weights.
  func values(_ name: String) throws -> [Float] {
    let tensor = try SafeTensors(parsing: last, path: "model.safetensors").tensor(name)
    return tensor.map { Array(UnsafeBufferPointer(start: $0.pointer, count: $0.count)) } ?? []
  }

  /// The values of all last weights, by name.
  func allValues() throws -> [String: [Float]] {
    let file = try SafeTensors(parsing: last, path: "model.safetensors")
    return try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try values($0)) })
  }
}

/// The greatest difference between two runs' weights, relative to the greatest weight of the tensor.
func relativeDifference(_ a: TrainedRun, _ b: TrainedRun) throws -> Float {
  let (left, right) = (try a.allValues(), try b.allValues())
  guard Set(left.keys) == Set(right.keys) else { return .infinity }
  var worst: Float = 0
  for (name, values) in left {
    let others = right[name] ?? []
    let scale = values.map(abs).max() ?? 0
    for (x, y) in zip(values, others) { worst = max(worst, abs(x - y) / max(scale, 1e-12)) }
  }
  return worst
}

/// The Euclidean norm of `values`.
func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }

extension RunResult {
  /// What one run came to, carried through.
  var outcome: SingleResult? { self as? SingleResult }
}

extension Lab {
  /// A config was to have folds.
  struct NoFolds: Error {}
}
