import TemperRunSupport
import Testing

/// What the program says about data files of all formats that are wrong, word for word.
@Suite struct BadFileTests {
  private static let x = "\"path\": \"x.jsonl\", \"label\": \"y\""
  private static let arrays = "\"type\": \"npy\", \"features\": \"f.npy\", \"labels\": \"l.npy\""
  private static let features = SampleArray.floats([1, 2, 3, 4, 5, 6, 7, 8], width: 2)

  private static func text(_ name: String, _ text: String) -> (String, [UInt8]) { (name, Array(text.utf8)) }

  /// A name, what the data block says, files, and the exit code.
  private static let cases: [(String, String, [(String, [UInt8])], Int32)] = [
    ("JSONL: a list", x, [text("x.jsonl", "{\"x\": 1, \"y\": \"a\"}\n{\"x\": [1, 2], \"y\": \"b\"}\n")], 65),
    ("JSONL: a list in an object", x, [text("x.jsonl", "{\"x\": {\"a\": [1]}, \"y\": \"a\"}\n{\"x\": 2, \"y\": \"b\"}\n")], 65),
    ("JSONL: a CSV file", x, [text("x.jsonl", "x,y\n1,a\n")], 65),
    ("JSONL: one list of all rows", x, [text("x.jsonl", "[{\"x\": 1, \"y\": \"a\"},\n {\"x\": 2, \"y\": \"b\"}]\n")], 65),
    ("JSONL: trailing comma", x, [text("x.jsonl", "{\"x\": 1, \"y\": \"a\",}\n{\"x\": 2, \"y\": \"b\"}\n")], 65),
    ("JSONL: a word", x, [text("x.jsonl", "{\"x\": NAN, \"y\": \"a\"}\n{\"x\": 2, \"y\": \"b\"}\n")], 65),
    ("JSONL: a key twice", x, [text("x.jsonl", "{\"x\": 1, \"x\": 2, \"y\": \"a\"}\n")], 65),
    ("JSONL: a text that is not closed", x, [text("x.jsonl", "{\"x\": 1, \"y\": \"a}\n{\"x\": 2, \"y\": \"b\"}\n")], 65),
    ("JSONL: a blank line", x, [text("x.jsonl", "{\"x\": 1, \"y\": \"a\"}\n\n{\"x\": 2, \"y\": \"b\"}\n")], 65),
    (
      "JSONL: a row without the label", x + ", \"validation\": null",
      [text("x.jsonl", "{\"x\": 1, \"y\": \"a\"}\n{\"x\": 2}\n{\"x\": 3, \"y\": \"b\"}\n")], 65
    ),
    ("JSONL: rows without the label", x, [text("x.jsonl", "{\"x\": 1, \"y\": \"a\"}\n{\"x\": 2, \"y\": null}\n{\"x\": 3}\n")], 65),
    ("JSONL: a label that is no key", x, [text("x.jsonl", "{\"x\": 1, \"Y\": \"a\"}\n{\"x\": 2, \"Y\": \"b\"}\n")], 65),
    ("JSONL: empty", x, [text("x.jsonl", "")], 65),
    ("JSONL with a delimiter", x + ", \"delimiter\": \";\"", [text("x.jsonl", "{\"x\": 1, \"y\": \"a\"}\n")], 65),
    ("UTF-16", "\"path\": \"x.csv\", \"label\": \"y\"", [("x.csv", [0xFF, 0xFE, 0x78, 0, 0x0A, 0])], 65),
    ("no header, and a label by name", "\"path\": \"x.csv\", \"label\": \"y\", \"header\": false", [text("x.csv", "1,a\n2,b\n")], 65),
    (
      "files with other columns", "\"path\": [\"x.csv\", \"z.csv\"], \"label\": \"y\"",
      [text("x.csv", "x,y\n1,a\n"), text("z.csv", "x,Y\n1,a\n")],
      65
    ),
    (
      "files in other formats", "\"path\": [\"x.csv\", \"x.jsonl\"], \"label\": \"y\"",
      [text("x.csv", "x,y\n1,a\n"), text("x.jsonl", "{\"x\": 1, \"y\": \"a\"}\n")], 65
    ),
    ("a file that is not there among others", "\"path\": [\"x.csv\", \"absent.csv\"], \"label\": \"y\"", [text("x.csv", "x,y\n1,a\n")], 66),
    ("NPY: not an array", arrays, [text("f.npy", "x,y\n1,2\n"), ("l.npy", SampleArray.bytes([0, 1]))], 65),
    ("NPY: cut off", arrays, [("f.npy", Array(features.dropLast(3))), ("l.npy", SampleArray.bytes([0, 1, 0, 1]))], 65),
    ("NPY: Python objects", arrays, [("f.npy", SampleArray.npy("'|O'", "(2,)", [1, 2])), ("l.npy", SampleArray.bytes([0, 1]))], 65),
    (
      "NPY: texts as labels", arrays, [("f.npy", features), ("l.npy", SampleArray.npy("'<U1'", "(4,)", Array(repeating: 0, count: 16)))], 65
    ),
    ("NPY: fewer labels than rows", arrays, [("f.npy", features), ("l.npy", SampleArray.bytes([0, 1, 0]))], 65),
    ("NPY: labels of two axes", arrays, [("f.npy", features), ("l.npy", features)], 65),
    ("NPY: no labels in the config", "\"type\": \"npy\", \"features\": \"f.npy\"", [("f.npy", features)], 64),
    (
      "NPY: an infinite number", arrays,
      [("f.npy", SampleArray.floats([1, .infinity, 3, 4])), ("l.npy", SampleArray.bytes([0, 1, 0, 1]))], 65
    ),
    ("NPZ: not an archive", "\"type\": \"npy\", \"features\": \"a.npz/x\", \"labels\": \"a.npz/y\"", [text("a.npz", "PK")], 65),
    ("NPY: not there", arrays, [("f.npy", features)], 66),
  ]

  @Test func messagesAreAsTheyWere() {
    var text = ""
    for (name, data, files, status) in Self.cases {
      let shop = Workshop()
      for (file, bytes) in files { TestFiles.write(bytes, to: shop.folder(file)) }
      let config = "{\"data\": {\(data)}}"
      shop.folder.write(config, to: "x.json")
      let result = shop.temper("train", "x.json")
      #expect(result.status == status, "\(name): \(result.err)")
      #expect(result.out == "", "\(name)")
      for line in Workshop.lines(result.err) { #expect(line.hasSuffix("]") && line.contains(" [E0"), "\(name): \(line)") }
      text += "== \(name)\n\(config)\n-- exit \(result.status)\n\(shop.anonymous(result.err))\n"
    }
    Snapshot.expect(text, is: "bad-files")
  }
}
