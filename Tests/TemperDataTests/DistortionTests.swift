import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

@testable import TemperData

/// Against torchvision; see make_distortions.py.
@Suite("Changes of images") struct DistortionTests {
  private static let (rows, columns) = (5, 6)

  /// The image after `change`.
  private static func changed(_ change: (PixelPlanes, UnsafeMutablePointer<Float>) -> Void) throws -> [Float] {
    var pixels = try #require(try Goldens.json("distortions.json")["image"]?.array).map { Float($0.number ?? 0) }
    var scratch = pixels
    pixels.withUnsafeMutableBufferPointer { pixels in
      scratch.withUnsafeMutableBufferPointer { change(PixelPlanes(pixels.baseAddress!, 3, rows, columns), $0.baseAddress!) }
    }
    return pixels
  }

  private static func moved(_ change: (inout PixelMap) -> Void) throws -> [Float] {
    var map = PixelMap(rows: rows, columns: columns)
    change(&map)
    return try changed { image, scratch in image.move(map, by: scratch) }
  }

  @Test func operationsAreTorchvisions() throws {
    let golden = try #require(try Goldens.json("distortions.json")["results"])
    func expect(_ name: String, _ values: [Float], within tolerance: Float) throws {
      let expected = try #require(golden[name]?["values"]?.array).map { Float($0.number ?? 0) }
      #expect(values.count == expected.count)
      let distance = zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(distance <= tolerance, "\(name): \(distance)")
    }
    for factor: Float in [1.4, 0.6] {
      // torchvision's weights of the three colours sum to .9999 in this place.
      try expect("brighten \(factor)", try Self.changed { image, _ in image.brighten(factor) }, within: 1e-3)
      try expect("contrast \(factor)", try Self.changed { image, _ in image.contrast(factor) }, within: 0.02)
      try expect("saturate \(factor)", try Self.changed { image, _ in image.saturate(factor) }, within: 0.03)
    }
    for factor: Float in [1.8, 0.2] { try expect("sharpen \(factor)", try Self.changed { $0.sharpen(factor, by: $1) }, within: 1e-3) }
    try expect("posterize 5", try Self.changed { image, _ in image.posterize(bits: 5) }, within: 0)
    try expect("solarize 170", try Self.changed { image, _ in image.solarize(from: 170) }, within: 0)
    try expect("stretch", try Self.changed { image, _ in image.stretchContrast() }, within: 1e-3)
    try expect("equalize", try Self.changed { image, _ in image.equalize() }, within: 0)
    try expect("rotate 25", try Self.moved { $0.rotate(degrees: 25) }, within: 0.01)
    try expect("translate", try Self.moved { $0.translate(x: 2, y: -1) }, within: 0.01)
    try expect("shear x", try Self.moved { $0.shear(x: 0.3, y: 0) }, within: 0.01)
    try expect("shear y", try Self.moved { $0.shear(x: 0, y: -0.2) }, within: 0.01)
  }

  @Test func cropsKeepTheirShareAndStayInside() {
    for index in 0..<200 {
      var (sequence, map) = (RandomStreams(seed: 3).sequence("crop", index), PixelMap(rows: 40, columns: 60))
      map.crop(leastArea: 0.3, &sequence)
      let n = map.numbers
      let (left, top, right, bottom) = (n[2], n[5], n[2] + n[0] * 60, n[5] + n[4] * 40)
      #expect(left >= 0 && top >= 0 && right <= 60.001 && bottom <= 40.001 && n[1] == 0 && n[3] == 0)
      let (share, ratio) = (n[0] * n[4], n[0] * 60 / (n[4] * 40))
      #expect(share >= 0.2999 && share <= 1.0001 && (map.isIdentity || ratio >= 0.749 && ratio <= 1.334))
    }
  }

  private func batches(_ augmentation: Augmentation, seed: UInt64 = 3, rows: Int = 32) -> [Batch<Tensor>] {
    let pixels = (0..<rows * 3 * 64).map { Float(($0 * 37) % 256) / 255 }
    let data = Dataset(
      Samples(pixels, .image(channels: 3, height: 8, width: 8), count: rows),
      RowTargets(.classes((0..<rows).map { Int32($0 % 4) }), rowIDs: (0..<rows).map { Int32($0) }))
    return [
      BatchStream(
        data.trainingBatches(
          BatchPlan(rows: rows, batchSize: rows), TrainingOrder(augmentation: augmentation), random: RandomStreams(seed: seed))
      ).nextBatch()
    ]
  }

  private func geometry(_ distortion: Augmentation.Distortion? = nil) -> Augmentation.Geometry {
    var geometry = Augmentation.Geometry(
      channels: 3, rows: 8, columns: 8, centers: .init(repeating: 0, count: 192), units: .init(repeating: 255, count: 192))
    geometry.distortion = distortion
    return geometry
  }

  @Test func everyChangeDependsOnTheSeedAlone() {
    let plain = batches(Augmentation(geometry: geometry()))[0].inputs.values
    for distortion: Augmentation.Distortion in [
      .init(crop: 0.5), .init(rotation: 20), .init(color: 0.4), .init(operations: 2, magnitude: 15),
    ] {
      let augmentation = Augmentation(geometry: geometry(distortion))
      let first = batches(augmentation)[0].inputs.values
      #expect(first != plain && first == batches(augmentation)[0].inputs.values && first != batches(augmentation, seed: 4)[0].inputs.values)
      #expect(first.allSatisfy { $0 >= -1e-6 && $0 <= 1.000001 })
    }
  }

  /// A part of each image is another one's, and so is its share of the loss.
  @Test func cutMixTakesAPartAndItsShare() {
    var augmentation = Augmentation(geometry: geometry())
    augmentation.cutmix = 1
    let rows = 64
    let data = Dataset(
      Samples(
        (0..<rows).flatMap { row in [Float](repeating: Float(row), count: 192) }, .image(channels: 3, height: 8, width: 8), count: rows),
      RowTargets(.classes((0..<rows).map { Int32($0) }), rowIDs: (0..<rows).map { Int32($0) }))
    let stream = BatchStream(
      data.trainingBatches(
        BatchPlan(rows: rows, batchSize: rows), TrainingOrder(augmentation: augmentation), random: RandomStreams(seed: 1)))
    var mixed = 0
    for _ in 0..<10 {
      let batch = stream.nextBatch()
      let (x, mixture) = (batch.inputs.values, batch.mixture)
      for row in 0..<rows {
        let (own, other) = (Float(batch.labels[row]), Float(mixture?.labels[row] ?? -1))
        let image = x[row * 192..<(row + 1) * 192]
        let share = Float(image.count { $0 == own }) / 192
        #expect(image.allSatisfy { $0 == own || $0 == other })
        if own != other { #expect(abs(share - (mixture?.shares[row] ?? -1)) < 1e-5) }
        if share < 1 { mixed += 1 }
      }
    }
    #expect(mixed > 400)
    // With mixup, each row has one of both.
    augmentation.mixup = 1
    let both = batches(augmentation, rows: 64)[0]
    #expect(both.mixture?.shares.count == 64)
  }
}
