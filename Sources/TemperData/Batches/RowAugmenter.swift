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
  private let (shifts, flips, cutouts, mixes, cuts): (Philox, Philox, Philox, Philox, Philox)
  private let frame: ImageFrame?
  private let distorter: ImageDistorter?
  private let width: Int
  private let (own, partner): (Tensor, Tensor)

  init(_ augmentation: Augmentation, width: Int, random: RandomStreams) {
    require(
      augmentation.noise.isEmpty || augmentation.noise.count == width, "RowAugmenter: needs a deviation for each of \(width) features")
    (self.augmentation, self.width) = (augmentation, width)
    noise = NormalNoise(random.philox("augment.noise"), width: width)
    (shifts, flips) = (random.philox("augment.shift"), random.philox("augment.flip"))
    (cutouts, mixes) = (random.philox("augment.cutout"), random.philox("augment.mixup"))
    cuts = random.philox("augment.cutmix")
    distorter = augmentation.geometry.flatMap { geometry in
      geometry.distortion.map { ImageDistorter($0, geometry, random: random) }
    }
    require(augmentation.cutmix == 0 || augmentation.geometry != nil, "RowAugmenter: CutMix needs the layout of an image")
    frame = augmentation.geometry.map { ImageFrame($0, width: width) }
    (own, partner) = (Tensor(uninitialized: Shape(width)), Tensor(uninitialized: Shape(width)))
  }

  /// What a row is mixed with.
  struct Mixing {
    /// The position of the partner in the epoch.
    let place: Int
    /// The weight that the row keeps.
    let share: Float
    /// The part of the image that is the partner's; nil where all features are means.
    var box: ImageFrame.Box?
  }

  /// The partner of the row out of `places` in the epoch, for mixup (Zhang et al. 2018) or CutMix (Yun et al. 2019), or one of both at random; nil without
  /// either. Every row has its own weight and partner, so that neither depends on the batches of an epoch.
  func mixing(_ turn: Turn, places: Int) -> Mixing? {
    let mixup = augmentation.mixupControl?.alpha ?? augmentation.mixup
    var sequence = RandomSequence(cuts, index: turn.index)
    if augmentation.cutmix > 0, let frame, mixup == 0 || sequence.uniform() < 0.5 {
      let place = sequence.below(places)
      let box = frame.box(share: 1 - sequence.beta(augmentation.cutmix, augmentation.cutmix), &sequence)
      return Mixing(place: place, share: 1 - Float(box.area) / Float(frame.area), box: box)
    }
    guard mixup > 0 else { return nil }
    sequence = RandomSequence(mixes, index: turn.index)
    let place = sequence.below(places)
    return Mixing(place: place, share: Float(sequence.beta(mixup, mixup)))
  }

  /// Writes row `row` of `samples` to `target`, augmented and mixed with the row `other`. Noise is added last, and not mixed.
  func write(
    _ samples: Samples, _ row: Int, mixedWith other: (row: Int, mixing: Mixing)?, _ turn: Turn, to target: UnsafeMutablePointer<Float>
  ) {
    place(samples, row, turn, to: target)
    if let (row, mixing) = other {
      var turn = turn
      turn.isPartner = true
      let partner = partner.pointer
      place(samples, row, turn, to: partner)
      if let box = mixing.box {
        frame?.copy(box, from: partner, to: target)
      } else {
        let (share, rest) = (mixing.share, 1 - mixing.share)
        for i in 0..<width { target[i] = share * target[i] + rest * partner[i] }
      }
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
    distorter?.change(source, turn.index)
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
