import TemperJSON
import TemperMetrics

/// How far rows are from what a model makes of them, feature by feature.
struct ReconstructionReport: Report {
  private(set) var count = 0
  private let names: [String]
  private var squares: [Double]

  init(_ names: [String]) { (self.names, squares) = (names, names.map { _ in 0 }) }

  static let metricDefinitions: [ReportedMetric<ReconstructionReport>] = [
    ReportedMetric(.rmse) { $0.root($0.squares.reduce(0, +) / Double($0.names.count)) }
  ]

  /// Adds rows, row-major.
  mutating func add(_ outputs: [Float], _ features: [Float]) {
    count += features.count / names.count
    for (index, (output, feature)) in zip(outputs, features).enumerated() {
      squares[index % names.count] += Double((output - feature) * (output - feature))
    }
  }

  private func root(_ sum: Double) -> Double? { count > 0 ? (sum / Double(count)).squareRoot() : nil }

  var json: JSON {
    let features = JSON.object(zip(names, squares).map { ($0, .number(root($1))) })
    return .object([("count", .integer(count))] + metrics.map { ($0.name, .number($0.value)) } + [("features", features)])
  }
}
