import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables
import TemperText

/// What `data` of a table says of the column with texts.
public struct TextColumnConfig: Sendable {
  /// The column with the texts.
  public let column: String
  /// What texts are cut into; nil for models that need no tokens.
  public let tokenizer: TokenizerConfig?
  /// The most tokens of a text; nil for as many as the model takes.
  public let maxLength: Int?

  /// Reads the keys of a table's data block; nil where no column of texts is named.
  static func read(_ c: FieldReader) -> TextColumnConfig? {
    let column = c.optionalString(
      "text", doc: "The column with texts, for models that read them, `bert` and `ngram_linear`; other columns are not looked at then.")
    let tokenizer = c.optionalObject(
      "tokenizer", doc: "What texts are cut into for `bert`; by default pieces of words, trained on the training texts."
    ) { TokenizerConfig($0, standard: "wordpiece") }
    let maxLength = c.optionalInteger(
      "max_length", in: 4...1_000_000,
      doc: "Tokens of the longest text for `bert`; by default all its positions. Of a longer one the first are taken.")
    guard let column else {
      if let key = ["tokenizer", "max_length"].first(where: { c.isSet($0) }) {
        c.fail(key, .invalidValue, "is about texts, and data.text names no column; name it, or remove \(key)", with: ["text"])
      }
      return nil
    }
    let features = ["columns", "normalize", "impute", "missing_values", "rare", "unknown"]
    if let key = features.first(where: { c.isSet($0) }) {
      c.fail(key, .invalidValue, "is about columns of features, and with data.text no other column is looked at; remove it", with: ["text"])
    }
    return TextColumnConfig(column: column, tokenizer: tokenizer, maxLength: maxLength)
  }

  /// The same for `model`: one that reads tokens has a tokenizer.
  func fitted(to model: any ModelConfig, _ c: FieldReader) -> TextColumnConfig {
    // A model that takes no texts at all has been reported.
    guard let type = Swift.type(of: model) as? any TextModelConfig.Type, !type.needsTokenizer else {
      return TextColumnConfig(column: column, tokenizer: tokenizer ?? .standardWordPieces, maxLength: maxLength)
    }
    if tokenizer != nil || maxLength != nil {
      c.fail(
        tokenizer == nil ? "data.max_length" : "data.tokenizer", .invalidValue, "is not read by a model that needs no tokens; remove it",
        with: ["model.type"])
    }
    return self
  }
}

extension TextColumnConfig {
  /// The texts of `table`, ready for the model of `file`; `tables` are its files, if they have been read already.
  func load(_ table: TableConfig, _ file: ConfigFile, _ tables: SourceTables?) throws(Diagnostics) -> any TrainableRows {
    let data = try LabelledTexts(table, text: column, seed: UInt64(file.config.seed), tables: tables)
    let known = try tokenizer?.tokenizer(texts: data.train.texts, path: data.files.first?.name ?? "texts")
    if let known {
      for part in [data.train, data.validation, data.test] { try part?.checkKnown(to: known) }
    }
    return try encoder(file, known, data.preprocessor).rows(data)
  }

  /// The encoder in the folder of a model.
  func encoder(_ folder: ModelFolder, _ file: ConfigFile, _ preprocessor: Preprocessor) throws(Diagnostics) -> any TextEncoder {
    try encoder(file, tokenizer == nil ? nil : try LanguageModel.tokenizer(of: folder), preprocessor)
  }

  private func encoder(
    _ file: ConfigFile, _ tokenizer: Tokenizer?, _ preprocessor: Preprocessor
  ) throws(Diagnostics) -> any TextEncoder {
    guard let model = file.config.model as? any TextModelConfig else { fail("a model of features does not take texts") }
    return try model.encoder(self, tokenizer, preprocessor, file)
  }
}
