import TemperCore
import TemperJSON
import TemperNN
import TemperRunSupport

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

  /// The sample config, or that of another file of the folder, with `changes` as the command line makes them.
  func config(_ changes: [String] = [], file: String = "base.json") throws -> ConfigFile {
    try ConfigFile(path: folder(file), overrides: ["output_dir=\(folder("runs"))"] + changes)
  }

  /// Trains a config with `changes` under a new name.
  func train(_ changes: [String] = [], file: String = "base.json") throws -> TrainedRun {
    runs += 1
    return TrainedRun(try Runner.run(try config(["name=r\(runs)"] + changes, file: file)))
  }
}

/// A run that has ended, and its files.
struct TrainedRun {
  let outcome: Outcome

  init(_ outcome: Outcome) { self.outcome = outcome }

  var directory: String { outcome.directory }
  /// The last weights, as they lie on disk.
  var last: [UInt8] { bytes("last/model.safetensors") }
  /// The best weights.
  var best: [UInt8] { bytes("best/model.safetensors") }

  func bytes(_ name: String) -> [UInt8] { TestFiles.bytes(directory + "/" + name) ?? [] }

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
