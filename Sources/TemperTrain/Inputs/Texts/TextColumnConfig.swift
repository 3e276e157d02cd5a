import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables
import TemperText

/// The settings of a table's `data` block for its text column.
public struct TextColumnConfig: Sendable {
  /// The text column.
  public let column: String
  /// The tokenizer; nil for models that need none.
  public let tokenizer: TokenizerConfig?
  /// The maximum number of tokens per text; nil for the model's own limit.
  public let maxLength: Int?

  /// Reads the keys of a table's data block; nil if no text column is named.
  static func read(_ c: FieldReader) -> TextColumnConfig? {
    let column = c.optionalString(
      "text", doc: "Text column, for the text models `bert` and `ngram_linear`; other columns are then ignored.")
    let tokenizer = c.optionalObject(
      "tokenizer", doc: "Tokenizer for `bert`; by default word pieces, trained on the training texts."
    ) { TokenizerConfig($0, standard: "wordpiece") }
    let maxLength = c.optionalInteger(
      "max_length", in: 4...1_000_000,
      doc: "Maximum number of tokens per text for `bert`; by default all its positions. Longer texts are truncated.")
    guard let column else {
      if let key = ["tokenizer", "max_length"].first(where: { c.isSet($0) }) {
        c.fail(key, .invalidValue, "requires data.text, the text column; set it, or remove \(key)", with: ["text"])
      }
      return nil
    }
    let features = ["columns", "normalize", "impute", "rare", "unknown"]
    if let key = features.first(where: { c.isSet($0) }) {
      c.fail(key, .invalidValue, "is not supported with data.text, which ignores the other columns; remove it", with: ["text"])
    }
    return TextColumnConfig(column: column, tokenizer: tokenizer, maxLength: maxLength)
  }

  /// The same adapted to `model`: a model that reads tokens gets a tokenizer.
  func fitted(to model: any ModelConfig, _ c: FieldReader) -> TextColumnConfig {
    // A model that does not take texts has been reported.
    guard let type = Swift.type(of: model) as? any TextModelConfig.Type, !type.needsTokenizer else {
      return TextColumnConfig(column: column, tokenizer: tokenizer ?? .standardWordPieces, maxLength: maxLength)
    }
    if tokenizer != nil || maxLength != nil {
      c.fail(
        tokenizer == nil ? "data.max_length" : "data.tokenizer", .invalidValue, "is only supported for models with a tokenizer; remove it",
        with: ["model.type"])
    }
    return self
  }
}

extension TextColumnConfig {
  /// The texts of `table`, encoded for the model of `file`; `tables` are its files, if they have been read already.
  func load(_ table: TableConfig, _ file: ConfigFile, _ tables: SourceTables?) throws(Diagnostics) -> any TrainableRows {
    let data = try LabelledTexts(table, text: column, seed: UInt64(file.config.seed), tables: tables)
    let known = try tokenizer?.tokenizer(texts: data.train.texts, path: data.files.first?.name ?? "texts")
    if let known {
      for part in [data.train, data.validation, data.test] { try part?.checkKnown(to: known) }
    }
    return try encoder(file, known, data.preprocessor).rows(data)
  }

  /// The encoder in a model's folder.
  func encoder(_ folder: ModelFolder, _ file: ConfigFile, _ preprocessor: Preprocessor) throws(Diagnostics) -> any TextEncoder {
    try encoder(file, tokenizer == nil ? nil : try LanguageModel.tokenizer(of: folder), preprocessor)
  }

  private func encoder(
    _ file: ConfigFile, _ tokenizer: Tokenizer?, _ preprocessor: Preprocessor
  ) throws(Diagnostics) -> any TextEncoder {
    guard let model = file.config.model as? any TextModelConfig else { fail("a model for features does not take texts") }
    return try model.encoder(self, tokenizer, preprocessor, file)
  }
}
