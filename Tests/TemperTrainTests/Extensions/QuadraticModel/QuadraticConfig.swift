import TemperCore
import TemperJSON
import TemperNN
import TemperTrain

/// What the block of a `quadratic` model says.
struct QuadraticConfig: FeatureModelConfig {
  static let type = "quadratic"
  static let doc = "A linear layer, and squares of a few directions: products of two features."
  static let takes: [SampleKind] = [.features]

  /// How many directions there are.
  let rank: Int

  init(_ c: FieldReader, isLoaded: Bool) {
    rank = c.integer("rank", default: 4, in: 1...10_000, doc: "Directions whose squares are added up.")
  }

  func summary(inputs: Int, outputs: Int) -> String { "quadratic \(inputs)-\(rank)-\(outputs)" }

  func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    Quadratic(scope, inputs: shape.count, rank: rank, outputs: outputs.count, endsInSoftmax: outputs.endsInSoftmax)
  }
}
