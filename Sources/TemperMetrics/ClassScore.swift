/// The scores of one class, or of one label of several.
public struct ClassScore: Sendable, Equatable {
  /// The name of the class or label.
  public let name: String
  /// Of the rows predicted to have it, the share that has it; 0 if none was predicted.
  public let precision: Double
  /// Of the rows that have it, the share that was predicted so; 0 if there is none.
  public let recall: Double
  /// The harmonic mean of precision and recall; 0 if both are 0.
  public let f1: Double
  /// The area under the ROC curve against all other rows; nil unless there are rows of both.
  public let rocAUC: Double?
  /// The number of rows that have it.
  public let support: Int
  /// The number of rows predicted to have it.
  public let predicted: Int
}

/// A report that scores each class or label.
public protocol ClassReport: Report {
  /// What is scored: `class` or `label`.
  static var scoredName: String { get }
  /// The scores, by index.
  var scores: [ClassScore] { get }
  /// For each class the one it is most often mistaken for, with the number of rows, if it is; nil where classes do not exclude each other.
  var confusions: [(name: String, rows: Int)?]? { get }
}

extension ClassReport {
  /// Labels do not exclude each other.
  public var confusions: [(name: String, rows: Int)?]? { nil }
}
