import TemperJSON
import TemperRunSupport
import Testing

@Suite("Images by the program", .serialized) struct ImageTests {
  private static let pixels = 28 * 28

  /// Trains on so many images.
  private func train(_ count: Int, in folder: TemporaryFolder) throws -> Program.Result {
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
    return result
  }

  /// Images stay in the bytes of their files, and become numbers a batch at a time.
  @Test func imagesAddLittleMoreThanTheirBytes() throws {
    let peaks = try [60_000, 6000].map { Double(try train($0, in: TemporaryFolder()).peak) }
    let added = peaks[0] - peaks[1]
    #expect(added <= 1.3 * Double(60_000 * Self.pixels), "\(added / Double(60_000 * Self.pixels)) times the bytes of 60,000 images")
  }

  /// Images with labels in a file of their own are evaluated as the same rows of a table are.
  @Test func imagesAreEvaluatedByTheirFiles() throws {
    let folder = TemporaryFolder()
    _ = try train(200, in: folder)
    func evaluate(_ more: [String]) -> Program.Result {
      Program.run(["evaluate", "runs/c", "--json", "--input", "images"] + more, in: folder.path)
    }
    let given = evaluate(["--labels", "labels"])
    try #require(given.status == 0, "\(given.err)")
    let evaluation = try JSON.parse(given.out, path: "evaluate")
    #expect(evaluation["rows"]?.integer == 200 && evaluation["loss"]?.number?.isFinite == true)
    let missing = evaluate([])
    #expect(missing.status == 65 && missing.err.contains("--labels") && missing.err.contains("[E0229]"), "\(missing.err)")
    let swapped = Program.run(["evaluate", "runs/c", "--input", "labels", "--labels", "images"], in: folder.path)
    #expect(swapped.status == 65 && swapped.err.contains("[E0252]"), "\(swapped.err)")
  }
}
