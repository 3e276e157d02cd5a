import TemperJSON

extension UnigramModel {
  /// Reads pieces with their scores; ids are their positions in the list.
  init(_ value: JSON, _ reader: TokenizerReader) throws(Diagnostics) {
    try reader.check(value, "the model", ["type", "unk_id", "vocab", "byte_fallback"])
    let entries = try reader.array("vocab", in: value)
    guard !entries.isEmpty else {
      throw reader.failure(value["vocab"] ?? value, "\"vocab\" is empty. Use the file of a trained tokenizer.")
    }
    var vocabulary = Vocabulary()
    var scores: [Double] = []
    scores.reserveCapacity(entries.count)
    for (number, entry) in entries.enumerated() {
      guard let pair = entry.array, pair.count == 2, let piece = pair[0].string else {
        throw reader.failure(entry, "a piece of \"vocab\" must be an array of its text and its score, such as [\"the\", -3.5].")
      }
      guard let score = pair[1].number, score.isFinite else {
        throw reader.failure(pair[1], "the score of the piece \(quoted(piece)) must be a finite number.")
      }
      // The trainer of `tokenizers` repeats special tokens that occur in its texts; as there, the last one counts.
      vocabulary.addRepeated(piece, id: Int32(number))
      scores.append(score)
    }
    let unknown = try reader.optional("unk_id", in: value) { member throws(Diagnostics) in
      guard let id = member.integer, entries.indices.contains(id) else {
        throw reader.failure(
          member,
          "\"unk_id\" must be the index of a piece in \"vocab\", from 0 to \(entries.count - 1), or null if there is no unknown token.")
      }
      return Int32(id)
    }
    self.init(
      vocabulary: vocabulary, scores: scores, unknown: unknown, byteFallback: try reader.bool("byte_fallback", in: value, absent: false))
  }

  var json: JSON {
    [
      "type": "Unigram", "unk_id": unknown.map { .integer(Int($0)) } ?? .null,
      "vocab": .array(vocabulary.entries.map { [.string($0.text), .number(scores[Int($0.id)])] }), "byte_fallback": .bool(byteFallback),
    ]
  }
}
