import TemperData
import TemperJSON
import TemperText

/// Looks for validation and test text that is also in the training text.
enum SharedTextCheck: DoctorCheck {
  static let name = "shared text"
  static let doc = "validation and test text that is also in the training text"

  /// The length of the passages that are compared, in bytes, and the minimum in tokens.
  private static let (bytes, fewestTokens) = (200, 8)
  /// The fractions of passages from which it is an error, and a warning.
  private static let (greatShare, notableShare) = (0.1, 0.01)

  static func run(_ subject: DoctorSubject, _ time: Deadline) -> DoctorCheckResult {
    guard let text = subject.text, let tokenizer = text.tokenizer else { return .inapplicable("the data are not a text") }
    let heldOut = [(DataSplit.validation, text.validation), (.test, text.test)].compactMap { split, store in store.map { (split, $0) } }
    if heldOut.isEmpty { return .inapplicable("there is no validation or test text") }
    let length = max(fewestTokens, Int(Double(bytes) / bytesPerToken(text.train, tokenizer)))
    var result = DoctorCheckResult([], summary: "")
    var parts: [String] = []
    for (split, store) in heldOut {
      let shared = SharedText(of: store, in: text.train, length: length) { time.isOver }
      parts.append("\(fixed(100 * shared.share, 2)) % of \(grouped(shared.windows)) \(split.rawValue) passages")
      if !shared.isComplete {
        result.extent = .partial(time.isOver ? "the time was over; raise --seconds" : "compared a sample of passages")
      }
      guard shared.share >= notableShare, let first = shared.firstShared else { continue }
      let passage = String(decoding: tokenizer.decode(store[first..<first + length]), as: UTF8.self)
      result.findings.append(
        Finding(
          shared.share >= greatShare ? .error : .warning, .heldOutInTraining, at: subject.dataPlace,
          "\(fixed(100 * shared.share, 1)) % of the passages of \(bytes) bytes in the \(split.rawValue) text are also in the training text, "
            + "the first \(quoted(passage))",
          remedy: "Remove repeated documents from the corpus."))
    }
    result.summary = parts.joined(separator: ", ") + " are in the training text"
    return result
  }

  /// The mean number of bytes of the first tokens.
  private static func bytesPerToken(_ store: TokenStore, _ tokenizer: Tokenizer) -> Double {
    guard let counts = tokenizer.byteCounts else { return 1 }
    let tokens = store[0..<min(store.count, 1 << 16)]
    return max(0.25, Double(tokens.reduce(0) { $0 + counts[Int($1)] }) / Double(max(1, tokens.count)))
  }
}
