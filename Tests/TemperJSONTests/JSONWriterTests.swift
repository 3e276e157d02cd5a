import Testing

import TemperJSON

@Suite struct JSONWriterTests {
  @Test func writesCompactly() {
    let json: JSON = ["b": [1, 2.5, "x"], "a": [:], "n": .null, "e": []]
    #expect(json.serialized() == #"{"b":[1,2.5,"x"],"a":{},"n":null,"e":[]}"#)
  }

  @Test func writesPretty() {
    let long = JSON.array((0..<40).map { .integer(100 + $0) })
    let json: JSON = ["a": ["b": [1, 2], "c": [[1], [2, 3]], "d": [:], "e": []], "f": "x"]
    #expect(
      json.serialized(pretty: true) == """
        {
          "a": {
            "b": [1, 2],
            "c": [
              [1],
              [2, 3]
            ],
            "d": {},
            "e": []
          },
          "f": "x"
        }
        """)
    let lines = long.serialized(pretty: true).split(separator: "\n")
    #expect(lines.count == 42 && lines[1] == "  100," && lines[40] == "  139")
  }

  @Test func keepsArraysOnOneLineUpToTheWidth() {
    // 97 columns of text, brackets and a comma make 100.
    let fits: JSON = [.string(String(repeating: "x", count: 95))]
    let exceeds: JSON = [.string(String(repeating: "x", count: 96))]
    #expect(!fits.serialized(pretty: true).contains("\n"))
    #expect(exceeds.serialized(pretty: true).contains("\n"))
  }

  @Test func writesNumbersThatReadBack() throws {
    let numbers = [3, 0.1, 1e-5, 1e21, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3.0, 123_456_789.125]
    for number in numbers {
      let text = JSON.number(number).serialized()
      #expect(try JSON.parse(text, path: "f").number?.bitPattern == number.bitPattern)
    }
    #expect(JSON.number(3).serialized() == "3.0")
    #expect(JSON.integer(3).serialized() == "3")
    #expect(JSON(.number(.nan)).serialized() == "null")
    #expect(JSON.integer(.max) != JSON.integer(.max - 1))
  }

  @Test func escapes() {
    #expect(JSON.string("\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}é😀").serialized() == #""\"\\/\b\f\n\r\t\u0001\u007fé😀""#)
  }
}
