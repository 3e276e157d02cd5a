import CTemperKernels
import TemperCore

/// Computes the pixels of an image anew as a ``Augmentation/Distortion`` says: first a crop and a rotation in one step, then colours, then the operations
/// of RandAugment. Every draw depends only on the seed and the turn. Only one thread may use it at a time.
final class ImageDistorter {
  private let distortion: Augmentation.Distortion
  private let geometry: Augmentation.Geometry
  private let (crops, rotations, colors, operations): (Philox, Philox, Philox, Philox)
  private let moved: Tensor

  init(_ distortion: Augmentation.Distortion, _ geometry: Augmentation.Geometry, random: RandomStreams) {
    (self.distortion, self.geometry) = (distortion, geometry)
    (crops, rotations) = (random.philox("augment.crop"), random.philox("augment.rotate"))
    (colors, operations) = (random.philox("augment.color"), random.philox("augment.randaugment"))
    moved = Tensor(uninitialized: Shape(geometry.channels * geometry.rows * geometry.columns))
  }

  /// Changes the scaled image at `image` as drawn for `turn`.
  func change(_ image: UnsafeMutablePointer<Float>, _ turn: UInt64) {
    let count = moved.count
    geometry.centers.withUnsafeBufferPointer { centers in
      geometry.units.withUnsafeBufferPointer { units in
        for i in 0..<count { image[i] = image[i] * units[i] + centers[i] }
        changePixels(PixelPlanes(image, geometry.channels, geometry.rows, geometry.columns), turn)
        for i in 0..<count { image[i] = (image[i] - centers[i]) / units[i] }
      }
    }
  }

  private func changePixels(_ image: PixelPlanes, _ turn: UInt64) {
    var map = PixelMap(rows: geometry.rows, columns: geometry.columns)
    if distortion.crop < 1 {
      var sequence = RandomSequence(crops, index: turn)
      map.crop(leastArea: distortion.crop, &sequence)
    }
    if distortion.rotation > 0 {
      var sequence = RandomSequence(rotations, index: turn)
      map.rotate(degrees: (2 * sequence.uniform() - 1) * distortion.rotation)
    }
    image.move(map, by: moved.pointer)
    if distortion.color > 0 {
      var sequence = RandomSequence(colors, index: turn)
      for change in [PixelPlanes.brighten, PixelPlanes.contrast, PixelPlanes.saturate] {
        change(image)(1 + Float((2 * sequence.uniform() - 1) * distortion.color))
      }
    }
    if distortion.operations > 0 {
      var sequence = RandomSequence(operations, index: turn)
      for _ in 0..<distortion.operations {
        let operation = RandomOperation.allCases[sequence.below(RandomOperation.allCases.count)]
        let isNegative = sequence.uniform() < 0.5
        operation.change(image, strength: Float(distortion.magnitude / 30), isNegative: isNegative, by: moved.pointer)
      }
    }
  }
}

/// The operations of RandAugment with the strengths of torchvision's; `strength` is from 0 to 1. Moved pixels are interpolated linearly.
enum RandomOperation: CaseIterable {
  case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize, solarize, autoContrast,
    equalize

  func change(_ image: PixelPlanes, strength: Float, isNegative: Bool, by scratch: UnsafeMutablePointer<Float>) {
    let signed = isNegative ? -strength : strength
    var map = PixelMap(rows: image.rows, columns: image.columns)
    switch self {
    case .identity: return
    case .shearX: map.shear(x: 0.3 * signed, y: 0)
    case .shearY: map.shear(x: 0, y: 0.3 * signed)
    case .translateX: map.translate(x: 150 / 331 * Float(image.columns) * signed, y: 0)
    case .translateY: map.translate(x: 0, y: 150 / 331 * Float(image.rows) * signed)
    case .rotate: map.rotate(degrees: Double(30 * signed))
    case .brightness: return image.brighten(1 + 0.9 * signed)
    case .color: return image.saturate(1 + 0.9 * signed)
    case .contrast: return image.contrast(1 + 0.9 * signed)
    case .sharpness: return image.sharpen(1 + 0.9 * signed, by: scratch)
    case .posterize: return image.posterize(bits: 8 - Int((4 * strength).rounded()))
    case .solarize: return image.solarize(from: 255 * (1 - strength))
    case .autoContrast: return image.stretchContrast()
    case .equalize: return image.equalize()
    }
    image.move(map, by: scratch)
  }
}
