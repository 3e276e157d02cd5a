import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperText

@Suite("Tokenizers") struct TokenizerTests {
  private let text = FileBytes(name: "t.txt", bytes: Array("to be, or not to be\nñandú 漢字 to be\n".utf8))

  @Test func bytesAreTheirOwnIds() throws {
    let tokenizer = Tokenizer.bytes(special: ["<eos>"])
    let all = (UInt8.min...UInt8.max).map { $0 }
    #expect(tokenizer.vocabularySize == 257 && tokenizer.specialTokens.end == 256)
    #expect(tokenizer.encode(all) == all.map { Int32($0) })
    #expect(tokenizer.encode("ab<eos>") == [97, 98, 256])
    #expect(tokenizer.decode(tokenizer.encode(all)) == all)
    #expect(tokenizer.text([97, 256, 98]) == "ab" && tokenizer.text([97, 256, 98], skippingSpecialTokens: false) == "a<eos>b")
    #expect(all.withUnsafeBufferPointer { tokenizer.firstUnknown(in: $0) } == nil)
  }

  @Test func charactersAreInTheOrderOfCodePoints() throws {
    let file = FileBytes(name: "t.txt", bytes: Array("hello é\n".utf8))
    let strict = try Tokenizer.characters(of: file)
    #expect((0..<Int32(strict.vocabularySize)).map { strict.token($0) } == ["\n", " ", "e", "h", "l", "o", "é"])
    #expect(strict.encode("hole é") == [3, 5, 4, 2, 1, 6])
    #expect(
      errors { try strict.encode(checking: FileBytes(name: "u.txt", bytes: Array("hell\nhé!".utf8))) } == [
        "u.txt:2:4: the vocabulary has no token for \"!\", and no unknown token. Train the tokenizer on texts that have it, or with an "
          + "unknown token. [E0282]"
      ])
    let open = try Tokenizer.characters(of: file, special: ["<eos>"], unknown: "<unk>")
    #expect(open.specialTokens.unknown == 0 && open.specialTokens.end == 1 && open.vocabularySize == 9)
    #expect(open.encode("h!!<eos>") == [5, 0, 0, 1])
    #expect(open.text(open.encode("hello é")) == "hello é")
    #expect(errors { try Tokenizer.characters(of: FileBytes(name: "e.txt", bytes: [])) }.first?.hasSuffix("[E0283]") == true)
    #expect(errors { try Tokenizer.characters(of: FileBytes(name: "b.txt", bytes: [10, 0xFF])) }.first?.hasPrefix("b.txt:2:1: ") == true)
  }

  @Test func everyKindReadsItsOwnJSON() throws {
    let training = TokenizerTraining(vocabularySize: 280, special: ["<eos>"])
    for tokenizer in [
      Tokenizer.bytes(), try .characters(of: text, unknown: "<unk>"), try .trainedBytePairs(on: [text], training),
      try .trainedWordPieces(on: [text], training),
    ] {
      let again = try Tokenizer(json: Array(tokenizer.json.serialized(pretty: true).utf8), path: "again.json")
      #expect(again.json == tokenizer.json && again.specialTokens == tokenizer.specialTokens)
      let ids = tokenizer.encode("to be ñ", addingSpecialTokens: true)
      #expect(again.encode("to be ñ", addingSpecialTokens: true) == ids)
      #expect(again.decode(ids) == tokenizer.decode(ids))
    }
  }

  @Test func trainingJoinsTheMostFrequentPairFirst() throws {
    let tokenizer = try Tokenizer.trainedBytePairs(on: [text], TokenizerTraining(vocabularySize: 400, special: ["<eos>"]))
    #expect(tokenizer.id(of: "<eos>") == 0 && tokenizer.id(of: "!") == 1)
    // " be" and " to" occur three and two times, "to" and "be" three; of equal counts the smaller ids win: "b" before "t" before "Ġ".
    #expect((257..<262).map { tokenizer.token(Int32($0)) } == ["be", "to", "Ġbe", "Ġto", nil])
    #expect(tokenizer.encode("to be").map { tokenizer.token($0) } == ["to", "Ġbe"])
    let tooFew = errors { try Tokenizer.trainedBytePairs(on: [text], TokenizerTraining(vocabularySize: 10)) }
    #expect(tooFew.count == 1 && tooFew[0].hasSuffix("[E0283]"))
    let pieces = try Tokenizer.trainedWordPieces(on: [text], TokenizerTraining(vocabularySize: 60))
    #expect(pieces.text(pieces.encode("Ñandu TO be")) == "nandu to be")
    #expect(pieces.encode("x", addingSpecialTokens: true) == [2, 1, 3])
  }

  @Test func byteLevelGivesBackAnyBytes() throws {
    let tokenizer = try Tokenizer.trainedBytePairs(on: [text], TokenizerTraining(vocabularySize: 300))
    var random = RandomStreams(seed: 1).sequence("bytes")
    for length in 0..<300 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let ids = tokenizer.encode(bytes)
      #expect(tokenizer.decode(ids) == bytes)
      var stream = TokenStream(tokenizer)
      let streamed = ids.flatMap { stream.append($0) }
      #expect(streamed + stream.finish() == bytes)
    }
  }

  @Test func aStreamLetsOutWholeCharacters() {
    var stream = TokenStream(Tokenizer.bytes())
    let sent = "é漢🙂".utf8.map { String(decoding: stream.append(Int32($0)), as: UTF8.self) }
    #expect(sent == ["", "é", "", "", "漢", "", "", "", "🙂"])
    #expect(stream.append(0xE6).isEmpty && stream.finish() == [0xE6])
  }

  @Test func longWordsMergeAsShortOnesDo() throws {
    let text = FileBytes(name: "a", bytes: Array(String(repeating: "abcab abc bcabc aaaa ", count: 9).utf8))
    let tokenizer = try Tokenizer.trainedBytePairs(on: [text], TokenizerTraining(vocabularySize: 300))
    guard case .bytePair(let model) = tokenizer.model else { return }
    var random = RandomStreams(seed: 2).sequence("words")
    for length in 2..<200 {
      let symbols = (0..<length).map { _ in model.vocabulary.id(of: ["a", "b", "c"][Int(random.next() % 3)])! }
      let table = MergeTable(model.merges)
      var (scanned, heaped) = (symbols, symbols)
      var ranks = [UInt32](repeating: 0, count: length)
      let counts = table.withLookup { lookup in
        (
          scanned.withUnsafeMutableBufferPointer { symbols in
            ranks.withUnsafeMutableBufferPointer { SymbolMerging.byScan(symbols, $0.baseAddress!, lookup) }
          }, heaped.withUnsafeMutableBufferPointer { SymbolMerging.byHeap($0, lookup) }
        )
      }
      #expect(counts.0 == counts.1 && scanned.prefix(counts.0) == heaped.prefix(counts.1))
      // So many letters have a pair among them that is joined.
      #expect(length < 8 || counts.0 < length)
    }
  }

  @Test func theCacheForgetsAndStaysRight() {
    let cache = WordCache()
    // More words than it holds, of all lengths.
    for number in 0..<50000 {
      let word = Array(String(repeating: "\(number)|", count: 1 + number % 9).utf8)
      word.withUnsafeBufferPointer { word in
        let (key, sink) = (WordCache.key(word), TokenSink(hint: 0))
        #expect(!cache.find(word, key, into: sink))
        let ids = (0..<Int32(number % 3)).map { Int32(number) + $0 }
        ids.withUnsafeBufferPointer { cache.insert(word, key, $0) }
        #expect(cache.find(word, key, into: sink) && sink.array == ids)
      }
    }
  }

  @Test(
    arguments: [
      (#"{"pre_tokenizer": {"type": "Metaspace", "replacement": "__"}, "model": {}}"#, "1:56: \"replacement\" must be one character"),
      (#"{"model": {"type": "Bigram", "vocab": []}}"#, "1:11: unsupported model type \"Bigram\"."),
      (#"{"normalizer": {"type": "ByteLevel"}, "model": {}}"#, "1:16: unsupported normalizer \"ByteLevel\"."),
      (#"{"pre_tokenizer": {"type": "UnicodeScripts"}, "model": {}}"#, "1:19: unsupported pre-tokenizer \"UnicodeScripts\"."),
      (
        #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(?<=a)b"}, "behavior": "Isolated", "invert": false}, "model": {}}"#,
        "1:48: the regular expression \"(?<=a)b\" has an unsupported kind of group"
      ),
      (
        #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a*"}, "behavior": "Isolated", "invert": false}, "model": {}}"#,
        "1:48: the regular expression \"a*\" can match an empty string."
      ),
      (#"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}}"#, "1:50: the id 0 is already that of \"a\"."),
      (#"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}"#, "1:57: the merge of \"a\" and \"b\" needs the token \"b\""),
      (#"{"model": {"type": "BPE", "dropout": 0.1, "vocab": {"a": 0}, "merges": []}}"#, "1:38: \"dropout\" of merges"),
      (#"{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}"#, "1:42: an id must be a whole number"),
      (#"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "speed": 1}}"#, "1:60: the model has the unknown key \"speed\""),
      (
        #"{"added_tokens": [{"id": 0, "content": "x"}], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#,
        "1:19: the added token"
      ),
      (#"{"vocab": {}}"#, "1:2: the file has the unknown key \"vocab\""),
    ])
  func whatIsNotSupportedIsAnError(json: String, message: String) {
    let found = errors { try Tokenizer(json: Array(json.utf8), path: "t.json") }
    #expect(found.count == 1 && found[0].hasPrefix("t.json:" + message), "\(found)")
  }

  @Test func filesOfVocabularies() throws {
    let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhug\n##s\n"
    let bert = try Tokenizer(bertVocabulary: FileBytes(name: "v.txt", bytes: Array(lines.utf8)))
    #expect(bert.encode("Hugs [MASK] x", addingSpecialTokens: true) == [2, 5, 6, 4, 1, 3])
    #expect(
      errors { try Tokenizer(bertVocabulary: FileBytes(name: "v.txt", bytes: Array((lines + "hug\n").utf8))) } == [
        "v.txt:8:1: the token \"hug\" is a duplicate. Remove one of the two. [E0280]"
      ])
    let vocabulary = FileBytes(name: "v.json", bytes: Array(#"{"a":0,"b":1,"Ġ":2,"ab":3,"Ġab":4,"<|endoftext|>":5}"#.utf8))
    let merges = FileBytes(name: "m.txt", bytes: Array("#version: 0.2\na b\nĠ ab\n".utf8))
    let gpt2 = try Tokenizer(gpt2Vocabulary: vocabulary, merges: merges)
    #expect(gpt2.encode("ab ab<|endoftext|>ba") == [3, 4, 5, 1, 0])
    #expect(
      errors { try Tokenizer(gpt2Vocabulary: vocabulary, merges: FileBytes(name: "m.txt", bytes: Array("a b\na c\n".utf8))) } == [
        "m.txt:2:1: the merge of \"a\" and \"c\" needs the token \"c\", which is not in the vocabulary. [E0280]"
      ])
    #expect(try gpt2.ids(in: FileBytes(name: "i", bytes: Array("1 2\n5".utf8))) == [1, 2, 5])
    #expect(errors { try gpt2.ids(in: FileBytes(name: "i", bytes: Array("1 2\n6".utf8))) }.first?.hasPrefix("i:2:1: \"6\"") == true)
  }
}
