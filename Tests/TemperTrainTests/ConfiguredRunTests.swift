import TemperCore
import TemperJSON
import TemperNN
import TemperRunSupport
import TemperTestSupport
import Testing

@testable import TemperTrain

/// One run of trained/trained.json: a config, and what PyTorch in float64 makes of it.
struct ConfiguredRun: Sendable, CustomTestStringConvertible {
  let name: String
  let record: JSON

  var testDescription: String { name }

  static let all: [ConfiguredRun] = {
    let records = (try? Goldens.json("trained/trained.json"))?.array ?? []
    return records.map { ConfiguredRun(name: $0["name"]?.string ?? "", record: $0) }
  }()
}

/// Twenty steps of whole configs, from files of rows and first weights to the file of last weights, against PyTorch in float64.
@Suite struct ConfiguredRunTests {
  @Test func everyRunIsThere() {
    let rules = ["sgd", "sgd_nesterov", "adam_l2", "adamw", "rmsprop", "adagrad", "lion"]
    #expect(ConfiguredRun.all.map(\.name) == ["layer", "batch"].flatMap { norm in rules.map { "\(norm)/\($0)" } })
  }

  @Test(arguments: ConfiguredRun.all) func twentySteps(_ golden: ConfiguredRun) throws {
    let folder = TemporaryFolder()
    for file in ["rows.csv", "layer.safetensors", "batch.safetensors"] {
      TestFiles.write(try Goldens.bytes("trained/" + file), to: folder(file))
    }
    folder.write(try #require(golden.record["config"]).serialized(), to: "run.json")
    let run = try train(ConfigFile(path: folder("run.json"), overrides: ["output_dir=\(folder("runs"))"]))

    let losses = try run.metrics().dropFirst().compactMap { $0["train"]?["loss"]?.number }
    #expect(losses.count == 20)
    #expect(mismatch(losses, try #require(golden.record["losses"]?.numbers), Tolerance(absolute: 0, relative: 1e-5)) == nil, "losses")
    let last = try SafeTensors(parsing: run.last, path: "last/model.safetensors")
    let final = try #require(golden.record["final"]?.members)
    #expect(Set(last.names) == Set(final.map(\.name)))
    for (name, value) in final.map({ ($0.name, $0.value) }) {
      // The absolute part is below the last bit of all but the smallest.
      let problem = mismatch(last.tensor(name), try GoldenTensor(value), Tolerance(absolute: 1e-8, relative: 1e-5))
      #expect(problem == nil, "\(name)")
    }
  }
}
