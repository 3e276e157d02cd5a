/// A batch of rows that have both features and texts.
public struct FeaturesAndTexts {
  /// The features, `[rows, features]`.
  public var features: Tensor
  /// The ids of the texts of each row.
  public var texts: TokenBags

  /// Rows of `features` and `texts`, of which there are equally many.
  public init(features: Tensor, texts: TokenBags) { (self.features, self.texts) = (features, texts) }
}

/// A batch of rows that have features.
public protocol FeatureBatch {
  /// The features, `[rows, features]`.
  var features: Tensor { get }
}

extension FeaturesAndTexts: FeatureBatch {}

extension Tensor: FeatureBatch {
  /// Itself.
  public var features: Tensor { self }
}
