/// Why a sampler or distribution cannot be made.
public enum SearchError: Error, Equatable, CustomStringConvertible {
  /// A parameter of a grid has no finite list of values.
  case notEnumerable(parameter: String)
  /// A grid has more points than the limit.
  case gridTooLarge(limit: Int)
  /// A space has more parameters than a sequence has dimensions.
  case tooManyParameters(count: Int, limit: Int)
  /// A sampler for one objective was given several.
  case severalObjectives(sampler: String)
  /// A sampler for spaces without conditions was given a parameter with one.
  case conditionalParameter(sampler: String, parameter: String)
  /// A text that is not a distribution of Optuna's.
  case notADistribution(String)

  /// In words, without a full stop.
  public var description: String {
    switch self {
    case .notEnumerable(let parameter):
      "\(parameter): a float without a step has no list of values for a grid; give it a step or use choices"
    case .gridTooLarge(let limit): "the grid has more than \(limit) points"
    case .tooManyParameters(let count, let limit): "\(count) parameters; a Sobol sequence has at most \(limit) dimensions"
    case .severalObjectives(let sampler): "the sampler \(sampler) takes one objective; use tpe for several"
    case .conditionalParameter(let sampler, let parameter):
      "\(parameter): the sampler \(sampler) takes no conditional parameters; use tpe"
    case .notADistribution(let text): "not a distribution: \(text)"
    }
  }
}
