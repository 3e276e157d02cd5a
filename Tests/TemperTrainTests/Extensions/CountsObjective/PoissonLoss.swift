import TemperCore
import TemperJSON
import TemperNN

/// The negative log-likelihood of a count whose expected value is e to the power of the output, but for what only depends on the count.
struct PoissonLoss: OwnLoss {
  static let type = "poisson"
  static let doc = "Poisson regression: exp(output) - count * output."

  init(_ c: FieldReader) {}

  /// The loss of `outputs`, `[rows, 1]`, against the count of each row.
  func callAsFunction(_ outputs: Tensor, counts: [Double]) -> Loss {
    let counts = Tensor(outputs.shape, counts.map { Float($0) })
    return Loss(sum: (outputs.exp() - counts * outputs).sum(), weight: Double(counts.count))
  }
}
