import Glibc
import TemperCore
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperText

@Suite("text corpora") struct CorpusTests {
  private func corpus(_ text: String, name: String = "t.txt", _ options: TextOptions = TextOptions()) throws -> TextCorpus {
    try TextCorpus([FileBytes(name: name, bytes: Array(text.utf8))], options: options)
  }

  private func texts(_ corpus: TextCorpus) -> [String] { (0..<corpus.count).map(corpus.text) }

  @Test func aPlainFileIsOneDocument() throws {
    #expect(try texts(corpus("\u{FEFF}one\n\ntwo\n")) == ["one\n\ntwo\n"])
    #expect(try texts(corpus("one\n\n\n two\r\n\r\n\r\nthree\n", TextOptions(separator: "\n\n"))) == ["one", " two\r\n\r\n\r\nthree"])
    let ended = TextOptions(separator: "<|endoftext|>")
    #expect(try texts(corpus("one\n<|endoftext|>\n<|endoftext|>two<|endof<|endoftext|>three", ended)) == ["one", "two<|endof", "three"])
    #expect(try corpus("one<|endoftext|>\ntwo", ended).place(1).description == "t.txt:2:1")
  }

  @Test func linesHaveTheirTextUnderAKey() throws {
    let lines = [
      #"{"text": "plain é", "meta": {"a": [1, {"b": "}"}], "c": {}}}"#, #"{"id": 3, "text": "two\nlines \"x\""}"#, #"{"text": ""}"#,
      #"{"tags": [], "text": "last"}"#,
    ]
    let read = try corpus(lines.joined(separator: "\n"), name: "t.jsonl")
    #expect(texts(read) == ["plain é", "two\nlines \"x\"", "last"])
    #expect(read.place(2).description == "t.jsonl:4:1")
    #expect(try texts(corpus(#"{"body": "x"}"#, name: "t.JSONL", TextOptions(field: "body"))) == ["x"])
  }

  @Test(
    arguments: [
      ("t.txt", "ok\nb\u{0}d", "t.txt:2:2: the byte 0xFF is not valid UTF-8. Save the file as UTF-8. [E0208]"),
      (
        "t.jsonl", "{\"text\": \"a\"}\n{\"text\": \"\u{0}\"}",
        "t.jsonl:2:11: the byte 0xFF is not valid UTF-8. Save the file as UTF-8. [E0208]"
      ),
      (
        "t.jsonl", "{\"text\": \"a\"}\n{\"body\": \"a\"}",
        "t.jsonl:2:1: no text under the key \"text\" on this line. Add it, or name the key that has the text. [E0271]"
      ),
      (
        "t.jsonl", "{\"text\": 12}\n{\"text\": \"a\"}",
        "t.jsonl:1:1: no text under the key \"text\" on this line. Add it, or name the key that has the text. [E0271]"
      ),
      (
        "t.jsonl", "{\"meta\": [1, }",
        "t.jsonl:1:14: not a JSON value. Write a number like -12.5 or 3e-4, a string in double quotes, true, false or null. [E0262]"
      ),
      ("t.jsonl", "{\"meta\": [1", "t.jsonl:1:12: expected a comma or a closing bracket, found the end of the line. [E0262]"),
      ("t.txt", "", "t.txt: the file has no text. Use a file with text. [E0270]"),
    ])
  func mistakes(name: String, text: String, message: String) {
    let bytes = text.utf8.map { $0 == 0 ? 0xFF : $0 }
    #expect(errors { try TextCorpus([FileBytes(name: name, bytes: bytes)]) } == [message])
  }

