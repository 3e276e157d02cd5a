import TemperData
import TemperJSON

extension Scaling {
  /// The members of a stored column. Linear scales have no name, as before there were others.
  var members: [(String, JSON)] {
    switch self {
    case .linear(let scale): [("mean", .number(scale.center)), ("deviation", .number(scale.unit))]
    case .smoothClip(let center, let factor):
      [("scaling", .string(Normalization.robustClip.rawValue)), ("center", .number(center)), ("factor", .number(factor))]
    case .quantile(let map):
      [("scaling", .string(Normalization.quantile.rawValue)), ("quantiles", .array(map.quantiles.map { .number($0) }))]
    }
  }

  /// A readable form of the feature of `what`.
  func summary(of what: String) -> String {
    func shown(_ number: Double) -> String { "\(Float(number))" }
    switch self {
    case .identity: return "\(what), not scaled"
    case .linear(let scale): return "(\(what) - \(shown(scale.center))) / \(shown(scale.unit))"
    case .smoothClip(_, 0): return "\(what), which is constant, as 0"
    case .smoothClip(let center, let factor): return "(\(what) - \(shown(center))) / \(shown(1 / factor)), drawn smoothly between -3 and 3"
    case .quantile(let map): return "\(what), by its rank among \(map.quantiles.count) quantiles to a normal distribution"
    }
  }
}

extension StoredReader {
  /// The scaling of a stored column.
  func scaling(in value: JSON) throws(Diagnostics) -> Scaling {
    guard let kind = value["scaling"] else { return .linear(try scale(in: value)) }
    switch kind.string.flatMap(Normalization.init) {
    case .robustClip:
      let factor = try number("factor", in: value)
      guard factor >= 0 else { throw failure("factor", value["factor"] ?? value, "a number from 0") }
      return .smoothClip(center: try number("center", in: value), factor: factor)
    case .quantile:
      let items = value["quantiles"]?.array ?? []
      let quantiles = items.compactMap(\.number).filter(\.isFinite)
      guard quantiles.count == items.count, let first = quantiles.first, let last = quantiles.last, first < last,
        zip(quantiles, quantiles.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        throw failure("quantiles", value["quantiles"] ?? value, "ascending numbers, not all the same")
      }
      return .quantile(QuantileMap(quantiles))
    default: throw failure("scaling", kind, "a known name")
    }
  }
}
