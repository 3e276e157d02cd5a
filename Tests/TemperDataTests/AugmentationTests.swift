import TemperCore
import TemperRunSupport
import Testing

import TemperData

@Suite struct AugmentationTests {
  private typealias Geometry = Augmentation.Geometry

  /// Images of 3 x 4 pixels, 1 to 12 and 1 more for each row of the data set, and a class each.
  private func images(_ rows: Int) -> Dataset {
    Dataset(
      features: (0..<rows).flatMap { row in (1...12).map { Float($0 + row) } }, width: 12, labels: (0..<rows).map { Int32($0 % 3) },
      rowIDs: (0..<rows).map { Int32($0) })
  }

  private func geometry(shift: Int = 0, flip: Double = 0, cutout: Int = 0, rows: Int = 3, columns: Int = 4) -> Augmentation {
    Augmentation(
      geometry: Geometry(
        rows: rows, columns: columns, centers: Array(repeating: 0, count: 12), units: Array(repeating: 1, count: 12), shift: shift,
        flip: flip, cutout: cutout))
  }

  /// The features of `epochs` epochs of `data`, in the order of the data set.
  private func features(
    _ data: Dataset, _ augmentation: Augmentation?, epochs: Int = 1, batchSize: Int = 8, seed: UInt64 = 0
  ) -> [[Float]] {
    let plan = BatchPlan(rows: data.count, batchSize: batchSize)
    let stream = BatchStream(data, plan, sampling: .inOrder, augmentation: augmentation, random: RandomStreams(seed: seed))
    return (0..<epochs * plan.batches).flatMap { _ in
      let batch = stream.nextBatch()
      return (0..<batch.count).map { batch.inputs.rows($0..<$0 + 1).values }
    }
  }

