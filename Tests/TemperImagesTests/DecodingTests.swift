import TemperJSON
import TemperTestSupport
import Testing

@testable import TemperImages

/// Against Pillow; see make_images.py.
@Suite("Decoding of images") struct DecodingTests {
  private static func bytes(_ json: JSON?) throws -> [UInt8] {
    let digits = Array(try #require(json?.string).utf8).map { UInt8($0 < 97 ? $0 - 48 : $0 - 87) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func records(_ name: String) throws -> [JSON] { try #require(try Goldens.json("images.json")[name]?.array) }

  /// The largest difference of two images.
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a.count == b.count ? zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0 : .max
  }

  private static func decoded(_ file: [UInt8], isGrey: Bool = false) throws(ImageProblem) -> DecodedImage {
    try file.withUnsafeBufferPointer { (file) throws(ImageProblem) in try ImageDecoder().image(file, isGrey: isGrey) }
  }

  @Test func everyKindIsReadAsByPillow() throws {
    for record in try Self.records("images") {
      let (name, file) = (try #require(record["name"]?.string), try Self.bytes(record["file"]))
      try file.withUnsafeBufferPointer { file in
        let decoder = ImageDecoder()
        let header = try decoder.header(file)
        #expect([header.height, header.width] == [record["height"]?.integer, record["width"]?.integer], "\(name)")
        for (key, isGrey) in [("grey", true), ("colours", false)] {
          let image = try decoder.image(file, isGrey: isGrey)
          #expect([image.height, image.width] == [header.height, header.width])
          // Two builds of the JPEG library may round differently, and samples of 16 bits are rounded once less.
          #expect(
            Self.distance(image.pixels, try Self.bytes(record[key])) <= (name.hasPrefix("jpeg") ? 2 : name.contains("16") ? 1 : 0),
            "\(name), \(key)")
        }
      }
    }
  }

  @Test func whatIsNoWholeImageIsRefused() throws {
    for record in try Self.records("refused") {
      let name = try #require(record["name"]?.string)
      let file = try Self.bytes(record["file"])
      #expect(throws: ImageProblem.self, "\(name)") { try Self.decoded(file) }
    }
  }

  /// Any bytes are an image or an error.
  @Test func damagedFilesNeverEndTheProgram() throws {
    var random = SystemRandomNumberGenerator()
    let decoder = ImageDecoder()
    for record in try Self.records("images") {
      let file = try Self.bytes(record["file"])
      for round in 0..<150 {
        var own = file
        if round % 3 == 0 { own = Array(own.prefix(Int.random(in: 0...own.count, using: &random))) }
        for _ in 0..<Int.random(in: 0...4, using: &random) where !own.isEmpty {
          own[Int.random(in: 0..<own.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        own.withUnsafeBufferPointer { own in _ = try? decoder.image(own, isGrey: round % 2 == 0, enough: (2, 2)) }
      }
    }
  }

  /// Some bytes that stand for gigabytes.
  @Test func hugeImagesAreRefused() throws {
    let file = ImageFormat.png.encoded([UInt8](repeating: 7, count: 4), width: 2, height: 2)
    var huge = file
    for (place, byte) in [(16, 0), (17, 1), (18, 0), (19, 0), (20, 0), (21, 1), (22, 0), (23, 0)] { huge[place] = UInt8(byte) }
    // Its checksum is no longer that of the header, so that libpng refuses it first.
    #expect(throws: ImageProblem.self) { try Self.decoded(huge) }
    let wide = ImageFormat.png.encoded([UInt8](repeating: 7, count: 20_000 * 7000), width: 20_000, height: 7000)
    #expect { try Self.decoded(wide) } throws: { "\($0)".contains("20000 x 7000 pixels, more than the 128 million") }
  }

  @Test func imagesAreResizedAsByPillow() throws {
    let photo = try Self.bytes(try Goldens.json("images.json")["photo"])
    for record in try Self.records("resized") {
      let (height, width) = (try #require(record["height"]?.integer), try #require(record["width"]?.integer))
      let fit = ImageFit(height: height, width: width, isGrey: false, resizing: record["crop"] == true ? .crop : .stretch)
      var planes = [UInt8](repeating: 0, count: 3 * height * width)
      try photo.withUnsafeBufferPointer { photo in try fit.write(photo, by: ImageDecoder(), to: &planes) }
      let area = height * width
      let pixels = (0..<3 * area).map { planes[$0 % 3 * area + $0 / 3] }
      #expect(Self.distance(pixels, try Self.bytes(record["colours"])) <= 1, "\(record["name"]?.string ?? "")")
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let pixels = (0..<4 * 6 * 3).map { UInt8($0 * 3) }
    let file = ImageFormat.png.encoded(pixels, width: 6, height: 4)
    #expect(try Self.decoded(file) == DecodedImage(width: 6, height: 4, channels: 3, pixels: pixels))
    let grey = [UInt8](repeating: 90, count: 64)
    let decoded = try Self.decoded(ImageFormat.jpeg.encoded(grey, width: 8, height: 8), isGrey: true)
    #expect(Self.distance(decoded.pixels, grey) <= 1)
  }
}