  @Test func foldersAreReadToTheirBottom() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    for (name, text) in [("b.txt", "2"), ("a/z.md", "1"), ("a/c.bin", "no"), (".hidden.txt", "no"), ("c.jsonl", "{\"text\": \"3\"}")] {
      try Files.makeFolder(Paths.folder(of: folder + "/" + name))
      try Files.write(text, to: folder + "/" + name)
    }
    #expect(try texts(TextCorpus(paths: [folder])) == ["1", "2", "3"])
    #expect(try texts(TextCorpus(paths: [folder + "/c.jsonl", folder + "/a/"])) == ["3", "1"])
    try Files.remove(folder + "/a/z.md")
    let found = errors { try TextCorpus(paths: [folder + "/a", folder + "/missing.txt"]) }
    #expect(found.count == 2 && found[0].contains("E0305") && found[1].contains("E0301"), "\(found)")
  }

  @Test func aCutIsBetweenCharacters() throws {
    // Ten characters of one to four bytes.
    let parts = try corpus("aé€😀bcdéfg").split(validation: 0.7, test: 0.1)
    #expect(texts(parts.train) == ["aé"] && texts(parts.test) == ["€"] && texts(parts.validation) == ["😀bcdéfg"])
    let plain = try corpus("aé€😀bcdéfg").split(validation: 0, test: 0)
    #expect(texts(plain.train) == ["aé€😀bcdéfg"] && plain.test.count == 0 && plain.validation.count == 0)
    #expect(errors { try corpus("ab").split(validation: 0.1, test: 0.1) }.first?.contains("leave nothing for the test") == true)
    #expect(errors { try corpus("a").split(validation: 0.5, test: 0) }.first?.contains("leave nothing for training") == true)
  }

  @Test(arguments: [0.1, 0.2, 0.3, 0.7]) func sharesAreExactInCharacters(share: Double) throws {
    let text = String(repeating: "é", count: 1000)
    let parts = try corpus(text).split(validation: share, test: 0.1)
    #expect(parts.validation.byteCount == 2 * Int((share * 1000).rounded()) && parts.test.byteCount == 200)
    #expect(parts.train.byteCount + parts.validation.byteCount + parts.test.byteCount == 2000)
  }

  @Test func cutsGoToBordersOfDocumentsThatAreNear() throws {
    let documents = (0..<1000).map { String(repeating: "x", count: 1 + $0 % 9) }
    let many = try corpus(documents.joined(separator: "\n\n"), TextOptions(separator: "\n\n"))
    let parts = try many.split(validation: 0.1, test: 0.05)
    #expect(parts.train.count + parts.test.count + parts.validation.count == 1000, "no document is divided")
    #expect(abs(Double(parts.validation.byteCount) / Double(many.byteCount) - 0.1) < 0.001)
    #expect(abs(Double(parts.test.byteCount) / Double(many.byteCount) - 0.05) < 0.002)
    let few = try corpus("aaaaaaaaaa\n\nbbbbbbbbbb\n\ncccccccccc", TextOptions(separator: "\n\n")).split(validation: 0.2, test: 0.2)
    #expect(texts(few.train) == ["aaaaaaaaaa", "bbbbbbbb"] && texts(few.test) == ["bb", "cccc"] && texts(few.validation) == ["cccccc"])
  }

  private func encoding(_ end: Int32?, key: String = "bytes") -> TextEncoding {
    TextEncoding(key: key, vocabularySize: 257, endOfDocument: end) { $0.map { Int32($0) } }
  }

  @Test func documentsAreJoinedByTheirEndToken() throws {
    let read = try corpus("ab\n\nc\n\ndef", TextOptions(separator: "\n\n"))
    let store = TokenStore(read, encoding(256))
    #expect(store.tokens == [97, 98, 256, 99, 256, 100, 101, 102] && store.documentStarts == [0, 3, 5])
    #expect(TokenStore(read, encoding(nil)).tokens == [97, 98, 99, 100, 101, 102])
  }

  @Test func tokenizersGiveTokens() throws {
    let file = FileBytes(name: "t.txt", bytes: Array("ab\n\nba".utf8))
    let tokenizer = try Tokenizer.characters(of: file, special: ["</s>"])
    let read = try TextCorpus([file], options: TextOptions(separator: "\n\n"))
    let store = TokenStore(read, TextEncoding(tokenizer, key: "k"))
    #expect(tokenizer.text(store.tokens, skippingSpecialTokens: false) == "ab</s>ba" && store.vocabularySize == tokenizer.vocabularySize)
    #expect(TokenStore(read, TextEncoding(tokenizer, key: "k", endsDocuments: false)).count == 4)
    #expect(errors { try read.checkKnown(to: tokenizer) } == [])
    let found = errors { try corpus("ab\n\nbé€", TextOptions(separator: "\n\n")).checkKnown(to: tokenizer) }
    #expect(found.count == 1 && found[0].hasPrefix("t.txt:3:2: the vocabulary has no token for \"é\""), "\(found)")
  }

  /// Five mebibytes: several blocks.
  @Test func threadsChangeNothing() throws {
    let text = (0..<3000).map { String(repeating: "word \($0) ", count: 180) }.joined(separator: "\n\n")
    let read = try corpus(text, TextOptions(separator: "\n\n"))
    let one = TokenStore(read, encoding(256))
    let two = Engine.withThreads(3) { TokenStore(read, encoding(256)) }
    #expect(one.tokens == two.tokens && one.documentStarts == two.documentStarts && one.documentStarts.count == 3000)
    #expect(one.count == read.byteCount + 2999)
  }

  @Test func cachesAreKeptByContent() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    let read = try corpus("ab\n\nc\n\ndef", TextOptions(separator: "\n\n"))
    let cache = TokenCache(folder: folder + "/deep/cache", contentKey: "hash")
    nonisolated(unsafe) var calls = 0
    func encoding(_ key: String = "bytes", end: Int32? = 256, size: Int = 257) -> TextEncoding {
      TextEncoding(key: key, vocabularySize: size, endOfDocument: end) {
        calls += 1
        return $0.map { Int32($0) }
      }
    }
    let made = try cache.tokens(read, encoding())
    #expect(calls == 3)
    let again = try cache.tokens(read, encoding())
    #expect(calls == 3 && again.tokens == made.tokens && again.documentStarts == made.documentStarts)
    // Whatever differs is another entry.
    _ = try cache.tokens(read, encoding("other"))
    _ = try cache.tokens(read, encoding(end: nil))
    _ = try cache.tokens(read, encoding(size: 70_000))
    _ = try TokenCache(folder: folder + "/deep/cache", contentKey: "hash2").tokens(read, encoding())
    #expect(calls == 15)
    let parts = try read.split(validation: 0.5, test: 0)
    _ = try cache.tokens(parts.train, encoding())
    _ = try cache.tokens(parts.validation, encoding())
    #expect(Files.names(in: folder + "/deep/cache").count == 7)
    #expect(try cache.tokens(read, encoding(size: 70_000)).tokens == made.tokens)
  }

  @Test func damagedCachesAreMadeAnew() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    let read = try corpus("ab\n\nc\n\ndef", TextOptions(separator: "\n\n"))
    let cache = TokenCache(folder: folder, contentKey: "hash")
    let wanted = try cache.tokens(read, encoding(256)).tokens
    let path = cache.path(read, encoding(256))
    let sound = try FileBytes(reading: path).bytes
    var damaged: [[UInt8]] = (0..<sound.count).filter { !(48..<64).contains($0) }.map { place in
      var bytes = sound
      bytes[place] ^= 0x10
      return bytes
    }
    damaged += (0..<sound.count).map { Array(sound[..<$0]) }
    damaged.append(sound + [0])
    for bytes in damaged {
      try Files.write(bytes, to: path)
      let store = try cache.tokens(read, encoding(256))
      #expect(store.tokens == wanted && store.documentStarts == [0, 3, 5])
      #expect(try FileBytes(reading: path).bytes == sound)
    }
    #expect(Files.names(in: folder).count == 1, "nothing partial is left")
  }
}
