import TemperCore

/// A model of features that also reads texts: their embedding stands beside the features, behind the last of them.
///
/// Parameters: those of the model of features, `weight` of the ``TextEmbedding``, and `bias` `[width]`, which is added to its numbers and initially
/// uniform within 1: without features the first layer would have only zeros as input, and units that rectify would never learn.
public struct TextFeaturesModel<Base: Model<Tensor>>: Model {
  private let base: Base
  private let embedding: TextEmbedding
  private let bias: Parameter

  /// A model whose features are followed by the numbers of `embedding`, with parameters in `scope`.
  public init(_ base: Base, _ scope: ParameterScope, _ embedding: TextEmbedding) {
    (self.base, self.embedding) = (base, embedding)
    bias = scope.parameter("bias", [embedding.width], .uniform(bound: 1), mayDecay: false)
  }

  /// See ``Model``.
  public var units: [HiddenUnits] { base.units }
  /// See ``Model``.
  public var featureName: String? { base.featureName }
  /// See ``Model``.
  public var learnedDropout: [LearnedDropout] { base.learnedDropout }
  /// See ``Model``.
  public var minimumBatchSize: Int { base.minimumBatchSize }
  /// See ``Model``.
  public var activationsPerRow: Int { base.activationsPerRow + embedding.width }

  /// See ``Model``: each of the `length` n-grams is added once in either direction.
  public func operationsPerRow(length: Int) -> Int { base.operationsPerRow(length: 0) + 3 * length * embedding.width }

  /// See ``Model``.
  public func callAsFunction(_ x: FeaturesAndTexts, _ context: Context) -> Tensor { base(joined(x, context), context) }

  private func joined(_ x: FeaturesAndTexts, _ context: Context) -> Tensor {
    let texts = embedding(x.texts, context) + bias.value
    return x.features.shape[1] == 0 ? texts : concatenate([x.features, texts], axis: 1)
  }
}

extension TextFeaturesModel: HeadedModel where Base: HeadedModel {
  /// See ``HeadedModel``.
  public var head: Head { base.head }
  /// See ``HeadedModel``.
  public func features(_ x: FeaturesAndTexts, _ context: Context) -> Tensor { base.features(joined(x, context), context) }
}

extension TextFeaturesModel: EnsembleModel where Base: EnsembleModel {
  /// See ``EnsembleModel``.
  public var members: Int { base.members }
  /// See ``EnsembleModel``.
  public func memberOutputs(_ x: FeaturesAndTexts, _ context: Context) -> Tensor { base.memberOutputs(joined(x, context), context) }
}

extension TextFeaturesModel: FittedModel where Base: FittedModel {
  /// See ``FittedModel``.
  public var readsRows: Bool { base.readsRows }
  /// See ``FittedModel``: the embeddings of texts are still zero.
  public func fit(to rows: Tensor) {
    let (count, width) = (rows.shape[0], embedding.width)
    let texts = Tensor([count, width], [Float](repeating: 0, count: count * width)) + bias.value
    base.fit(to: rows.shape[1] == 0 ? texts : concatenate([rows, texts], axis: 1))
  }
}
