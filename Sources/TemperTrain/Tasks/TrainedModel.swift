import TemperData
import TemperJSON
import TemperNN
import TemperTables

/// A stored model, loaded and ready to use. Further capabilities are protocols of their own, which commands ask for instead of kinds of
/// models.
public protocol TrainedModel {
  /// The step that its weights are from.
  var step: Int { get }
  /// The parameters.
  var store: ParameterStore { get }
  /// Evaluates the model on the first of `splits` that its training data, read again, have; nil if they have none of them.
  func evaluate(firstOf splits: [DataSplit]) throws(Diagnostics) -> (split: DataSplit, evaluation: Evaluation)?
  /// Evaluates the model on another file; `labels` is a separate label file, if any.
  func evaluate(input: String, labels: String?) throws(Diagnostics) -> Evaluation
}

extension TrainedModel {
  /// Evaluates the model on one split of its training data, read again; nil if there is no such split.
  public func evaluate(_ split: DataSplit) throws(Diagnostics) -> Evaluation? { try evaluate(firstOf: [split])?.evaluation }

  /// The model as one that predicts rows, as `asked` requires. Throws if it does not; `path` is what it was read from.
  public func predicting(for asked: String, path: String) throws(Diagnostics) -> any Predicting {
    if let model = self as? any Predicting { return model }
    let hint = self is any Generating ? "; use `temper generate` instead" : ""
    throw Diagnostics(.notRows, at: .wholeFile(path: path), "is a language model, which \(asked) does not support\(hint).")
  }
}

/// A model that predicts the rows of a file.
public protocol Predicting: TrainedModel {
  /// The config it was trained with.
  var config: RunConfig { get }
  /// The preprocessing of columns, and the target.
  var preprocessor: Preprocessor { get }
  /// The columns that an input table must have.
  var neededColumns: [String] { get }
  /// The number of features.
  var width: Int { get }
  /// The number of training rows.
  var trainingRows: Int { get }
  /// The number of training rows per class or label; empty for regression.
  var targetRows: [Int] { get }
  /// The predictions for `rows`, row-major: a probability per class or label, or a number in the unit of the label.
  func predictions(_ rows: RowSelection) throws(Diagnostics) -> [Double]
  /// Evaluates the model on labelled rows.
  func evaluate(_ rows: RowSelection) throws(Diagnostics) -> Evaluation
}

/// A model that generates text.
public protocol Generating: TrainedModel {
  /// Throws if the model cannot continue `prompt`.
  func check(_ prompt: String) throws(Diagnostics)
  /// Continues `prompt`, and passes every piece of text to `show` as soon as it is final. The same prompt, options and seed give the
  /// same text on any number of threads.
  func generate(_ prompt: String, _ options: GenerationOptions, show: @escaping ([UInt8]) -> Void) throws(Diagnostics) -> Generation
}

/// A model that other programs can load.
public protocol Exporting: TrainedModel {
  /// The model in the form of other programs. Throws if they have no such model.
  func exported() throws(Diagnostics) -> PretrainedModel
}

extension LanguageModel {
  /// See ``Exporting``.
  public func exported() throws(Diagnostics) -> PretrainedModel { try PretrainedModel(self) }
}

/// Loads stored models.
public enum StoredModel {
  /// Reads the model in `path`: a folder like `best/`, or a run directory, whose `best/` is used.
  public static func read(_ path: String, components: Components = .standard) throws(Diagnostics) -> any TrainedModel {
    let folder = try ModelFolder(finding: path, components)
    guard let task = folder.task else {
      throw ModelFolder.damaged(
        folder.path + "/" + ModelFolder.configName,
        "has the task \(folder.config["task"]?.serialized() ?? ""), which this version does not support")
    }
    return try task.load(folder)
  }

  /// Reads a model that predicts rows, as `asked` requires.
  public static func predicting(
    _ path: String, for asked: String, components: Components = .standard
  ) throws(Diagnostics) -> any Predicting {
    try read(path, components: components).predicting(for: asked, path: path)
  }

  /// Reads a model that generates text.
  public static func generating(_ path: String, components: Components = .standard) throws(Diagnostics) -> any Generating {
    guard let model = try read(path, components: components) as? any Generating else { throw notLanguage(path) }
    return model
  }

  /// Reads a model that other programs can load.
  public static func exporting(_ path: String, components: Components = .standard) throws(Diagnostics) -> any Exporting {
    guard let model = try read(path, components: components) as? any Exporting else { throw notLanguage(path) }
    return model
  }

  private static func notLanguage(_ path: String) -> Diagnostics {
    Diagnostics(.noLanguage, at: .wholeFile(path: path), "is not a language model. Use a run of the task language_modeling.")
  }
}

extension Diagnostic.Code {
  /// A model that does not take rows, although rows are needed.
  public static let notRows = Diagnostic.Code("E0135", "the model does not take rows")
}
