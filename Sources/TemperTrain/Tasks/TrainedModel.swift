import TemperData
import TemperJSON
import TemperNN
import TemperTables

/// A stored model, read with all it takes to use it. What it can do besides is a protocol of its own: commands ask for that, and not for the
/// kind of model.
public protocol TrainedModel {
  /// The step that its weights are from.
  var step: Int { get }
  /// The parameters.
  var store: ParameterStore { get }
  /// Evaluates the model on one part of the data it was trained on, read again; nil if there is no such part.
  func evaluate(_ split: DataSplit) throws(Diagnostics) -> Evaluation?
  /// Evaluates the model on another file; `labels` has the labels, where they are in a file of their own.
  func evaluate(input: String, labels: String?) throws(Diagnostics) -> Evaluation
}

/// A model that says something about each row of a file.
public protocol Predicting: TrainedModel {
  /// The config it was trained by.
  var config: RunConfig { get }
  /// What it makes of columns, and what is predicted.
  var preprocessor: Preprocessor { get }
  /// The columns that a table to predict from must have.
  var neededColumns: [String] { get }
  /// How many numbers a row has.
  var width: Int { get }
  /// How many rows it was trained on.
  var trainingRows: Int { get }
  /// How many of them have each class or label; empty where numbers are predicted.
  var targetRows: [Int] { get }
  /// What the model says of `rows`, row-major: a probability for each class or label, or a number in the unit of the label.
  func predictions(_ rows: RowSelection) throws(Diagnostics) -> [Double]
  /// Evaluates the model on rows with labels.
  func evaluate(_ rows: RowSelection) throws(Diagnostics) -> Evaluation
}

/// A model that continues texts.
public protocol Generating: TrainedModel {
  /// Throws where the model cannot continue `prompt`.
  func check(_ prompt: String) throws(Diagnostics)
  /// Continues `prompt`, and hands every piece of text to `show` as soon as it is certain. The same prompt, options and seed give the same text
  /// on any number of threads.
  func generate(_ prompt: String, _ options: GenerationOptions, show: @escaping ([UInt8]) -> Void) throws(Diagnostics) -> Generation
}

/// A model that other programs can load.
public protocol Exporting: TrainedModel {
  /// The model as other programs see it. Throws for a model that they do not have.
  func exported() throws(Diagnostics) -> PretrainedModel
}

extension LanguageModel {
  /// See ``Exporting``.
  public func exported() throws(Diagnostics) -> PretrainedModel { try PretrainedModel(self) }
}

/// Models in folders.
public enum StoredModel {
  /// Reads the model in `path`: a folder like `best/`, or the directory of a run, whose `best/` is taken.
  public static func read(_ path: String, components: Components = .standard) throws(Diagnostics) -> any TrainedModel {
    let folder = try ModelFolder(finding: path, components)
    guard let task = folder.task else {
      throw ModelFolder.damaged(
        folder.path + "/" + ModelFolder.configName,
        "names the task \(folder.config["task"]?.serialized() ?? ""), which this version does not know")
    }
    return try task.load(folder)
  }

  /// Reads a model that predicts rows, which `asked` needs.
  public static func predicting(
    _ path: String, for asked: String, components: Components = .standard
  ) throws(Diagnostics) -> any Predicting {
    let model = try read(path, components: components)
    guard let model = model as? any Predicting else {
      let hint = model is any Generating ? "; `temper generate` continues a text" : ""
      throw Diagnostics(
        .notRows, at: .wholeFile(path: path), "is not a model of rows, which \(asked) needs\(hint).")
    }
    return model
  }

  /// Reads a model that continues texts.
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
    Diagnostics(.noLanguage, at: .wholeFile(path: path), "is not a language model, such as a run of the task language_modeling leaves.")
  }
}

extension Diagnostic.Code {
  /// A model that does not take rows where one that does is wanted.
  public static let notRows = Diagnostic.Code("E0135", "the model does not take rows")
}
