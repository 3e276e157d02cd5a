import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperFiles

@Suite("Compressed files") struct GzipTests {
  struct Sample {
    let name: String
    let gzip: [UInt8]
    let content: [UInt8]
  }

  static var samples: [Sample] {
    get throws {
      let path = Repository.path("Tests/TemperFilesTests/Goldens/gzip_files.json")
      return try #require(JSON.parse(FileBytes(reading: path).bytes, path: path).array).map { item in
        Sample(
          name: try #require(item["name"]?.string), gzip: try bytes(hex: item["gzip"]?.string),
          content: try bytes(hex: item["content"]?.string))
      }
    }
  }

  private static func bytes(hex: String?) throws -> [UInt8] {
    let digits = Array(try #require(hex).utf8)
    return try stride(from: 0, to: digits.count, by: 2).map { index in
      try #require(UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16))
    }
  }

  @Test func whatZlibWrites() throws {
    let samples = try Self.samples
    #expect(samples.count == 11)
    for sample in samples { #expect(try Gzip.unpacked(sample.gzip) == sample.content, "\(sample.name)") }
  }

  @Test func whatIsCutOffIsRejected() throws {
    for sample in try Self.samples {
      for length in 0..<sample.gzip.count where length % 7 == 0 || length > sample.gzip.count - 20 {
        // Two members: the first is whole by itself.
        guard let unpacked = try? Gzip.unpacked(Array(sample.gzip[..<length])) else { continue }
        #expect(sample.name == "two members" && unpacked == Array("one,".utf8))
      }
      #expect(throws: InflateProblem.damaged("there is data after the compressed data")) { try Gzip.unpacked(sample.gzip + [0, 7]) }
    }
  }

  /// Changed bytes must never be read as if nothing had happened, and never crash.
  @Test func damageIsFound() throws {
    var random = RandomStreams(seed: 3).sequence("damage")
    for sample in try Self.samples {
      for _ in 0..<400 {
        var bytes = sample.gzip
        for _ in 0...random.below(3) { bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
        if random.below(4) == 0 { bytes.removeSubrange(random.below(bytes.count)...) }
        // A time stamp or a file name may change; content may not.
        if let unpacked = try? Gzip.unpacked(bytes, limit: 1 << 20) {
          #expect(unpacked == sample.content || sample.name == "two members")
        }
      }
    }
    for _ in 0..<20_000 {
      let noise = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
      _ = noise.withUnsafeBufferPointer { bytes in
        var sink = ByteSink(hint: 0, limit: 1 << 16)
        return try? Inflate.run(bytes, from: 0, into: &sink)
      }
    }
  }

  @Test(
    "streams that RFC 1951 forbids",
    arguments: [
      ([0x07], "unknown block type"),
      ([0x01, 0x01, 0x00, 0x00, 0x00], "a stored block whose two lengths differ"),
      // A fixed block: length 3 at distance 1, with nothing before it.
      ([0x03, 0x02], "a distance beyond the start"),
      ([0xFD, 0xFF, 0x00, 0x00], "too many symbols in a code"),
      ([0x05, 0x00, 0x92, 0x24, 0x49, 0x92, 0x24, 0x49], "a code with too many codewords"),
      ([0x05, 0x00, 0x04, 0x00, 0x00, 0x00], "a code with unused codewords"),
    ] as [([UInt8], String)])
  func forbidden(bytes: [UInt8], problem: String) {
    #expect(throws: InflateProblem.damaged(problem)) {
      try bytes.withUnsafeBufferPointer { bytes in
        var sink = ByteSink(hint: 0, limit: 100)
        _ = try Inflate.run(bytes, from: 0, into: &sink)
      }
    }
  }

  @Test func bombsStopAtTheLimit() throws {
    let sample = try #require(Self.samples.first { $0.name == "runs" })
    #expect(throws: InflateProblem.tooLarge) { try Gzip.unpacked(sample.gzip, limit: sample.content.count - 1) }
    #expect(try Gzip.unpacked(sample.gzip, limit: sample.content.count) == sample.content)
    #expect(
      errors { try FileBytes(name: "x.csv.gz", gzip: sample.gzip, limit: 4096) } == [
        "x.csv.gz: decompresses to more than 0 MiB. Decompress it with gunzip if you trust it. [E0259]"
      ])
  }

  @Test func filesAreUnpackedByTheirNames() throws {
    let sample = try #require(Self.samples.first { $0.name.hasPrefix("text") })
    try withFile(sample.gzip, suffix: ".tsv.gz") { path in
      let file = try FileBytes(reading: path)
      #expect(file.bytes == sample.content && stored(file) == sample.gzip)
    }
    try withFile("x,y\n", suffix: ".csv.gz") { path in
      #expect(
        errors { try FileBytes(reading: path) } == [
          "\(path): damaged gzip file: it has no gzip header. Copy or download it again, or remove .gz from its name. [E0258]"
        ])
    }
    try withFile(Array(sample.gzip.dropLast(2)), suffix: ".gz") { path in
      #expect(
        errors { try FileBytes(reading: path) } == ["\(path): the compressed file is truncated. Copy or download it again. [E0258]"])
    }
  }

  @Test func checksums() {
    func sum(_ text: String) -> UInt32 { Array(text.utf8).withUnsafeBufferPointer { CRC32.of($0) } }
    #expect(sum("123456789") == 0xCBF4_3926)
    #expect(sum("") == 0 && sum("a") == 0xE8B7_BE43)
  }

  @Test func zerosBehindAGzipMemberDoNotCount() throws {
    let member: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 0xFE, 0xFF, 0x61, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0,
    ]
    func content(_ bytes: [UInt8]) throws -> String { String(decoding: try Gzip.unpacked(bytes), as: UTF8.self) }
    #expect(try content(member) == "a")
    #expect(try content(member + Array(repeating: 0, count: 700)) == "a")
    #expect(try content(member + [0, 0] + member + [0]) == "aa")
    #expect(throws: InflateProblem.self) { try Gzip.unpacked(member + [0, 0, 1]) }
  }

  /// A few bytes that say they unpack to gigabytes are an error before these are taken.
  @Test func aTrailerIsNotTrusted() throws {
    let member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(throws: InflateProblem.self) { try Gzip.unpacked(member) }
  }
}

extension Gzip {
  /// The content of `bytes`.
  static func unpacked(_ bytes: [UInt8], limit: Int = limit) throws(InflateProblem) -> [UInt8] {
    let content = try bytes.withUnsafeBufferPointer { (bytes) throws(InflateProblem) in try unpacked(bytes, limit: limit) }
    return withExtendedLifetime(content) { Array(content.buffer) }
  }
}
