import TemperCore
import TemperJSON
import TemperNN

/// The block of a `linear` model, which has no keys but its type.
public struct LinearConfig: FeatureModelConfig {
  /// See ``ModelConfig``.
  public static var type: String { "linear" }
  /// See ``ModelConfig``.
  public static var doc: String { "Softmax regression: one linear layer." }
  /// See ``ModelConfig``.
  public static var takes: [SampleKind] { [.features] }

  /// Reads the block.
  public init(_ c: FieldReader, isLoaded: Bool) {}

  /// See ``ModelConfig``.
  public func summary(inputs: Int, outputs: Int) -> String { "linear \(inputs)-\(outputs)" }

  /// See ``FeatureModelConfig``.
  public func model(
    _ scope: ParameterScope, _ shape: SampleShape, columns: FeatureColumns, outputs: OutputLayer, regularization: RegularizationConfig
  ) -> any Model<Tensor> {
    MLP(
      scope, inputs: shape.count, hidden: [], classes: outputs.count, endsInSoftmax: outputs.endsInSoftmax, clusters: outputs.clusters,
      initializer: .zeros)
  }
}
