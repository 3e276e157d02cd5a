import TemperJSON
import TemperNN

/// Sums by name, in the order of first appearance.
struct NamedSums: Equatable {
  private(set) var sums: [LossTerms.Value] = []

  /// Adds `factor` times each of `values` to the sum with its name.
  mutating func add(_ values: [LossTerms.Value], times factor: Double = 1) {
    for value in values {
      if let index = sums.firstIndex(where: { $0.name == value.name }) {
        sums[index].value += factor * value.value
      } else {
        sums.append(LossTerms.Value(name: value.name, value: factor * value.value))
      }
    }
  }

  /// The sums divided by `count`.
  func means(of count: Double) -> [LossTerms.Value] { sums.map { LossTerms.Value(name: $0.name, value: $0.value / count) } }
}

extension [LossTerms.Value] {
  /// A member per sum, exact; for a checkpoint.
  var exactJSON: JSON { .object(map { ($0.name, .exact($0.value)) }) }

  /// Parses ``exactJSON``; empty for nil.
  init(exact json: JSON?) throws(MalformedState) {
    self = []
    for member in json?.members ?? [] {
      guard let value = member.value.exactNumber ?? nil else { throw MalformedState(of: "the terms of the loss") }
      append(LossTerms.Value(name: member.name, value: value))
    }
  }
}
