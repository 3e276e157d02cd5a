/// A measure of the quality of a model. Every metric is declared once, in the list ``all``; whatever compares two values of it, such as early
/// stopping, the best checkpoints, or a schedule that waits for improvement, takes the direction from here.
public struct Metric: Sendable, Equatable {
  /// Which values are better.
  public enum Direction: Sendable {
    /// Lower values, as for a loss or an error.
    case lower
    /// Higher values, as for a score.
    case higher
  }

  /// The name in configs and files, such as `macro_f1`.
  public let name: String
  /// Which values are better.
  public let better: Direction
  /// The range of its values.
  public let range: ClosedRange<Double>
  /// Its definition, in a sentence without its full stop.
  public let definition: String
  /// The data that it needs to be defined.
  public let needs: String

  /// A metric of one's own. Early stopping and schedules watch those in ``all`` only.
  public init(
    _ name: String, _ better: Direction, _ range: ClosedRange<Double>, _ definition: String, needs: String = "at least one row"
  ) {
    (self.name, self.better, self.range, self.definition, self.needs) = (name, better, range, definition, needs)
  }

  /// Whether higher values are better.
  public var higherIsBetter: Bool { better == .higher }

  /// The metric called `name`, which may begin with the part of the data it is computed on, as in `validation.rmse`; nil if there is none.
  public static func named(_ name: String) -> Metric? {
    let own = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init) ?? name
    return all.first { $0.name == own }
  }
}

extension Metric {
  private static let share = 0.0...1
  private static let positive = 0.0...Double.infinity
  private static let classes = "at least one row of every class, and at least two classes"

  /// The configured loss.
  public static let loss = Metric(
    "loss", .lower, -Double.infinity...Double.infinity, "the configured loss, divided by the total weight of the rows, without penalties",
    needs: "rows, or tokens to predict, of which some have a weight above 0")

  // Classification.

  /// The share of rows whose class is predicted correctly.
  public static let accuracy = Metric("accuracy", .higher, share, "correct predictions / rows")
  /// The negative log-likelihood of the true class.
  public static let logLoss = Metric("log_loss", .lower, 0...16, "mean of -ln p(true class), p within [2^-23, 1 - 2^-23]")
  /// The mean F1 of the classes or labels.
  public static let macroF1 = Metric(
    "macro_f1", .higher, share, "mean over classes that occur in labels or predictions, or over labels, of 2 TP / (2 TP + FP + FN)")
  /// The mean recall of the classes that occur.
  public static let balancedAccuracy = Metric("balanced_accuracy", .higher, share, "mean recall of the classes that some row has")
  /// The mean precision of the classes.
  public static let macroPrecision = Metric("macro_precision", .higher, share, "mean over classes of TP / (TP + FP)")
  /// The mean recall of the classes.
  public static let macroRecall = Metric("macro_recall", .higher, share, "mean over classes of TP / (TP + FN)")
  /// The mean F1, weighted by the rows of each class.
  public static let weightedF1 = Metric("weighted_f1", .higher, share, "mean over rows of the F1 of their class")
  /// The mean precision, weighted by the rows of each class.
  public static let weightedPrecision = Metric("weighted_precision", .higher, share, "mean over rows of the precision of their class")
  /// The mean recall, weighted by the rows of each class.
  public static let weightedRecall = Metric("weighted_recall", .higher, share, "mean over rows of the recall of their class")
  /// The Matthews correlation coefficient.
  public static let matthewsCorrelation = Metric("mcc", .higher, -1...1, "Matthews correlation coefficient, Gorodkin's multiclass form")
  /// The area under the ROC curve.
  public static let rocAUC = Metric(
    "roc_auc", .higher, share, "share of pairs of a positive and a negative row that are ranked correctly; mean over classes or labels",
    needs: classes + " (or rows with and without every label), and no more than 1,000 classes")
  /// The share of rows whose class is among the three most probable.
  public static let top3Accuracy = Metric(
    "top_3_accuracy", .higher, share, "rows whose class is among the 3 most probable / rows", needs: "more than 3 classes")
  /// The share of rows whose class is among the five most probable.
  public static let top5Accuracy = Metric(
    "top_5_accuracy", .higher, share, "rows whose class is among the 5 most probable / rows", needs: "more than 5 classes")
  /// The expected calibration error.
  public static let calibrationError = Metric("ece", .lower, share, "mean over 15 bins of |accuracy - confidence|, weighted by rows")
  /// The Brier score.
  public static let brierScore = Metric(
    "brier", .lower, 0...2, "mean squared distance of the probabilities from 1 and 0; halved for 2 classes")
  /// The mean number of classes with a probability above 0.
  public static let supportSize = Metric(
    "support_size", .lower, positive, "mean number of classes with a probability above 0",
    needs: "a loss that leaves out classes, such as sparsemax or entmax15")
  /// The share of rows from which nothing is learned.
  public static let zeroGradientShare = Metric(
    "zero_gradient_share", .higher, share, "rows whose gradient of the logits is exactly 0 / rows",
    needs: "a loss that leaves out classes, such as sparsemax or entmax15")

  // Multilabel classification.

  /// The share of rows with every label correct.
  public static let subsetAccuracy = Metric("subset_accuracy", .higher, share, "rows with every label correct / rows")
  /// F1 over all labels of all rows at once.
  public static let microF1 = Metric("micro_f1", .higher, share, "2 TP / (2 TP + FP + FN) over all labels of all rows")
  /// The share of labels that are wrong.
  public static let hammingLoss = Metric("hamming_loss", .lower, share, "wrong labels / labels")

  // Regression.

  /// The root of the mean squared error.
  public static let rmse = Metric("rmse", .lower, positive, "root of the mean squared error")
  /// The mean absolute error.
  public static let mae = Metric("mae", .lower, positive, "mean of |prediction - target|")
  /// The mean squared error.
  public static let mse = Metric("mse", .lower, positive, "mean of (prediction - target)^2")
  /// The coefficient of determination.
  public static let r2 = Metric(
    "r2", .higher, -Double.infinity...1, "1 - squared errors / squared deviations from the mean", needs: "at least two rows")

  // Language models.

  /// e to the power of the mean loss of a token.
  public static let perplexity = Metric(
    "perplexity", .lower, 1...Double.infinity, "e ^ (cross-entropy / tokens)", needs: "at least one token to predict")
  /// The loss in bits for each byte of text.
  public static let bitsPerByte = Metric(
    "bits_per_byte", .lower, positive, "cross-entropy / ln 2 / bytes",
    needs: "at least one token to predict, and a tokenizer that knows the bytes of its tokens")

  /// Every metric there is.
  public static let all: [Metric] = [
    loss, accuracy, logLoss, macroF1, balancedAccuracy, macroPrecision, macroRecall, weightedF1, weightedPrecision, weightedRecall,
    matthewsCorrelation, rocAUC, top3Accuracy, top5Accuracy, calibrationError, brierScore, supportSize, zeroGradientShare,
    subsetAccuracy, microF1, hammingLoss, rmse, mae, mse, r2, perplexity, bitsPerByte,
  ]
}
