import TemperCore

/// Augments rows as specified by an ``Augmentation``. Every draw depends only on the seed, the epoch and the row's position in it, not on
/// the row, which weighted sampling may draw several times in an epoch. It has its own memory and allocates none; only one thread may use
/// it at a time.
final class RowAugmenter {
  /// The identity of a draw.
  struct Turn {
    /// The epoch.
    let epoch: Int
    /// The position in its order.
    let place: Int
    /// Whether the row is the mixup partner of the one at this position.
    var isPartner = false

    fileprivate var index: UInt64 { UInt64(place) | UInt64(epoch) << 32 | (isPartner ? 1 << 63 : 0) }
  }

  private let augmentation: Augmentation
  private let noise: NormalNoise
  private let (shifts, flips, cutouts, mixes): (Philox, Philox, Philox, Philox)
  private let frame: Frame?
  private let width: Int
  private let (own, partner): (Tensor, Tensor)

  init(_ augmentation: Augmentation, width: Int, random: RandomStreams) {
    require(
      augmentation.noise.isEmpty || augmentation.noise.count == width, "RowAugmenter: needs a deviation for each of \(width) features")
    (self.augmentation, self.width) = (augmentation, width)
    noise = NormalNoise(random.philox("augment.noise"), width: width)
    (shifts, flips) = (random.philox("augment.shift"), random.philox("augment.flip"))
    (cutouts, mixes) = (random.philox("augment.cutout"), random.philox("augment.mixup"))
    frame = augmentation.geometry.map { Frame($0, width: width) }
    (own, partner) = (Tensor(uninitialized: Shape(width)), Tensor(uninitialized: Shape(width)))
  }

  /// The position, out of `places` in the epoch, of the row's mixup partner, and the weight that the row keeps (Zhang et al. 2018); nil
  /// without mixup. Every row has its own weight and partner, so that neither depends on the batches of an epoch.
  func mixing(_ turn: Turn, places: Int) -> (place: Int, share: Float)? {
    let alpha = augmentation.mixupControl?.alpha ?? augmentation.mixup
    guard alpha > 0 else { return nil }
    var sequence = RandomSequence(mixes, index: turn.index)
    let place = sequence.below(places)
    return (place, Float(sequence.beta(alpha, alpha)))
  }

  /// Writes row `row` of `samples` to `target`, augmented and mixed with its partner. Noise is added last, and not mixed.
  func write(
    _ samples: Samples, _ row: Int, mixedWith other: (row: Int, share: Float)?, _ turn: Turn, to target: UnsafeMutablePointer<Float>
  ) {
    place(samples, row, turn, to: target)
    if let (row, share) = other {
      var turn = turn
      turn.isPartner = true
      let partner = partner.pointer
      place(samples, row, turn, to: partner)
      let rest = 1 - share
      for i in 0..<width { target[i] = share * target[i] + rest * partner[i] }
    }
    if !augmentation.noise.isEmpty {
      noise.add(
        to: target, deviations: augmentation.noise, row: UInt32(truncatingIfNeeded: turn.place),
        round: UInt32(truncatingIfNeeded: turn.epoch))
    }
  }

  /// Copies a row, shifted, flipped and cut as drawn for `turn`.
  private func place(_ samples: Samples, _ row: Int, _ turn: Turn, to target: UnsafeMutablePointer<Float>) {
    guard let frame else { return samples.copy(CollectionOfOne(row), to: target) }
    let source = own.pointer
    samples.copy(CollectionOfOne(row), to: source)
    let geometry = frame.geometry
    var (right, down, isFlipped) = (0, 0, false)
    if geometry.shift > 0 {
      var sequence = RandomSequence(shifts, index: turn.index)
      right = sequence.below(2 * geometry.shift + 1) - geometry.shift
      if geometry.rows > 1 { down = sequence.below(2 * geometry.shift + 1) - geometry.shift }
    }
    if geometry.flip > 0 {
      var sequence = RandomSequence(flips, index: turn.index)
      isFlipped = sequence.uniform() < geometry.flip
    }
    frame.move(source, right: right, down: down, isFlipped: isFlipped, to: target)
    if geometry.cutout > 0 {
      var sequence = RandomSequence(cutouts, index: turn.index)
      let (row, column) = (sequence.below(geometry.rows), sequence.below(geometry.columns))
      frame.cut(row, column, from: target)
    }
  }
}

