import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

@Suite("Files of JSON") struct JSONFileTests {
  @Test func whatIsWrittenIsRead() throws {
    let folder = TemporaryFolder()
    let json = JSON.object([("a", .integer(1)), ("b", .string("x"))])
    try Files.write(json, to: folder("a.json"))
    #expect(TestFiles.text(folder("a.json")) == json.serialized(pretty: true) + "\n")
    #expect(try JSON(reading: folder("a.json")) == json)
    folder.write("{\"a\": }", to: "b.json")
    #expect(errors { try JSON(reading: folder("b.json")) }.first?.hasPrefix(folder("b.json") + ":1:") == true)
    #expect(errors { try JSON(reading: folder("c.json")) }.first?.contains("[E0301]") == true)
  }
}
