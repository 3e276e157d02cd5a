import TemperData
import TemperFiles
import TemperJSON

/// Files read, checked, split and converted to samples. `Preprocessing` is what was fitted on the training rows: a ``Preprocessor`` for
/// columns, or an ``ImagePreprocessor``.
public struct LoadedData<Preprocessing: Sendable>: Sendable {
  /// The fitted preprocessing; store it beside the weights.
  public let preprocessor: Preprocessing
  /// The training rows.
  public let train: Dataset
  /// The validation rows, if any.
  public let validation: Dataset?
  /// The test rows, if any.
  public let test: Dataset?
  /// Notes on automatic decisions, a line each.
  public let notes: [String]
  /// Likely problems with the data.
  public var warnings: [Warning]
  /// The files that were read, for hashing.
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
  /// The names of the classes, by index; empty unless the target is a class.
  public var classes: [String] { preprocessor.classes }
}
