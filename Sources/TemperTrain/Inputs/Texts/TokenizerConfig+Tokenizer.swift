import TemperData
import TemperFiles
import TemperJSON
import TemperText

extension TokenizerConfig {
  /// The tokenizer: read from a file, or trained on the `train` text. A character tokenizer is not trained: it has the characters of
  /// `all` splits.
  func tokenizer(train: TextCorpus, all: [TextCorpus]) throws(Diagnostics) -> Tokenizer {
    if case .characters = self { return try .characters(of: all) }
    return try tokenizer(trainedOn: train.documentFiles)
  }

  /// The tokenizer for texts of a table. Characters that are not in the training texts are unknown.
  func tokenizer(texts: [[UInt8]], path: String) throws(Diagnostics) -> Tokenizer {
    try tokenizer(trainedOn: texts.map { FileBytes(name: path, bytes: $0) })
  }

  private func tokenizer(trainedOn texts: @autoclosure () -> [FileBytes]) throws(Diagnostics) -> Tokenizer {
    switch self {
    case .bytes: .bytes(special: Tokenizer.bertSpecialTokens)
    case .characters: try .characters(of: texts(), special: Tokenizer.bertSpecialTokens, unknown: "[UNK]")
    case .file(let path): try Tokenizer(json: FileBytes(reading: path).bytes, path: path)
    case .bytePairs(let vocabulary, let minFrequency):
      try .trainedBytePairs(
        on: texts(), TokenizerTraining(vocabularySize: vocabulary, minimumFrequency: minFrequency, special: ["<|endoftext|>"]))
    case .wordPieces(let vocabulary, let minFrequency):
      try .trainedWordPieces(
        on: texts(), TokenizerTraining(vocabularySize: vocabulary, minimumFrequency: minFrequency))
    }
  }
}
