import TemperCore
import TemperJSON
import TemperMetrics
import TemperRunSupport
import Testing

@testable import TemperTrain

/// Convex problems have one answer, which a gradient method must come to: that of scikit-learn, by `Goldens/make_linear.py`.
@Suite struct LinearModelTests {
  private let lab = Lab()

  private func golden(_ name: String) throws -> JSON {
    let path = Repository.path("Tests/Goldens/linear.json")
    let file = try JSON.parse(try #require(TestFiles.bytes(path)), path: path)
    return try #require(file[name])
  }

  private func numbers(_ json: JSON, _ name: String) throws -> [Double] {
    let array = try #require(json[name]?.array)
    let numbers = array.compactMap(\.number)
    #expect(numbers.count == array.count, "\(name) has something that is no number")
    return numbers
  }

  /// A shipped table as rows of fields, the names first.
  private func rows(_ table: String) throws -> [[Substring]] {
    TestFiles.text(Repository.path("datasets/\(table)")).split(separator: "\n").map { $0.split(separator: ",") }
  }

  private func text(_ rows: [[String]]) -> String { rows.map { $0.joined(separator: ",") + "\n" }.joined() }

  /// `values`, a row for each class, less the mean over the classes: softmax does not see what all classes have in common.
  private func centred(_ values: [Double], classes: Int) -> [Double] {
    let width = values.count / classes
    return values.indices.map { index in
      let column = stride(from: index % width, to: values.count, by: width).reduce(0) { $0 + values[$1] }
      return values[index] - column / Double(classes)
    }
  }

  private func greatestDifference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  @Test func softmaxRegressionIsThatOfScikitLearn() throws {
    let golden = try golden("logistic_regression")
    let rows = try rows("digits.csv")
    for part in ["train", "test"] {
      let chosen = try numbers(golden, part + "_rows").map { row in
        let fields = rows[Int(row) + 1]
        return try fields[..<64].map { "\(try #require(Double($0)) / 16)" } + [String(fields[64])]
      }
      lab.folder.write(text([rows[0][..<65].map(String.init)] + chosen), to: part + ".csv")
    }
    let count = try numbers(golden, "train_rows").count
    // Declared, the pixels that are always black are learned from as well.
    let pixels = rows[0][..<64].map { "\"\($0)\": \"numeric\"" }.joined(separator: ", ")
    lab.folder.write(
      """
      {"data": {"train": "train.csv", "validation": null, "test": "test.csv", "label": "digit", "normalize": "none", "columns": {\(pixels)}},
       "model": {"type": "linear"},
       "optimizer": {"type": "sgd", "learning_rate": 1, "momentum": 0.98, "nesterov": true},
       "regularization": {"l2": \(try #require(golden["l2"]?.number))},
       "schedule": {"type": "constant"}, "early_stopping": null,
       "train": {"max_steps": 2000, "batch_size": \(count), "eval_every_steps": 2000}}
      """, to: "digits.json")
    let run = try lab.train(file: "digits.json")
    let weights = try run.values("output.weight").map(Double.init)
    let biases = try run.values("output.bias").map(Double.init)
    let expected = try numbers(golden, "weights")
    #expect(greatestDifference(centred(weights, classes: 10), centred(expected, classes: 10)) < 1e-3)
    #expect(greatestDifference(centred(biases, classes: 10), try numbers(golden, "biases_centred")) < 1e-3)
    let loss = try #require(run.outcome.train.loss)
    #expect(abs(loss - (try #require(golden["train_loss"]?.number))) < 1e-5)
    let test = try #require(run.outcome.test?.report as? ClassificationReport)
    #expect(test.accuracy == golden["test_accuracy"]?.number)
  }

  /// scikit-learn minimises squared errors / (2 n) + alpha |w|, and mse squared errors / n: λ is twice alpha. The inputs, whose columns have
  /// norm 1, are taken in a unit ten times smaller, that the problem is well conditioned; then weights are ten times smaller too, and their
  /// penalty is ten times greater.
  @Test func theLassoIsThatOfScikitLearn() throws {
    let golden = try golden("lasso")
    let rows = try rows("diabetes.csv")
    let scaled = try rows[1...].map { row in try row[..<10].map { "\(10 * (try #require(Double($0))))" } + [String(row[10])] }
    lab.folder.write(text([rows[0].map(String.init)] + scaled), to: "diabetes.csv")
    let alpha = try #require(golden["alpha"]?.number)
    lab.folder.write(
      """
      {"task": "regression",
       "data": {"path": "diabetes.csv", "label": "progression", "split": {"validation": null}, "normalize": "none",
                "normalize_target": "none"},
       "model": {"type": "linear"}, "optimizer": {"type": "sgd", "learning_rate": 0.9, "momentum": 0},
       "regularization": {"l1": \(10 * 2 * alpha)},
       "schedule": {"type": "constant"}, "early_stopping": null,
       "train": {"max_steps": 1000, "batch_size": \(scaled.count), "eval_every_steps": 1000}}
      """, to: "lasso.json")
    let run = try lab.train(file: "lasso.json")
    let weights = try run.values("output.weight").map { 10 * Double($0) }
    let names = try #require(golden["names"]?.array).compactMap(\.string)
    let zeros = zip(names, weights).filter { $0.1 == 0 }.map(\.0)
    #expect(zeros == golden["zeros"]?.array?.compactMap(\.string))
    #expect(greatestDifference(weights, try numbers(golden, "weights")) < 0.1)
    let bias = try #require(try run.values("output.bias").first)
    #expect(abs(Double(bias) - (try #require(golden["intercept"]?.number))) < 1e-3)
    let report = try #require(run.outcome.train.report as? RegressionReport)
    #expect(abs(try #require(report.r2) - (try #require(golden["r2"]?.number))) < 1e-6)
  }
}
