import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A file that a command would write is there already.
  public static let outputExists = Diagnostic.Code("E0405", "an output file exists already")
}

/// A text that is made by rules, to try language models on. Document i is a function of the seed and i alone, the same bytes on every machine.
public enum MadeText: String, CaseIterable, Sendable {
  /// Short stories for children by a context-free grammar; see ``StoryGrammar``. A blank line parts them.
  case stories
  /// Sums on a line each, such as `12+34=46`; see ``ArithmeticLine``.
  case arithmetic

  /// How much to make.
  public enum Limit: Sendable, Equatable {
    /// Whole documents of no more bytes together, but at least one.
    case bytes(Int)
    /// This many documents.
    case documents(Int)
  }

  /// What stands between two documents.
  public var separator: String {
    switch self {
    case .stories: "\n\n"
    case .arithmetic: "\n"
    }
  }

  /// Document `index` of the text that belongs to a seed.
  public func document(_ index: Int, seed: UInt64) -> String {
    var random = RandomStreams(seed: seed).sequence(rawValue, index)
    return switch self {
    case .stories: StoryMaker.story(&random)
    case .arithmetic: ArithmeticLine.random(&random)
    }
  }

  /// A text of `limit`, which ends in a line break.
  public func make(seed: UInt64, limit: Limit) -> [UInt8] {
    var bytes: [UInt8] = []
    var count = 0
    while true {
      if case .documents(let wanted) = limit, count == wanted { break }
      let next = (count == 0 ? "" : separator) + document(count, seed: seed)
      if case .bytes(let most) = limit, count > 0, bytes.count + next.utf8.count + 1 > most { break }
      bytes += next.utf8
      count += 1
    }
    return bytes + Array("\n".utf8)
  }

  /// Writes such a text to a new file. Throws `E0405` where there is anything already.
  public func write(to path: String, seed: UInt64, limit: Limit) throws(Diagnostics) {
    if Files.exists(path) {
      throw Diagnostics(.outputExists, at: .wholeFile(path: path), "there is such a file already. Name another by --output, or remove it.")
    }
    try Files.write(make(seed: seed, limit: limit), to: path)
  }
}