/// An image of known size and scales, whose pixels can be shifted and cut.
private struct Frame {
  let geometry: Augmentation.Geometry
  /// Each feature's value for 0 before scaling.
  private let blank: [Float]
  /// Whether all features of a channel have the same scale, so that they can be shifted without rescaling.
  private let isUniform: Bool

  init(_ geometry: Augmentation.Geometry, width: Int) {
    require(
      geometry.channels * geometry.rows * geometry.columns == width && geometry.centers.count == width && geometry.units.count == width,
      "Augmentation: \(geometry.rows) x \(geometry.columns) pixels and their scales need as many features, not \(width)")
    self.geometry = geometry
    blank = zip(geometry.centers, geometry.units).map { (0 - $0) / $1 }
    let plane = geometry.rows * geometry.columns
    isUniform = geometry.centers.indices.allSatisfy { place in
      let first = place / plane * plane
      return geometry.centers[place] == geometry.centers[first] && geometry.units[place] == geometry.units[first]
    }
  }

  /// Copies an image, flipped and then shifted.
  func move(
    _ source: UnsafePointer<Float>, right: Int, down: Int, isFlipped: Bool, to target: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (geometry.rows, geometry.columns)
    if right == 0, down == 0, !isFlipped { return target.update(from: source, count: geometry.channels * rows * columns) }
    // The target columns, and the source column of the first.
    let (first, end) = (max(0, right), min(columns, columns + right))
    let origin = isFlipped ? columns - 1 - (first - right) : first - right
    for channel in 0..<geometry.channels {
      for row in 0..<rows {
        let to = (channel * rows + row) * columns
        let from = row - down
        guard from >= 0, from < rows, first < end else {
          clear(to..<to + columns, in: target)
          continue
        }
        clear(to..<to + first, in: target)
        clear(to + end..<to + columns, in: target)
        move(source, (channel * rows + from) * columns + origin, isFlipped ? -1 : 1, to: target, to + first, count: end - first)
      }
    }
  }

  /// Copies `count` values from index `start` of `source`, forwards or backwards, to index `place` of `target`.
  private func move(
    _ source: UnsafePointer<Float>, _ start: Int, _ direction: Int, to target: UnsafeMutablePointer<Float>, _ place: Int, count: Int
  ) {
    if isUniform, direction == 1 { return (target + place).update(from: source + start, count: count) }
    geometry.centers.withUnsafeBufferPointer { centers in
      geometry.units.withUnsafeBufferPointer { units in
        for i in 0..<count {
          let (from, to) = (start + direction * i, place + i)
          target[to] = isUniform ? source[from] : (source[from] * units[from] + (centers[from] - centers[to])) / units[to]
        }
      }
    }
  }

  /// Blanks the square around a place.
  func cut(_ row: Int, _ column: Int, from target: UnsafeMutablePointer<Float>) {
    let (rows, columns, side) = (geometry.rows, geometry.columns, geometry.cutout)
    let (top, left) = (row - side / 2, column - side / 2)
    let across = max(0, left)..<min(columns, left + side)
    // A sequence has one row, whatever the length cut out.
    for channel in 0..<geometry.channels {
      for row in rows == 1 ? 0..<1 : max(0, top)..<min(rows, top + side) {
        let start = (channel * rows + row) * columns
        clear(start + across.lowerBound..<start + across.upperBound, in: target)
      }
    }
  }

  private func clear(_ places: Range<Int>, in target: UnsafeMutablePointer<Float>) {
    blank.withUnsafeBufferPointer { blank in
      if let base = blank.baseAddress, !places.isEmpty {
        (target + places.lowerBound).update(from: base + places.lowerBound, count: places.count)
      }
    }
  }
}
