import TemperCore
import Glibc
import TemperFiles
import TemperJSON

/// Encodes a text as features: TF-IDF of the training rows' most frequent words, each text normalised to length 1.
///
/// The weights equal those of scikit-learn's `TfidfVectorizer(max_features:)` with its defaults. Words are runs of two or more letters,
/// digits and underscores, in lower case. The weight of a word is its count in the text times ln((1 + n) / (1 + d)) + 1, where d of n
/// training texts contain it. Of equally frequent words the first by bytes is kept.
public struct TextTransform: Sendable, Equatable {
  /// The words that become features, sorted by bytes; empty where a model embeds the texts.
  public var words: [String]
  /// The inverse document frequency (IDF) of each word.
  public var weights: [Double]
  /// Whether a missing text is an empty text; otherwise it is an error.
  public var takesMissing: Bool

  /// Creates a transform from known parts.
  public init(words: [String], weights: [Double], takesMissing: Bool = false) {
    require(words.count == weights.count, "every word has a weight")
    (self.words, self.weights, self.takesMissing) = (words, weights, takesMissing)
  }

  /// Calls `body` with each word of `text` in order.
  static func forEachWord(_ text: String, _ body: (String) -> Void) {
    var (word, length) = (String.UnicodeScalarView(), 0)
    func finish() {
      if length > 1 { body(String(word)) }
      (word, length) = (String.UnicodeScalarView(), 0)
    }
    for scalar in text.lowercased().unicodeScalars {
      if isPartOfWord(scalar) {
        word.append(scalar)
        length += 1
      } else if length > 0 {
        finish()
      }
    }
    finish()
  }

  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    case .decimalNumber, .letterNumber, .otherNumber: return true
    default: return false
    }
  }

  struct Encoder: FieldEncoder {
    let transform: TextTransform
    let missing: MissingValues
    private let index: ByteIndex
    private var counts: [Double]

    init(transform: TextTransform, missing: MissingValues) {
      (self.transform, self.missing) = (transform, missing)
      index = ByteIndex(transform.words)
      counts = Array(repeating: 0, count: transform.words.count)
    }

    mutating func encode(_ field: UnsafeBufferPointer<UInt8>, to features: UnsafeMutablePointer<Float>) -> FieldProblem? {
      if missing.contains(field) { return transform.takesMissing ? nil : .missing }
      for place in counts.indices { counts[place] = 0 }
      var isKnown = false
      TextTransform.forEachWord(String(decoding: field, as: UTF8.self)) { word in
        guard let place = index.find(word) else { return }
        counts[place] += transform.weights[place]
        isKnown = true
      }
      guard isKnown else { return nil }
      let length = counts.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for place in counts.indices { features[place] = Float(counts[place] / length) }
      return nil
    }
  }
}

extension Preprocessor {
  /// The columns of texts that a model embeds, which have no features.
  package var embeddedTexts: [String] {
    columns.compactMap { column in
      if case .text(let transform) = column.transform, transform.words.isEmpty { column.name } else { nil }
    }
  }

  /// The texts of `rows`, column by column of those that a model embeds; missing ones are empty. Throws if the table lacks a column.
  package func texts(of table: Table, rows: [Int]) throws(Diagnostics) -> [[[UInt8]]] {
    let missing = MissingValues(missingValues)
    return try embeddedTexts.map { name throws(Diagnostics) in
      try table.texts(of: name, rows: rows).map { text in text.withUnsafeBufferPointer(missing.contains) ? [] : text }
    }
  }
}

extension ColumnFitting {
  /// Fits a text column.
  mutating func text(_ rules: TextRules) -> TextTransform? {
    let imputation = rules.impute ?? defaults.text
    guard reportMissing(isError: imputation == .error) else { return nil }
    if defaults.embedsTexts { return TextTransform(words: [], weights: [], takesMissing: imputation == .empty) }
    var words = ByteIndex()
    var (counts, texts, last) = ([Int](), [Int](), [Int]())
    for row in profile.valueRows {
      TextTransform.forEachWord(table.text(row: row, column: column)) { word in
        var word = word
        let number = word.withUTF8 { words.insert($0) }
        if number == counts.count {
          counts.append(0)
          texts.append(0)
          last.append(-1)
        }
        counts[number] += 1
        if last[number] != row { texts[number] += 1 }
        last[number] = row
      }
    }
    guard words.count > 0 else {
      unusable("no training row has a word of two or more letters. Set data.columns[\(quoted(name))] to \"ignore\".")
      return nil
    }
    let names = words.strings
    let frequent = names.indices.sorted { counts[$0] == counts[$1] ? bytesBefore(names[$0], names[$1]) : counts[$0] > counts[$1] }
    let kept = frequent.prefix(rules.maxWords).sorted { bytesBefore(names[$0], names[$1]) }
    let rows = Double(1 + profile.rows.count)
    return TextTransform(
      words: kept.map { names[$0] }, weights: kept.map { log(rows / Double(1 + texts[$0])) + 1 }, takesMissing: imputation == .empty)
  }
}
