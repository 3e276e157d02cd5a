import TemperJSON
import TemperNN

extension RegularizationConfig {
  /// Reports what has no effect on `model`.
  static func check(_ regularization: RegularizationConfig, _ model: any ModelConfig, _ c: FieldReader) {
    if regularization.dropConnect.constant != 0, !model.dropsWeights {
      c.fail("regularization.dropconnect", .invalidValue, "is only supported for mlp models; remove it", with: ["model.type"])
    }
    if regularization.dropConnect.constant != 0, case .variational = regularization.dropout {
      c.fail(
        "regularization.dropconnect", .contradiction,
        "drops weights that regularization.dropout of the type \"variational\" makes random already; remove one of the two",
        with: ["regularization.dropout.type"])
    }
    if regularization.stochasticDepth.constant != 0, model.residualBlocks == 0 {
      c.fail(
        "regularization.stochastic_depth", .invalidValue,
        "has no effect: the model has no residual connections; use an mlp with model.residual or a transformer, or remove it",
        with: ["model.type", "model.residual"])
    }
  }
}
