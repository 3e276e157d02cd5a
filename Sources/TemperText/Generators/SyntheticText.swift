import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// An output file already exists.
  public static let outputExists = Diagnostic.Code("E0405", "an output file exists already")
}

/// Synthetic text from rules, for experiments with language models. Document i depends only on the seed and i, with the same bytes on every
/// machine.
public enum SyntheticText: String, CaseIterable, Sendable {
  /// Short children's stories from a context-free grammar, separated by blank lines; see ``StoryGrammar``.
  case stories
  /// Calculations, one per line, such as `12+34=46`; see ``ArithmeticLine``.
  case arithmetic

  /// How much to generate.
  public enum Limit: Sendable, Equatable {
    /// Whole documents of at most this many bytes in total, but at least one.
    case bytes(Int)
    /// This many documents.
    case documents(Int)
  }

  /// The separator between documents.
  public var separator: String {
    switch self {
    case .stories: "\n\n"
    case .arithmetic: "\n"
    }
  }

  /// Document `index` for a seed.
  public func document(_ index: Int, seed: UInt64) -> String {
    var random = RandomStreams(seed: seed).sequence(rawValue, index)
    return switch self {
    case .stories: StoryMaker.story(&random)
    case .arithmetic: ArithmeticLine.random(&random)
    }
  }

  /// A text within `limit`, which ends in a line break.
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

  /// Writes such a text to a new file. Throws `E0405` where the file already exists.
  public func write(to path: String, seed: UInt64, limit: Limit) throws(Diagnostics) {
    try Files.demandNew(path, .outputExists)
    try Files.write(make(seed: seed, limit: limit), to: path)
  }
}
