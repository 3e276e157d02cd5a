/// Converts tokens to text. The cases are named as in the `tokenizers` library.
indirect enum TokenDecoder: Sendable, Equatable {
  case sequence([TokenDecoder])
  case byteLevel
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  case metaspace(replacement: [UInt8], scheme: PreTokenizer.PrependScheme)
  case bytePair(suffix: [UInt8])
  case byteFallback
  case fuse
  case strip([UInt8], start: Int, stop: Int)
  case replace(TextPattern, with: [UInt8])

  /// The text of `tokens`. Without a decoder, they are separated by spaces.
  static func text(of tokens: [[UInt8]], _ decoder: TokenDecoder?) -> [UInt8] {
    guard let decoder else { return Array(tokens.joined(separator: [0x20])) }
    return Array(decoder.apply(tokens).joined())
  }

  private func apply(_ tokens: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .sequence(let parts): return parts.reduce(tokens) { $1.apply($0) }
    case .byteLevel: return tokens.map { ByteAlphabet.bytes(of: $0) ?? $0 }
    case .fuse: return [Array(tokens.joined())]
    case .byteFallback: return Self.joiningBytes(of: tokens)
    case .wordPiece(let prefix, let cleansUp):
      return tokens.enumerated().map { number, token in
        var token = token
        if number > 0 { token = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token }
        return cleansUp ? Self.cleanedUp(token) : token
      }
    case .metaspace(let replacement, let scheme):
      return tokens.enumerated().map { number, token in
        // All of them are removed from the first token, not only the one at its beginning.
        Normalizer.replacing(replacement, with: number == 0 && scheme != .never ? [] : [0x20], in: token)
      }
    case .bytePair(let suffix):
      return tokens.enumerated().map { number, token in
        Normalizer.replacing(suffix, with: number == tokens.count - 1 ? [] : [0x20], in: token)
      }
    case .strip(let content, let start, let stop):
      return tokens.map { token in
        var token = token[...]
        for _ in 0..<start where token.starts(with: content) { token = token.dropFirst(content.count) }
        for _ in 0..<stop where token.suffix(content.count).elementsEqual(content) { token = token.dropLast(content.count) }
        return Array(token)
      }
    case .replace(let pattern, let content): return tokens.map { $0.withUnsafeBufferPointer { pattern.replacing(in: $0, with: content) } }
    }
  }

  /// Whether byte tokens are joined, so that the text of such a token depends on its neighbours.
  var joinsBytes: Bool {
    switch self {
    case .sequence(let parts): parts.contains(where: \.joinsBytes)
    case .byteFallback: true
    default: false
    }
  }

  /// `tokens` with each run of byte tokens joined; a run that is not UTF-8 becomes one U+FFFD per byte.
  private static func joiningBytes(of tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var run: [UInt8] = []
    func endRun() {
      if run.isEmpty { return }
      if String(validating: run, as: UTF8.self) != nil {
        result.append(run)
      } else {
        result += repeatElement(Array("\u{FFFD}".utf8), count: run.count)
      }
      run = []
    }
    for token in tokens {
      if let byte = fallbackByte(token) {
        run.append(byte)
      } else {
        endRun()
        result.append(token)
      }
    }
    endRun()
    return result
  }

  /// The byte that `<0x0A>` stands for.
  static func fallbackByte(_ token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
  }

  /// Removes spaces before punctuation and contractions in English, as `tokenizers` does, in its order.
  private static func cleanedUp(_ token: [UInt8]) -> [UInt8] {
    guard token.contains(0x20) else { return token }
    var result = token
    for (pattern, content) in [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
      (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ] {
      result = Normalizer.replacing(Array(pattern.utf8), with: Array(content.utf8), in: result)
    }
    return result
  }
}