  /// `image` moved by hand.
  private func moved(_ image: [Float], right: Int, down: Int, flipped: Bool = false, rows: Int = 3, columns: Int = 4) -> [Float] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        let (y, x) = (row - down, column - right)
        guard (0..<rows).contains(y), (0..<columns).contains(x) else { return 0 }
        return image[y * columns + (flipped ? columns - 1 - x : x)]
      }
    }
  }

  @Test func shiftsAreOfEveryLengthAlike() {
    let image = (1...12).map { Float($0) }
    var counts: [[Int]: Double] = [:]
    for row in features(images(1), geometry(shift: 2), epochs: 5000) {
      for right in -2...2 {
        for down in -2...2 where row == moved(image, right: right, down: down) { counts[[right, down], default: 0] += 1 }
      }
    }
    #expect(counts.values.reduce(0, +) == 5000, "every image is moved as one of 25")
    #expect(chiSquare(counts.values) < 51.18, "the 0.999 quantile for 24 degrees of freedom")
  }

  /// A sequence moves along its one axis.
  @Test func sequencesMoveAlong() {
    let all = features(images(1), geometry(shift: 3, rows: 1, columns: 12), epochs: 200)
    let expected = (-3...3).map { moved((1...12).map { Float($0) }, right: $0, down: 0, rows: 1, columns: 12) }
    #expect(Set(all) == Set(expected))
  }

  @Test func flipsChangeLeftAndRight() {
    let image = (1...12).map { Float($0) }
    let all = features(images(1), geometry(flip: 0.25), epochs: 4000)
    let mirrored = all.filter { $0 == moved(image, right: 0, down: 0, flipped: true) }.count
    #expect(mirrored + all.filter { $0 == image }.count == 4000)
    #expect(abs(mirrored - 1000) < 110)
    for row in features(images(1), geometry(shift: 1, flip: 1), epochs: 50) {
      #expect((-1...1).contains { right in (-1...1).contains { row == moved(image, right: right, down: $0, flipped: true) } })
    }
  }

  /// What is left is as it was, and a square is gone: around every place alike, so that less is lost at the border.
  @Test func cutoutsAreSquares() {
    let image = (1...12).map { Float($0) }
    var lost = [Double](repeating: 0, count: 12)
    for row in features(images(1), geometry(cutout: 2), epochs: 6000) {
      let gone = row.indices.filter { row[$0] == 0 }
      #expect(row.indices.allSatisfy { gone.contains($0) || row[$0] == image[$0] })
      let (ys, xs) = (Set(gone.map { $0 / 4 }), Set(gone.map { $0 % 4 }))
      #expect(gone.count == ys.count * xs.count && ys.count <= 2 && xs.count <= 2)
      for place in gone { lost[place] += 1 }
    }
    // A place is lost where the square's place is it or its neighbour below or to the right.
    for (place, count) in lost.enumerated() {
      let ways = (place / 4 == 2 ? 1 : 2) * (place % 4 == 3 ? 1 : 2)
      #expect(abs(count - 500 * Double(ways)) < 4 * (500 * Double(ways)).squareRoot(), "\(place)")
    }
    // Of a sequence a stretch is cut.
    let stretch = features(images(1), geometry(cutout: 3, rows: 1, columns: 12), epochs: 300).map { $0.filter { $0 == 0 }.count }
    #expect(Set(stretch) == [2, 3])
  }

  /// Features scaled each in its own way are moved as the values they come from.
  @Test func valuesAreMovedBeforeScaling() {
    let (centers, units) = ((0..<12).map { Float($0) / 2 - 1 }, (0..<12).map { 0.5 + Float($0 * 5 % 7) })
    func scaled(_ image: [Float]) -> [Float] { image.indices.map { (image[$0] - centers[$0]) / units[$0] } }
    let image = (1...12).map { Float($0) }
    let data = Dataset(features: scaled(image), width: 12, labels: [0], rowIDs: [0])
    let augmentation = Augmentation(
      geometry: Geometry(rows: 3, columns: 4, centers: centers, units: units, shift: 1, flip: 0.5, cutout: 1))
    let candidates = (-1...1).flatMap { right in
      (-1...1).flatMap { down in [false, true].map { scaled(moved(image, right: right, down: down, flipped: $0)) } }
    }
    let blank = scaled(Array(repeating: 0, count: 12))
    for row in features(data, augmentation, epochs: 200) {
      // One place of a candidate is blank.
      #expect(
        candidates.contains { candidate in
          zip(row, candidate).filter { abs($0 - $1) > 1e-5 }.count <= 1
            && row.indices.allSatisfy { abs(row[$0] - candidate[$0]) < 1e-5 || abs(row[$0] - blank[$0]) < 1e-6 }
        })
    }
  }

  @Test func noiseHasTheDeviationOfEachFeature() {
    let deviations: [Float] = [0, 0.5, 2] + Array(repeating: 0, count: 9)
    let rows = features(images(1), Augmentation(noise: deviations), epochs: 5000)
    for (feature, deviation) in deviations.enumerated() {
      let errors = rows.map { Double($0[feature]) - Double(feature + 1) }
      let spread = (errors.reduce(0) { $0 + $1 * $1 } / 5000).squareRoot()
      #expect(abs(spread - Double(deviation)) <= 0.05 * Double(deviation), "\(feature): \(spread)")
      if deviation == 0 { #expect(errors.allSatisfy { $0 == 0 }) }
    }
  }

  @Test func rowsAreMixedWithTheirLabels() {
    let data = images(30)
    let plan = BatchPlan(rows: 30, batchSize: 7)
    let stream = BatchStream(data, plan, augmentation: Augmentation(mixup: 0.4), random: RandomStreams(seed: 1))
    var shares: [Double] = []
    var others: Set<Float> = []
    for _ in 0..<100 * plan.batches {
      let batch = stream.nextBatch()
      guard let mixture = batch.mixture else {
        Issue.record("there is no mixture")
        return
      }
      #expect(mixture.labels.count == batch.count && mixture.shares.count == batch.count && mixture.otherShares.count == batch.count)
      for (place, id) in batch.rowIDs.enumerated() {
        let (share, rest) = (mixture.shares[place], mixture.otherShares[place])
        #expect(abs(share + rest - 1) < 1e-6 && batch.labels[place] == id % 3)
        shares.append(Double(share))
        let row = batch.inputs.rows(place..<place + 1).values
        // All pixels of row n are n more than those of row 0.
        let mixed = row[0] - 1
        for (pixel, value) in row.enumerated() { #expect(abs(value - Float(pixel + 1) - mixed) < 1e-4) }
        if rest > 0.01 {
          let other = ((mixed - share * Float(id)) / rest).rounded()
          #expect(Int32(other) % 3 == mixture.labels[place])
          others.insert(other)
        }
      }
    }
    #expect(others.count == 30, "partners come from the whole epoch")
    let mean = shares.reduce(0, +) / Double(shares.count)
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
    #expect(abs(mean - 0.5) < 0.02 && abs(variance - 1 / (4 * 1.8)) < 0.01, "\(mean), \(variance)")
  }

  @Test func valuesToPredictAreMixed() {
    let data = Dataset(
      features: (0..<40).map { Float($0) }, width: 1, targets: .values((0..<40).flatMap { [Float($0), 2 - Float($0)] }, width: 2),
      rowIDs: (0..<40).map { Int32($0) })
    let stream = BatchStream(
      data, BatchPlan(rows: 40, batchSize: 9), augmentation: Augmentation(mixup: 1), random: RandomStreams(seed: 1))
    var moved = 0
    for _ in 0..<20 {
      let batch = stream.nextBatch()
      #expect(batch.mixture == nil)
      let (x, t) = (batch.inputs.values, batch.values?.values ?? [])
      for place in x.indices {
        #expect(abs(t[2 * place] - x[place]) < 1e-4 && abs(t[2 * place + 1] - (2 - x[place])) < 1e-4)
        if x[place] != Float(batch.rowIDs[place]) { moved += 1 }
      }
    }
    #expect(moved > 100)
  }

  /// Everything at once: neither the size of batches nor where a stream starts plays a part, and a row that comes twice is changed twice.
  @Test func drawsDependOnSeedEpochAndPlaceOnly() {
    let everything = Augmentation(
      noise: Array(repeating: 0.1, count: 12),
      geometry: Geometry(
        rows: 3, columns: 4, centers: Array(repeating: 1, count: 12), units: Array(repeating: 2, count: 12), shift: 1, flip: 0.5, cutout: 1),
      mixup: 0.5)
    let whole = features(images(53), everything, epochs: 4)
    #expect(whole == features(images(53), everything, epochs: 4, batchSize: 20))
    #expect(Set(whole).count == 4 * 53)
    #expect(Set(whole).isDisjoint(with: features(images(53), everything, epochs: 4, seed: 1)))

    let plan = BatchPlan(rows: 53, batchSize: 8)
    func stream(first: Int) -> BatchStream<Batch<Tensor>> {
      BatchStream(
        images(53), plan, sampling: .weighted(classes: [1, 5, 0]), augmentation: everything, random: RandomStreams(seed: 3), first: first)
    }
    for first in [0, 1, 7, 20, 300] {
      let (rest, all) = (stream(first: first), stream(first: 0))
      for _ in 0..<first { _ = all.nextBatch() }
      for _ in 0..<10 {
        let (a, b) = (rest.nextBatch(), all.nextBatch())
        #expect(a.rowIDs == b.rowIDs && a.inputs.values == b.inputs.values && a.mixture?.shares == b.mixture?.shares)
        var seen: [Int32: [Float]] = [:]
        for (place, id) in a.rowIDs.enumerated() {
          let row = a.inputs.rows(place..<place + 1).values
          #expect(seen.updateValue(row, forKey: id) != row)
        }
      }
    }
  }
}
