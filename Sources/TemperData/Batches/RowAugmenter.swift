import TemperCore

/// Changes rows as an ``Augmentation`` says. Every draw is a function of the seed, the epoch and the row's place in it: not of the row, which
/// weighted sampling may draw several times in an epoch. It has memory of its own and allocates none; one thread may use it at a time.
final class RowAugmenter {
  /// Whose turn it is.
  struct Turn {
    /// The epoch.
    let epoch: Int
    /// The place in its order.
    let place: Int
    /// Whether the row is mixed into the one of this place, and is not that one.
    var isPartner = false

    fileprivate var index: UInt64 { UInt64(place) | UInt64(epoch) << 32 | (isPartner ? 1 << 63 : 0) }
  }

  private let augmentation: Augmentation
  private let noise: NormalNoise
  private let (shifts, flips, cutouts, mixes): (Philox, Philox, Philox, Philox)
  private let frame: Frame?
  private let width: Int
  private let partner: Tensor

  init(_ augmentation: Augmentation, width: Int, random: RandomStreams) {
    require(
      augmentation.noise.isEmpty || augmentation.noise.count == width, "RowAugmenter: needs a deviation for each of \(width) features")
    (self.augmentation, self.width) = (augmentation, width)
    noise = NormalNoise(random.philox("augment.noise"), width: width)
    (shifts, flips) = (random.philox("augment.shift"), random.philox("augment.flip"))
    (cutouts, mixes) = (random.philox("augment.cutout"), random.philox("augment.mixup"))
    frame = augmentation.geometry.map { Frame($0, width: width) }
    partner = Tensor(uninitialized: Shape(width))
  }

  /// Which place of the epoch, of `places`, is mixed into the one whose turn it is, and the share that this one keeps (Zhang et al. 2018);
  /// nil where rows are not mixed. Every row has a share and a partner of its own, so that neither depends on how an epoch is cut.
  func mixing(_ turn: Turn, places: Int) -> (place: Int, share: Float)? {
    guard augmentation.mixup > 0 else { return nil }
    var sequence = RandomSequence(mixes, index: turn.index)
    let place = sequence.below(places)
    return (place, Float(sequence.beta(augmentation.mixup, augmentation.mixup)))
  }

  /// Writes the row at `source` to `target`, changed, with the one at `other` mixed into it. Noise comes last, and is not mixed.
  func write(
    _ source: UnsafePointer<Float>, mixedWith other: (row: UnsafePointer<Float>, share: Float)?, _ turn: Turn,
    to target: UnsafeMutablePointer<Float>
  ) {
    place(source, turn, to: target)
    if let (row, share) = other {
      var turn = turn
      turn.isPartner = true
      let partner = partner.pointer
      place(row, turn, to: partner)
      let rest = 1 - share
      for i in 0..<width { target[i] = share * target[i] + rest * partner[i] }
    }
    if !augmentation.noise.isEmpty {
      noise.add(
        to: target, deviations: augmentation.noise, row: UInt32(truncatingIfNeeded: turn.place),
        round: UInt32(truncatingIfNeeded: turn.epoch))
    }
  }

  /// Copies a row, shifted, flipped and cut as its turn has it.
  private func place(_ source: UnsafePointer<Float>, _ turn: Turn, to target: UnsafeMutablePointer<Float>) {
    guard let frame else { return target.update(from: source, count: width) }
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

/// An image of known size and scales, whose pixels are moved and cut.
private struct Frame {
  let geometry: Augmentation.Geometry
  /// Each feature's value for 0 before scaling.
  private let blank: [Float]
  /// Whether all features are scaled alike, and may be moved as they are.
  private let isUniform: Bool

  init(_ geometry: Augmentation.Geometry, width: Int) {
    require(
      geometry.rows * geometry.columns == width && geometry.centers.count == width && geometry.units.count == width,
      "Augmentation: \(geometry.rows) x \(geometry.columns) places and their scales need as many features, not \(width)")
    self.geometry = geometry
    blank = zip(geometry.centers, geometry.units).map { (0 - $0) / $1 }
    isUniform = Set(geometry.centers).count == 1 && Set(geometry.units).count == 1
  }

  /// Copies an image, first flipped and then shifted.
  func move(
    _ source: UnsafePointer<Float>, right: Int, down: Int, isFlipped: Bool, to target: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (geometry.rows, geometry.columns)
    if right == 0, down == 0, !isFlipped { return target.update(from: source, count: rows * columns) }
    // The columns that something is moved to, and where their first comes from.
    let (first, end) = (max(0, right), min(columns, columns + right))
    let origin = isFlipped ? columns - 1 - (first - right) : first - right
    for row in 0..<rows {
      let to = row * columns
      let from = row - down
      guard from >= 0, from < rows, first < end else {
        clear(to..<to + columns, in: target)
        continue
      }
      clear(to..<to + first, in: target)
      clear(to + end..<to + columns, in: target)
      move(source, from * columns + origin, isFlipped ? -1 : 1, to: target, to + first, count: end - first)
    }
  }

  /// Copies `count` values from `start` of `source` on, forwards or backwards, to `place` of `target` on.
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
    // A sequence has one row, whatever the length of the stretch.
    for row in rows == 1 ? 0..<1 : max(0, top)..<min(rows, top + side) {
      clear(row * columns + across.lowerBound..<row * columns + across.upperBound, in: target)
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
