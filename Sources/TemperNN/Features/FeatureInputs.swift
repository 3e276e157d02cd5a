import TemperCore

/// What the first layer of a model of tables reads: embeddings of numbers and of categories, and the other features as they are.
///
/// Parameters: `numbers.*` (see ``NumericEmbedding``), `categories.N.weight`, `[width, categories]`, and `scale`, which multiplies each
/// number of the result and so selects features softly (Holzmüller, Grinsztajn and Steinwart 2024). Without any it is the identity.
public struct FeatureInputs {
  private let numbers: NumericEmbedding?
  private let embeddedColumns: [Int32]
  private let categories: [(columns: [Int32], weight: Parameter)]
  /// The features that are not embedded; nil if all are passed on.
  private let rest: [Int32]?
  /// A factor for each number of the result; nil for none.
  private let scale: Parameter?
  /// The width of each part of the result that is about one column.
  public let parts: [Int]
  /// Whether numbers are embedded.
  public var embedsNumbers: Bool { numbers != nil }

  /// The width of the result.
  public var width: Int { parts.reduce(0, +) }

  /// Makes or loads the parameters.
  public init(
    _ scope: ParameterScope, _ columns: FeatureColumns, numbers: NumericEmbeddingConfig? = nil, categories: CategoryEmbeddingConfig? = nil,
    isScaled: Bool = false
  ) {
    let blocks = categories.map { config in columns.categories.filter { $0.count >= config.minFeatures } } ?? []
    let embedded = numbers == nil ? [] : columns.numbers.map { Int32($0) }
    self.numbers = numbers.flatMap { embedded.isEmpty ? nil : NumericEmbedding(scope["numbers"], $0, columns: embedded.count) }
    embeddedColumns = embedded
    self.categories = blocks.enumerated().map { index, block in
      (
        block.map { Int32($0) },
        scope["categories"][index].parameter("weight", [categories?.width ?? 0, block.count], .normal(deviation: 1))
      )
    }
    let taken = Set(embedded.map(Int.init) + blocks.joined())
    let others = (0..<columns.count).filter { !taken.contains($0) }
    rest = taken.isEmpty ? nil : others.map { Int32($0) }
    var parts = embedded.map { _ in numbers?.width ?? 1 } + blocks.map { _ in categories?.width ?? 1 }
    // The features of a categorical column are one part.
    var feature = 0
    while feature < columns.count {
      if taken.contains(feature) {
        feature += 1
      } else if let block = columns.categories.first(where: { $0.lowerBound == feature }) {
        parts.append(block.count)
        feature = max(feature + 1, block.upperBound)
      } else {
        parts.append(1)
        feature += 1
      }
    }
    self.parts = parts
    scale = isScaled ? scope.parameter("scale", [parts.reduce(0, +)], .ones) : nil
  }

  /// `[rows, features]` to `[rows, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let features = embedded(x)
    return scale.map { features * $0.value } ?? features
  }

  private func embedded(_ x: Tensor) -> Tensor {
    guard let rest else { return x }
    var found: [Tensor] = []
    if let numbers { found.append(numbers(x, embeddedColumns)) }
    found += categories.map { linear(gather(x, columns: $0.columns), $0.weight.value) }
    if !rest.isEmpty { found.append(gather(x, columns: rest)) }
    return found.count == 1 ? found[0] : concatenate(found, axis: 1)
  }

  /// Whether anything depends on the distribution of features.
  var readsRows: Bool { numbers?.hasBins == true }

  /// Fits what depends on the distribution of features to training rows, `[rows, features]`.
  func fit(to rows: Tensor) { numbers?.fit(to: rows, embeddedColumns) }

  /// Multiplications with weights of a row.
  var weightsPerRow: Int { embeddedColumns.count * 2 * (numbers?.width ?? 0) + categories.reduce(0) { $0 + $1.weight.shape.count } }
}
