import TemperImages
import TemperRunSupport

/// The data of all journeys, in the folder `data` of one folder: small, and with something to learn.
enum JourneyData {
  /// Writes them into `folder`, and the config of a run that others start from.
  static func write(to folder: TemporaryFolder) {
    TestFiles.makeFolder(folder("data"))
    folder.write(table(), to: "data/t.csv")
    folder.write(table(withGaps: true), to: "data/gaps.csv")
    folder.write(jsonLines(), to: "data/t.jsonl")
    folder.write(foreignTable(), to: "data/other.csv")
    folder.write(nestedLines(), to: "data/nested.jsonl")
    folder.write(texts(), to: "data/texts.csv")
    folder.write(story(), to: "data/story.txt")
    folder.write(story().split(separator: "\n").map { "{\"body\": \"\($0)\"}\n" }.joined(), to: "data/story.jsonl")
    let (features, labels) = numbers()
    TestFiles.write(SampleArray.floats(features, width: 3), to: folder("data/x.npy"))
    TestFiles.write(SampleArray.bytes(labels), to: folder("data/kinds.npy"))
    let values = labels.indices.map { row in features[3 * row] * 7 + 2 }
    TestFiles.write(SampleArray.floats(values), to: folder("data/y.npy"))
    let pixels = (0..<540).map { (pixel: Int) -> UInt8 in
      let (kind, texture) = (pixel / 9 % 3, pixel * 37 % 80)
      return UInt8(kind * 60 + texture)
    }
    TestFiles.write(idx([60, 3, 3], pixels), to: folder("data/images"))
    TestFiles.write(idx([60], (0..<60).map { UInt8($0 % 3) }), to: folder("data/kinds"))
    for number in 0..<60 {
      let (kind, width, height) = (number % 3, 6, 4)
      let colors = (0..<width * height * 3).map { UInt8(($0 * 37 * (number + 1) % 80) + $0 % 3 * kind * 40) }
      let format: ImageFormat = number % 2 == 0 ? .png : .jpeg
      TestFiles.makeFolder(folder("data/pictures"))
      TestFiles.makeFolder(folder("data/pictures/k\(kind)"))
      TestFiles.write(
        format.encoded(colors, width: width, height: height), to: folder("data/pictures/k\(kind)/\(100 + number)\(format.ending)"))
    }
    folder.write("x0,x1,x2,x3\n0.1,0.2,0.3,0.4\n-1,0,1,2\n", to: "data/random.csv")
  }

  /// 60 rows of three kinds: numbers, categories, truth values, dates, a label of each sort.
  private static func rows(withGaps: Bool = false) -> [[String]] {
    let lines = SampleTable.csv().split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
    return lines.enumerated().map { index, row in
      var row = row
      if withGaps, index % 7 == 3 { row[0] = "" }
      if withGaps, index % 11 == 5 { row[3] = "" }
      let day = "2024-0\(index % 6 + 1)-1\(index % 9)"
      return row + [day, "g\(index % 12)", index % 2 == 0 ? "yes" : "no", "\(index % 4 == 0 ? 1 : 0)", row[3] == "red" ? "1" : "0"]
    }
  }

  private static let names = ["x0", "x1", "x2", "color", "part", "kind", "day", "group", "good", "first", "red"]

  private static func table(withGaps: Bool = false) -> String {
    ([names] + rows(withGaps: withGaps)).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// The table with decimal commas, a thousands separator, blanks, single quotes, a name twice, a delimiter at the end and the line ends of old
  /// Macs.
  private static func foreignTable() -> String {
    let lines = rows().enumerated().map { number, row in
      [" \(row[0].replacing(".", with: ",")) ", "1.\(100 + number * 7 % 800),5", "'\(row[3]);'", row[5]].joined(separator: " ; ") + " ; \r"
    }
    return "x0 ; big;x0 ; kind;\r" + lines.joined()
  }

  private static func nestedLines() -> String {
    rows().enumerated().map { number, row in
      "{\"in\": {\"a\": \(row[0]), \"b\": \(number % 7 == 0 ? "NaN" : row[1])}, \"kind\": \"\(row[5])\"}\n"
    }.joined()
  }

  private static func jsonLines() -> String {
    rows().map { row in "{\"a\": \(row[0]), \"b\": \(row[1]), \"color\": \"\(row[3])\", \"kind\": \"\(row[5])\"}\n" }.joined()
  }

  private static func texts() -> String {
    let words = [["fine", "sweet", "warm"], ["dull", "grey", "cold"]]
    let lines = (0..<48).map { index in
      let kind = index % 2
      let (first, second) = (index % 3, (index / 3) % 3)
      return "the \(words[kind][first]) film was \(words[kind][second]) again,\(["good", "bad"][kind]),\(first + second - 4 * kind),"
        + "\(1 - kind),\(first == 1 ? 1 : 0)\n"
    }
    return "text,kind,stars,liked,middling\n" + lines.joined()
  }

  private static func story() -> String {
    let (who, what) = (["the cat", "a dog", "the old man"], ["sat on the mat", "ran to the sea", "saw a red ball"])
    return (0..<120).map { "\(who[$0 % 3]) \(what[($0 / 2) % 3]).\n" }.joined()
  }

  /// Rows of three numbers, with classes.
  private static func numbers() -> ([Float], [UInt8]) {
    let kinds = (0..<60).map { UInt8($0 % 3) }
    var features: [Float] = []
    for (index, kind) in kinds.enumerated() {
      for column in 0..<3 { features.append((Int(kind) == column ? 1 : 0) + Float(index * 7 % 11) / 20) }
    }
    return (features, kinds)
  }

  private static func idx(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { [0, 0, 0, UInt8($0)] } + elements
  }
}
