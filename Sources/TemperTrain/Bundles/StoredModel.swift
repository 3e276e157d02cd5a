import TemperJSON

/// A stored model of any kind.
public enum StoredModel {
  /// One of rows: features of a table, images, or texts to tell apart.
  case rows(ModelBundle)
  /// One of language.
  case language(LanguageBundle)

  /// Reads the model in `path`: a folder like `best/`, or the directory of a run, whose `best/` is taken.
  public init(reading path: String) throws(Diagnostics) {
    let folder = try ModelFolder(finding: path)
    let task = folder.config["task"]?.string.flatMap(TaskKind.init(rawValue:))
    self = task?.isLanguage == true ? .language(try LanguageBundle(folder)) : .rows(try ModelBundle(folder))
  }

  /// The step that the weights are from.
  public var step: Int {
    switch self {
    case .rows(let bundle): bundle.step
    case .language(let bundle): bundle.step
    }
  }

  /// Judges the model on one part of the data it was trained on, read again; nil if there is no such part.
  public func evaluate(part: DataPart) throws(Diagnostics) -> Evaluation? {
    switch self {
    case .rows(let bundle): try bundle.evaluate(part: part)
    case .language(let bundle): try bundle.evaluate(part: part)
    }
  }

  /// The model of rows. Throws for one of language, which `asked` is not for.
  public func rows(for asked: String, path: String) throws(Diagnostics) -> ModelBundle {
    guard case .rows(let bundle) = self else {
      throw Diagnostics(
        .notRows, at: .wholeFile(path: path), "is a model of language, and \(asked) is for rows; `temper generate` continues a text.")
    }
    return bundle
  }
}

extension Diagnostic.Code {
  /// A model of language where one of rows is wanted.
  public static let notRows = Diagnostic.Code("E0135", "the model is none of rows")
}
