import Testing

@testable import TemperFiles

@Suite struct SHA256Tests {
  /// The examples of FIPS 180-4, and lengths around the padding's borders, by sha256sum.
  @Test func sha256HasItsKnownAnswers() {
    let answers = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
      (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
      (String(repeating: "a", count: 56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
      (String(repeating: "a", count: 63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
      (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    ]
    for (text, digest) in answers {
      #expect(SHA256.hex(Array(text.utf8)) == digest, "\(text.count) characters")
      var portable = SHA256(isNative: false)
      Array(text.utf8).withUnsafeBufferPointer { portable.update($0) }
      #expect(portable.hex() == digest, "\(text.count) characters, without the processor's instructions")
    }
  }

  /// How bytes come does not matter.
  @Test(arguments: [1, 63, 64, 65, 130, 1000]) func partsOfAnySizeGiveTheSame(size: Int) {
    let bytes = (0..<1000).map { UInt8($0 * 37 % 251) }
    for isNative in Set([false, SHA256.isNative]) {
      var hash = SHA256(isNative: isNative)
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBufferPointer { hash.update($0) }
      }
      #expect(hash.hex() == SHA256.hex(bytes))
    }
  }
}
