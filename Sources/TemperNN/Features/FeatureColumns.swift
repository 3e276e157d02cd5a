/// What the features of a sample are, for layers that treat numbers and categories apart.
public struct FeatureColumns: Sendable, Equatable {
  /// The number of features.
  public let count: Int
  /// The features that are numbers.
  public let numbers: [Int]
  /// The features of each categorical column, one for each category.
  public let categories: [Range<Int>]

  /// Features of which the kinds are known.
  public init(count: Int, numbers: [Int], categories: [Range<Int>]) {
    (self.count, self.numbers, self.categories) = (count, numbers, categories)
  }

  /// `count` features that are all numbers.
  public init(numbers count: Int) { self.init(count: count, numbers: Array(0..<count), categories: []) }
}
