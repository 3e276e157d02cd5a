import TemperCore
import TemperData

/// Rows with features and the ids of texts.
public struct FeatureTextRows: SampleSet {
  /// The features.
  public let features: Samples
  /// The texts, and the targets.
  public let texts: TextRows

  /// The rows of `features` with those of `texts`.
  public init(_ features: Samples, _ texts: TextRows) {
    require(features.count == texts.count, "FeatureTextRows: \(features.count) rows of features for \(texts.count) of texts")
    (self.features, self.texts) = (features, texts)
  }

  /// See ``SampleSet``.
  public var targets: RowTargets { texts.targets }
  /// See ``SampleSet``: of the ids.
  public var meanLength: Int { texts.meanLength }
  /// See ``SampleSet``.
  public func with(_ targets: RowTargets) -> FeatureTextRows { FeatureTextRows(features, texts.with(targets)) }

  /// Shuffled.
  public func trainingBatches(
    _ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams
  ) -> any BatchSource<Batch<FeaturesAndTexts>> {
    TextRowBatches(self, texts, plan, random: random, poolsByLength: false)
  }

  /// Longest first.
  public func evaluationBatches(size: Int) -> any FiniteBatches<Batch<FeaturesAndTexts>> { TextRowPieces(self, texts, size: size) }
}

extension FeatureTextRows: TextLayout {
  func memory(rows: Int) -> FeaturesAndTexts {
    FeaturesAndTexts(features: Tensor(uninitialized: [rows, features.shape.count]), texts: TokenBags())
  }

  func gather(_ places: ArraySlice<Int>, to batch: Batch<FeaturesAndTexts>) {
    batch.inputs.features = batch.memory.inputs.features.rows(0..<places.count)
    features.copy(places, to: batch.inputs.features.pointer)
    texts.gather(places, to: &batch.inputs.texts)
  }
}
