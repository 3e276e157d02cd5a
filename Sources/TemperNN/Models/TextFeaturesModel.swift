import TemperCore

/// A model of features that also reads texts: their embedding stands beside the features, behind the last of them.
///
/// Parameters: those of the model of features, and of the ``TextEmbedding``.
public struct TextFeaturesModel<Base: Model<Tensor>>: Model {
  private let base: Base
  private let embedding: TextEmbedding

  /// A model whose features are followed by the numbers of `embedding`.
  public init(_ base: Base, _ embedding: TextEmbedding) { (self.base, self.embedding) = (base, embedding) }

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
    let texts = embedding(x.texts, context)
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
  /// See ``FittedModel``: the numbers of texts are still zero.
  public func fit(to rows: Tensor) {
    let (count, width) = (rows.shape[0], embedding.width)
    base.fit(to: concatenate([rows, Tensor([count, width], [Float](repeating: 0, count: count * width))], axis: 1))
  }
}
