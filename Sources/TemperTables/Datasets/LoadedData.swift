import TemperData
import TemperFiles
import TemperJSON

/// Files read, checked, split and turned into samples. `Preprocessing` is what the training rows taught: a ``Preprocessor`` of columns, or an
/// ``ImagePreprocessor``.
public struct LoadedData<Preprocessing: Sendable>: Sendable {
  /// What the training rows taught; store it beside the weights.
  public let preprocessor: Preprocessing
  /// Rows to learn from.
  public let train: Dataset
  /// Rows to choose by, if there are any.
  public let validation: Dataset?
  /// Rows to report on at the end, if there are any.
  public let test: Dataset?
  /// What the user did not say and was decided: a line each.
  public let notes: [String]
  /// What is likely to be wrong with the data.
  public var warnings: [Warning]
  /// The files that were read, to be hashed.
  public let files: [FileBytes]

  package init(
    preprocessor: Preprocessing, train: Dataset, validation: Dataset?, test: Dataset?, notes: [String], warnings: [Warning] = [],
    files: [FileBytes]
  ) {
    (self.preprocessor, self.train, self.validation, self.test) = (preprocessor, train, validation, test)
    (self.notes, self.warnings, self.files) = (notes, warnings, files)
  }
}

extension LoadedData<Preprocessor> {
  /// The names of the classes, by number; empty where no classes are predicted.
  public var classes: [String] { preprocessor.classes }
}
