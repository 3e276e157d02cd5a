import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperText

/// Text that a vocabulary has nothing for is named, wherever the stages before the model have moved it.
@Suite struct UnknownTextTests {
  private func tokenizer(_ parts: String, _ model: String = #""type": "BPE", "vocab": {"a": 0, "b": 1, "▁": 2}, "merges": []"#) throws
    -> Tokenizer
  {
    try Tokenizer(json: Array("{\(parts)\(parts.isEmpty ? "" : ", ")\"model\": {\(model)}}".utf8), path: "t.json")
  }

  private func unknown(_ tokenizer: Tokenizer, _ text: String) -> UnknownText? {
    Array(text.utf8).withUnsafeBufferPointer { tokenizer.firstUnknown(in: $0) }
  }

  @Test(arguments: [
    #""pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}"#,
    #""pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": false}"#,
    #""normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}"#,
  ])
  func aCharacterIsNamedWithItsPlace(_ parts: String) throws {
    let tokenizer = try tokenizer(parts)
    #expect(unknown(tokenizer, "a b ab") == nil)
    #expect(unknown(tokenizer, "a bé ab") == UnknownText(text: "é", offset: 3))
    #expect(
      errors { try tokenizer.encode(checking: FileBytes(name: "u.txt", bytes: Array("a b\na 7".utf8))) }.first?.hasPrefix(
        "u.txt:1:4: the vocabulary has no token for \"\\n\"") == true)
  }

  @Test func aSpaceThatIsPutInFrontIsNamedToo() throws {
    let bytes = try tokenizer(
      #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}"#,
      #""type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []"#)
    #expect(unknown(bytes, "ab") == UnknownText(text: " ", offset: 0))
    #expect(unknown(bytes, " ab")?.text == " ")
    let spaced = try tokenizer(
      #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}"#,
      #""type": "BPE", "vocab": {"a": 0, "Ġ": 1}, "merges": []"#)
    // A character of which one byte has no token is named whole.
    #expect(unknown(spaced, "aé")?.text == "é" && unknown(spaced, "a a") == nil)
  }

  @Test func whatTheNormalizerMadeIsNamed() throws {
    let lower = try tokenizer(#""normalizer": {"type": "Lowercase"}"#)
    #expect(unknown(lower, "AB") == nil)
    #expect(unknown(lower, "abc") == UnknownText(text: "c", offset: 2))
    #expect(unknown(lower, "abC")?.text == "c")
  }

  @Test func wordsWithoutAnUnknownTokenAreNamedWhole() throws {
    let words = try tokenizer(
      #""pre_tokenizer": {"type": "WhitespaceSplit"}"#, #""type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "<unk>""#)
    #expect(words.encode("b a") == [1, 0] && unknown(words, "b  a") == nil)
    #expect(unknown(words, "b zebra a") == UnknownText(text: "zebra", offset: 2))
    let pieces = try tokenizer(
      #""pre_tokenizer": {"type": "WhitespaceSplit"}"#,
      ###""type": "WordPiece", "vocab": {"a": 0, "##b": 1}, "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 5"###
    )
    #expect(pieces.encode("ab a") == [0, 1, 0] && unknown(pieces, "ab a") == nil)
    #expect(unknown(pieces, "ab ba")?.text == "ba" && unknown(pieces, "abbbbb")?.text == "abbbbb")
    #expect(pieces.json["model"]?["unk_token"] == "[UNK]")
  }

  @Test func whatHasATokenOtherwiseIsKnown() throws {
    let whole = try tokenizer(
      #""pre_tokenizer": {"type": "WhitespaceSplit"}"#,
      #""type": "BPE", "vocab": {"a": 0, "xyz": 1}, "merges": [], "ignore_merges": true"#)
    #expect(unknown(whole, "a xyz") == nil && unknown(whole, "xy")?.text == "x")
    let suffix = try tokenizer("", #""type": "BPE", "vocab": {"a": 0, "b</w>": 1}, "merges": [], "end_of_word_suffix": "</w>""#)
    #expect(unknown(suffix, "ab") == nil && unknown(suffix, "ba") == UnknownText(text: "b", offset: 0))
    let bytes = (0..<256).map { "\"\(BytePairModel.fallbackToken(UInt8($0)))\": \($0)" }.joined(separator: ", ")
    let fallback = try tokenizer("", #""type": "BPE", "vocab": {\#(bytes)}, "merges": [], "byte_fallback": true"#)
    #expect(unknown(fallback, "é") == nil)
    // The token is named, and is not there.
    let missing = try tokenizer("", #""type": "BPE", "vocab": {"<unk>": 0, "a": 1}, "merges": [], "unk_token": "[UNK]""#)
    #expect(unknown(missing, "ab") == UnknownText(text: "b", offset: 1))
  }

  @Test func truncationAndPaddingArePassedOverWithANote() throws {
    let cut = try tokenizer(
      #""truncation": {"max_length": 1, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}, "padding": {"strategy": "BatchLongest"}"#
    )
    #expect(cut.encode("ab") == [0, 1])
    #expect(cut.notes == ["\"truncation\" of t.json is ignored", "\"padding\" of t.json is ignored"])
    #expect(cut.json["truncation"] == .null && cut.json["padding"] == .null)
    #expect(try tokenizer(#""truncation": null"#).notes.isEmpty)
  }

  @Test func idsOfTheTemplateCountAsTokens() throws {
    let parts = #"""
      "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "s", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [], "special_tokens": {"s": {"id": "s", "ids": [9], "tokens": ["s"]}}}
      """#
    #expect(try tokenizer(parts).vocabularySize == 10)
  }
}
