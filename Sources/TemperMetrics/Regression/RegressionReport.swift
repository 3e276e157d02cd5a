import TemperJSON

/// Regression metrics, in the unit of the label. They follow scikit-learn 1.9, which the tests compare them with.
///
/// A metric that is not defined for these rows is nil; one that is not finite is kept. Both print as `null`.
public struct RegressionReport: Report, Equatable {
  /// How many rows were evaluated.
  public let count: Int
  /// The root of the mean squared error.
  public let rmse: Double?
  /// The mean absolute error.
  public let mae: Double?
  /// The mean squared error.
  public let mse: Double?
  /// The coefficient of determination, 1 - squared errors / squared deviations from the mean; nil with fewer than two rows. If all true
  /// values are equal, 1 for perfect predictions and 0 otherwise.
  public let r2: Double?

  /// The metrics, in the order they are printed.
  public static let metricDefinitions: [ReportedMetric<RegressionReport>] = [
    ReportedMetric(.rmse) { $0.rmse },
    ReportedMetric(.mae) { $0.mae },
    ReportedMetric(.r2) { $0.r2 },
    ReportedMetric(.mse) { $0.mse },
  ]

  /// Evaluates `predictions` against `targets`, value by value.
  public init(predictions: [Double], targets: [Double]) {
    precondition(predictions.count == targets.count, "there must be a prediction for every target")
    var (squares, distances, sum) = (0.0, 0.0, 0.0)
    for (prediction, target) in zip(predictions, targets) {
      let error = prediction - target
      squares += error * error
      distances += abs(error)
      sum += target
    }
    let mean = sum / Double(max(1, targets.count))
    let spread = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    func perRow(_ sum: Double) -> Double? { targets.isEmpty ? nil : sum / Double(targets.count) }
    count = targets.count
    mse = perRow(squares)
    rmse = perRow(squares)?.squareRoot()
    mae = perRow(distances)
    r2 = targets.count < 2 ? nil : spread == 0 ? (squares == 0 ? 1 : 0) : 1 - squares / spread
  }

  /// The report as it is printed and stored.
  public var json: JSON {
    .object([("count", .integer(count))] + metrics.map { ($0.name, .number($0.value)) })
  }
}
