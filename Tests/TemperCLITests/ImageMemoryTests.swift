import TemperRunSupport
import Testing

@Suite("Memory of images", .serialized) struct ImageMemoryTests {
  private static let pixels = 28 * 28

  /// The peak memory of a training on so many images, in bytes.
  private func peak(_ count: Int) throws -> Double {
    let folder = TemporaryFolder()
    func idx(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
      [0, 0, 8, UInt8(shape.count)] + shape.flatMap { length in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } } + elements
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: count * Self.pixels) { buffer, filled in
      for i in buffer.indices { buffer[i] = UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 13) }
      filled = buffer.count
    }
    TestFiles.write(idx([count, 28, 28], bytes), to: folder("images"))
    TestFiles.write(idx([count], (0..<count).map { UInt8($0 % 10) }), to: folder("labels"))
    folder.write(
      """
      {"data": {"type": "idx", "train_images": "images", "train_labels": "labels"}, "model": {"hidden": [16]}, "train": {"max_steps": 5}}
      """, to: "c.json")
    let result = Program.run(["train", "c.json", "--quiet"], in: folder.path)
    try #require(result.status == 0, "\(result.err)")
    return Double(result.peak)
  }

  /// Images stay in the bytes of their files, and become numbers a batch at a time.
  @Test func imagesAddLittleMoreThanTheirBytes() throws {
    let added = try peak(60_000) - peak(6000)
    #expect(added <= 1.3 * Double(60_000 * Self.pixels), "\(added / Double(60_000 * Self.pixels)) times the bytes of 60,000 images")
  }
}
