import TemperJSON

/// The embedding of numeric columns before the first layer.
public enum NumericEmbeddingConfig: Sendable, Equatable {
  /// Piecewise linear between quantiles of the training rows; see `piecewiseLinearEmbedding`.
  case piecewiseLinear(bins: Int, width: Int)
  /// Of waves with learned frequencies; see `periodicEmbedding`.
  case periodic(frequencies: Int, width: Int, scale: Double)

  /// The numbers that replace one.
  public var width: Int {
    switch self {
    case .piecewiseLinear(_, let width), .periodic(_, let width, _): width
    }
  }

  /// Reads the block of a model whose numbers are embedded if it `isDefault`; nil for none.
  public static func read(_ c: FieldReader, isDefault: Bool) -> NumericEmbeddingConfig? {
    c.variant(
      "type", default: isDefault ? "piecewise_linear" : "none",
      doc: "Kind of embedding; by default `piecewise_linear` if model.type is `tabm`, else `none`.",
      [
        .init("none", "Numbers as they are.") { _ in nil },
        .init("piecewise_linear", "Linear between quantiles of the training rows (Gorishniy et al. 2022).") { c in
          .piecewiseLinear(
            bins: c.integer("bins", default: 48, in: 1...1024, doc: "Bins of a column, between its quantiles; fewer if values repeat."),
            width: c.integer("width", default: 16, in: 1...1024, doc: "Numbers that each number becomes."))
        },
        .init(
          "periodic", "Cosines with learned frequencies, a linear layer, and the number itself: PBLD of RealMLP (Holzmüller et al. 2024)."
        ) {
          c in
          .periodic(
            frequencies: c.integer("frequencies", default: 16, in: 1...1024, doc: "Cosines of each number."),
            width: c.integer("width", default: 4, in: 2...1024, doc: "Numbers that each number becomes, itself one of them."),
            scale: c.number("scale", default: 0.1, in: .above(0), doc: "Standard deviation of the initial frequencies, in turns."))
        },
      ])
  }
}

/// The embedding of categorical columns before the first layer.
public struct CategoryEmbeddingConfig: Sendable, Equatable {
  /// The numbers that replace a category's features.
  public let width: Int
  /// Columns with fewer features keep these.
  public let minFeatures: Int

  /// An embedding of columns of at least `minFeatures` features.
  public init(width: Int = 8, minFeatures: Int = 9) { (self.width, self.minFeatures) = (width, minFeatures) }

  /// Reads the block of a model whose categories are embedded if it `isDefault`; nil for none.
  public static func read(_ c: FieldReader, isDefault: Bool) -> CategoryEmbeddingConfig? {
    c.variant(
      "type", default: isDefault ? "learned" : "none",
      doc: "Kind of embedding; by default `learned` if model.type is `tabm`, else `none`.",
      [
        .init("none", "One-hot features as they are.") { _ in nil },
        .init("learned", "Learned vectors of columns with many categories.") { c in
          CategoryEmbeddingConfig(
            width: c.integer("width", default: 8, in: 1...1024, doc: "Numbers that each category becomes."),
            minFeatures: c.integer(
              "min_features", default: 9, in: 1...1_000_000,
              doc: "Columns with fewer one-hot features, of which rare and missing categories have one each, stay as they are."))
        },
      ])
  }
}
