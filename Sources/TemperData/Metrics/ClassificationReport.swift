import Glibc
import TemperJSON

/// How good a classifier's probabilities are against the true classes. Follows scikit-learn 1.9, to which the tests hold it.
///
/// A figure over no rows is nil and prints as `null`; a figure that is not finite is left as it is and prints as `null` too.
public struct ClassificationReport: Sendable, Equatable {
  /// How one class fares.
  public struct ClassScore: Sendable, Equatable {
    /// The class's name.
    public let name: String
    /// Of the rows predicted to be of the class, the share that is; 0 if none was predicted.
    public let precision: Double
    /// Of the rows that are of the class, the share that was predicted so; 0 if there is none.
    public let recall: Double
    /// The harmonic mean of precision and recall; 0 where both are 0.
    public let f1: Double
    /// How many rows are of the class.
    public let support: Int
    /// How many rows were predicted to be of the class.
    public let predicted: Int
  }

  /// How many rows were judged.
  public let count: Int
  /// The share of rows whose class has the highest probability.
  public let accuracy: Double?
  /// The mean of -ln p(true class), where p is first moved into [eps, 1 - eps] with the machine epsilon of 32-bit numbers, 2^-23.
  public let logLoss: Double?
  /// The mean of the classes' F1, over those that occur among the labels or the predictions.
  public let macroF1: Double?
  /// Rows by true class (first index) and predicted class (second).
  public let confusion: [[Int]]
  /// A score for every class, by number.
  public let scores: [ClassScore]

  /// Judges `probabilities`, row-major with one number for each of `classes`, against `labels`, the class of each row.
  public init(probabilities: [Float], labels: [Int32], classes: [String]) {
    let width = classes.count
    precondition(probabilities.count == labels.count * width, "there must be a probability for every row and class")
    var confusion = Array(repeating: Array(repeating: 0, count: width), count: width)
    var loss = 0.0
    let (least, most) = (Float.ulpOfOne, 1 - Float.ulpOfOne)
    for (row, label) in labels.enumerated() {
      let label = Int(label)
      confusion[label][Self.argmax(probabilities[(row * width)..<((row + 1) * width)])] += 1
      let p = probabilities[row * width + label]
      loss -= log(Double(p < least ? least : p > most ? most : p))
    }

    let scores = classes.indices.map { c in
      let support = confusion[c].reduce(0, +)
      let predicted = confusion.reduce(0) { $0 + $1[c] }
      func share(_ whole: Int) -> Double { whole > 0 ? Double(confusion[c][c]) / Double(whole) : 0 }
      // The harmonic mean, written so that two zeros need no case of their own beyond a class that nobody has or gets.
      let f1 = support + predicted > 0 ? 2 * Double(confusion[c][c]) / Double(support + predicted) : 0
      return ClassScore(
        name: classes[c], precision: share(predicted), recall: share(support), f1: f1, support: support, predicted: predicted)
    }
    func mean(_ sum: Double, _ count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }
    let occurring = scores.filter { $0.support + $0.predicted > 0 }
    let hits = classes.indices.reduce(0) { $0 + confusion[$1][$1] }
    count = labels.count
    accuracy = mean(Double(hits), count)
    logLoss = mean(loss, count)
    macroF1 = mean(occurring.reduce(0) { $0 + $1.f1 }, occurring.count)
    self.confusion = confusion
    self.scores = scores
  }

  /// The place of the highest of `values`, counted from 0; of equal ones the first. What is not a number is never the highest.
  public static func argmax(_ values: ArraySlice<Float>) -> Int {
    var best = values.startIndex
    for index in values.indices where values[index] > values[best] || (values[best].isNaN && !values[index].isNaN) { best = index }
    return best - values.startIndex
  }

  /// The report as it is printed and stored.
  public var json: JSON {
    .object([
      ("count", .integer(count)),
      ("accuracy", .number(accuracy)),
      ("log_loss", .number(logLoss)),
      ("macro_f1", .number(macroF1)),
      (
        "classes",
        .array(
          scores.map { score in
            .object([
              ("name", .string(score.name)), ("precision", .number(score.precision)), ("recall", .number(score.recall)),
              ("f1", .number(score.f1)), ("support", .integer(score.support)), ("predicted", .integer(score.predicted)),
            ])
          })
      ),
      ("confusion", .array(confusion.map { row in .array(row.map { .integer($0) }) })),
    ])
  }
}
