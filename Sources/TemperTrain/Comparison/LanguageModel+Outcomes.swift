import TemperData
import TemperFiles
import TemperJSON
import TemperNN
import TemperText

extension LanguageModel {
  /// How the model predicts the windows of `split` of its own text; nil if there is no such split.
  func outcomes(_ split: DataSplit) throws(Diagnostics) -> RowOutcomes? {
    guard let file = try storedRun() else { return nil }
    let text = try PreparedText(of: file, tokenizer: ownTokenizer)
    guard let tokens = text.evaluated(split, contextLength: model.contextLength) else { return nil }
    try checkRows(of: tokens) { _ in .wholeFile(path: path + "/" + Self.tokenizerName) }
    var terms = [("tokens", tokens.sha256), ("context length", "\(model.contextLength)")]
    // Masks are drawn from the seed.
    if task.sampleKind == .maskedTokens { terms.append(("seed of the masks", "\(file.config.seed)")) }
    let evaluator = try evaluator(file.config)
    let losses = evaluator.windowLosses(tokens, WindowLayout(rows: 1, length: evaluator.layout.length), betweenWindows: {})
    return RowOutcomes(
      files: text.sources.map { ($0.path, $0.sha256) }, rows: Array(losses.indices), terms: terms,
      scores: RowScores(measure: .tokenLoss, values: losses.flatMap { [$0.sum, $0.weight] }), place: { _ in .option("window") })
  }
}

extension TokenStore {
  /// The SHA-256 of the ids.
  fileprivate var sha256: String {
    var hash = SHA256()
    for start in stride(from: 0, to: count, by: 1 << 16) {
      self[start..<min(count, start + 1 << 16)].withUnsafeBytes { hash.update($0.bindMemory(to: UInt8.self)) }
    }
    return hash.hex()
  }
}
