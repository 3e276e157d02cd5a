import Testing

@testable import TemperFiles

@Suite struct CRC32CTests {
  /// The check value of the catalogue of CRCs, and examples of RFC 3720, appendix B.4.
  @Test func crc32cHasItsKnownAnswers() {
    #expect(CRC32C.value(of: Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.value(of: []) == 0)
    #expect(CRC32C.value(of: Array(repeating: UInt8(0), count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.value(of: Array(repeating: UInt8(0xFF), count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.value(of: (0..<32).map { UInt8($0) }) == 0x46DD_794E)
  }
}
