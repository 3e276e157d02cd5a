import TemperMetrics
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// All folds of a config.
  private static func folds(_ lab: Lab, _ changes: [String]) throws -> CrossValidationResult {
    let ending = try Runner.run(try lab.config(["name=all"] + changes), options: .init(existing: .replace))
    guard let outcome = ending as? CrossValidationResult else { throw Lab.NoFolds() }
    return outcome
  }

  /// The block of separate files with folds of the training rows.
  private static func beside(_ lab: Lab, _ folds: String) -> [String] {
    lab.folder.write(SampleTable.csv(rows: 17, seed: 3), to: "test.csv")
    let files = "\"train\": \"\(lab.folder("t.csv"))\", \"test\": \"\(lab.folder("test.csv"))\""
    return ["data={\"label\": \"kind\", \"columns\": {\"part\": \"ignore\"}, \(files), \"validation\": \(folds)}"]
  }

  /// The tests of the keys of a block of folds, in two places.
  private static func foldCases(_ key: String, types: String, groupTypes: String, _ changes: @escaping @Sendable (Lab, String) -> [String])
    -> [KeyCase]
  {
    [
      KeyCase("\(key).folds \(types)") { (lab: Lab) throws in
        let three = try folds(lab, changes(lab, "{\"folds\": 3}"))
        #expect(three.folds.map { $0.part("validation")?.rows } == [20, 20, 20])
        #expect(try folds(lab, changes(lab, "{\"folds\": 4}")).folds.map { $0.part("validation")?.rows } == [15, 15, 15, 15])
      },
      KeyCase("\(key).stratify \(types)") { (lab: Lab) throws in
        func supports(_ stratify: Bool) throws -> [[Int]] {
          try (1...3).map { fold in
            let run = try lab.train(changes(lab, "{\"folds\": 3, \"fold\": \(fold), \"stratify\": \(stratify)}"))
            return (run.outcome.validation?.report as? ClassificationReport)?.scores.map(\.support) ?? []
          }
        }
        #expect(try supports(true) == [[10, 5, 5], [10, 5, 5], [10, 5, 5]])
        #expect(try supports(false) != [[10, 5, 5], [10, 5, 5], [10, 5, 5]])
      },
      KeyCase("\(key).group \(groupTypes)") { (lab: Lab) throws in
        let run = try lab.train(changes(lab, "{\"folds\": 3, \"fold\": 1, \"group\": \"color\"}"))
        // The color is no feature, and each fold has one color.
        #expect(run.outcome.model == "mlp 3-8-3")
        let colors = SampleTable.csv().split(separator: "\n").dropFirst().map { $0.split(separator: ",")[3] }
        let counts = Set(colors).map { color in colors.count { $0 == color } }
        #expect(counts.contains(run.outcome.validation?.report.count ?? 0))
      },
      KeyCase("\(key).fold \(types)") { (lab: Lab) throws in
        let runs = try (1...2).map { try lab.train(changes(lab, "{\"folds\": 2, \"fold\": \($0)}")) }
        #expect(runs[0].last != runs[1].last)
        #expect(runs.map { rows($0)[1] } == [30, 30])
      },
    ]
  }

  static let splitCases: [KeyCase] =
    [
      KeyCase("data.split.group (csv)") { (lab: Lab) throws in
        let run = try lab.train(["data.split={\"group\": \"color\", \"validation\": 0.3}"])
        #expect(run.outcome.model == "mlp 3-8-3")
        let colors = SampleTable.csv().split(separator: "\n").dropFirst().map { $0.split(separator: ",")[3] }
        let counts = Set(colors).map { color in colors.count { $0 == color } }
        #expect(counts.contains(run.outcome.validation?.report.count ?? 0))
      },
      KeyCase("data.split.order_by (csv)") { (lab: Lab) throws in
        func run(_ column: String, _ changes: [String] = []) throws -> TrainedRun {
          let split = "data.split={\"order_by\": \"\(column)\", \"validation\": 0.2, \"test\": 0.2}"
          let columns = "data.columns={\"part\": \"ignore\", \"kind\": \"ignore\", \"color\": \"ignore\"}"
          return try lab.train(["task=regression", "data.label=x2", columns, split] + changes)
        }
        let (by0, by1) = (try run("x0"), try run("x1"))
        #expect(rows(by0) == [36, 12, 12])
        #expect(by0.last != by1.last)
        // The order does not depend on the seed, and its column is a feature.
        #expect(by0.outcome.model == "mlp 2-8-1")
        let other = try run("x0", ["seed=9"])
        #expect(try by0.json("best/preprocessing.json") == other.json("best/preprocessing.json"))
      },
    ]
    + foldCases("data.split.validation", types: "(csv, npy)", groupTypes: "(csv)") { _, folds in ["data.split.validation=\(folds)"] }
    + foldCases("data.validation", types: "(csv)", groupTypes: "(csv)") { lab, folds in beside(lab, folds) }
}
