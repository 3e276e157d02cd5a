import TemperCore
import TemperJSON
import TemperNN
import TemperRunSupport
import TemperTestSupport
import TemperText
import Testing

@testable import TemperTrain

/// Models of llama2.c with their tokenizers.
@Suite struct Llama2CImportTests {
  private func vocabulary(_ pieces: [(String, Float)]) -> [UInt8] {
    var bytes: [UInt8] = [9, 0, 0, 0]
    func put(_ text: String, _ score: Float) {
      withUnsafeBytes(of: score.bitPattern.littleEndian) { bytes += $0 }
      withUnsafeBytes(of: Int32(text.utf8.count).littleEndian) { bytes += $0 }
      bytes += text.utf8
    }
    for name in ["<unk>", "\n<s>\n", "\n</s>\n"] { put(name, 0) }
    for byte in 0..<256 {
      let digits = String(byte, radix: 16, uppercase: true)
      put("<0x\(digits.count == 1 ? "0" : "")\(digits)>", 0)
    }
    for (text, score) in pieces { put(text, score) }
    return bytes
  }

  private func tokenizer(_ bytes: [UInt8], count: Int) throws -> Tokenizer {
    let json = try Llama2CTokenizer(parsing: bytes, count: count, path: "tok.bin").json
    return try Tokenizer(json: Array(json.serialized().utf8), path: "tokenizer.json")
  }

  @Test func joinsFollowScores() throws {
    // "bc" is joined before "ab" although it comes later in the text.
    let pieces: [(String, Float)] = [("bc", -1), ("ab", -2), (" ab", -3), ("abc", -4), (" ", -5), ("a", -6), ("b", -7), ("c", -8)]
    let tokenizer = try tokenizer(vocabulary(pieces), count: 267)
    func texts(_ text: String) -> [String] { tokenizer.encode(text).map { tokenizer.token($0) ?? "" } }
    #expect(texts("abc") == ["\u{2581}", "abc"])
    #expect(texts("ab") == ["\u{2581}ab"])
    #expect(texts("ab é") == ["\u{2581}ab", "\u{2581}", "<0xC3>", "<0xA9>"])
    #expect(tokenizer.encode("ab", addingSpecialTokens: true) == [1, 261])
    #expect(tokenizer.text(tokenizer.encode("abc é\nab", addingSpecialTokens: true)) == "abc é\nab")
  }

  @Test func damageIsNamed() {
    let whole = vocabulary([("a", -1)])
    for (bytes, count) in [(whole, 261), (whole, 259), (Array(whole.dropLast()), 260), ([], 260), (whole, 3)] {
      let error = #expect(throws: Diagnostics.self) { try Llama2CTokenizer(parsing: bytes, count: count, path: "tok.bin") }
      #expect(error?.list.first?.code == .badLlama2C)
    }
  }

  private static let story = "stories260K/stories260K.bin"

  @Test(.enabled(if: OutsideData.path(story) != nil, "\(OutsideData.reason(story))"))
  func aTrainedModelTellsItsStory() throws {
    func path(_ name: String) throws -> String { try #require(OutsideData.path("stories260K/" + name)) }
    let imported = try PretrainedModel(reading: path("stories260K.bin"), tokenizer: path("tok512.bin"))
    let tokenizer = try Tokenizer(json: Array(#require(imported.tokenizer).serialized().utf8), path: "tokenizer.json")
    // The last line break is that of the program that printed the text.
    let expected = String(TestFiles.text(try path("greedy.txt")).dropLast())

    let model = imported.config.config.languageModel(
      ParameterStore(loading: imported.store.saved()).root, vocabulary: imported.config.vocabularySize)
    let cache = try #require(model.makeCache(capacity: model.contextLength))
    var ids: [Int32] = [1]
    while ids.count < 300, tokenizer.text(ids).utf8.count < expected.utf8.count {
      let logits = model.lastLogits(TokenBatch(ids: [ids[ids.count - 1]], rows: 1, length: 1), .generation(cache)).values
      ids.append(Int32(try #require(logits.indices.max { logits[$0] < logits[$1] })))
    }
    #expect(ids.count > 120)
    #expect(tokenizer.text(ids) == expected)
    // The model's own way to write the text is the tokenizer's way to read it.
    #expect(tokenizer.encode(expected, addingSpecialTokens: true) == ids)
  }
}
