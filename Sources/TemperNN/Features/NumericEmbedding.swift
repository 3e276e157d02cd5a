import TemperCore
import TemperMetrics

/// An embedding of numeric columns. Parameters: `weight`, `bias` and, piecewise linear, `slope` and the buffer `edges`, or, periodic,
/// `frequency` and `phase`.
public enum NumericEmbedding {
  /// See ``TemperCore/piecewiseLinearEmbedding(_:columns:edges:weight:slope:bias:)``; the weight starts at 0, so that it is linear at first.
  case piecewiseLinear(edges: Parameter, weight: Parameter, slope: Parameter, bias: Parameter)
  /// See ``TemperCore/periodicEmbedding(_:columns:frequency:phase:weight:bias:)``.
  case periodic(frequency: Parameter, phase: Parameter, weight: Parameter, bias: Parameter)

  /// Makes or loads the parameters for `columns` columns.
  public init(_ scope: ParameterScope, _ config: NumericEmbeddingConfig, columns: Int) {
    switch config {
    case .piecewiseLinear(let bins, let width):
      let initial = Initializer.uniform(bound: 1 / Double(width).squareRoot())
      self = .piecewiseLinear(
        edges: scope.buffer("edges", [columns, bins + 1], .zeros), weight: scope.parameter("weight", [columns, bins, width], .zeros),
        slope: scope.parameter("slope", [columns, width], initial),
        bias: scope.parameter("bias", [columns, width], initial, mayDecay: false))
    case .periodic(let frequencies, let width, let scale):
      let initial = Initializer.uniform(bound: 1 / Double(frequencies).squareRoot())
      self = .periodic(
        frequency: scope.parameter("frequency", [columns, frequencies], .normal(deviation: scale)),
        phase: scope.parameter("phase", [columns, frequencies], .uniform(bound: Double.pi), mayDecay: false),
        weight: scope.parameter("weight", [columns, width - 1, frequencies], initial),
        bias: scope.parameter("bias", [columns, width - 1], initial, mayDecay: false))
    }
  }

  /// The numbers that replace one.
  public var width: Int {
    switch self {
    case .piecewiseLinear(_, let weight, _, _): weight.shape[2]
    case .periodic(_, _, let weight, _): weight.shape[1] + 1
    }
  }

  /// `[rows, features]` to `[rows, columns · width]`, for the features numbered `columns`.
  public func callAsFunction(_ x: Tensor, _ columns: [Int32]) -> Tensor {
    switch self {
    case .piecewiseLinear(let edges, let weight, let slope, let bias):
      piecewiseLinearEmbedding(x, columns: columns, edges: edges.value, weight: weight.value, slope: slope.value, bias: bias.value)
    case .periodic(let frequency, let phase, let weight, let bias):
      periodicEmbedding(
        x, columns: columns, frequency: frequency.value, phase: phase.value, weight: weight.value, bias: bias.value)
    }
  }

  /// Whether it has bins, which are fitted to training rows.
  var hasBins: Bool { if case .piecewiseLinear = self { true } else { false } }

  /// Takes the edges of bins from the quantiles of `rows`, `[rows, features]`.
  func fit(to rows: Tensor, _ columns: [Int32]) {
    guard case .piecewiseLinear(let edges, _, _, _) = self, rows.shape[0] > 0 else { return }
    let (count, features, most) = (rows.shape[0], rows.shape[1], edges.shape[1])
    for (j, column) in columns.enumerated() {
      let sorted = (0..<count).map { Double(rows.pointer[$0 * features + Int(column)]) }.sorted()
      let to = edges.value.pointer + j * most
      var found = 0
      for q in 0..<most {
        let edge = Float(sorted.quantile(Double(q) / Double(most - 1)))
        if found == 0 || edge > to[found - 1] {
          to[found] = edge
          found += 1
        }
      }
      for q in found..<most { to[q] = to[found - 1] }
    }
  }
}
