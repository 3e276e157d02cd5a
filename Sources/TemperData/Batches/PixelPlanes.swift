import CTemperKernels
import TemperCore

/// The pixels of an image, one plane a channel, in values from 0 to 255 where colours are changed.
struct PixelPlanes {
  private let pixels: UnsafeMutablePointer<Float>
  private let channels: Int
  let rows: Int
  let columns: Int

  init(_ pixels: UnsafeMutablePointer<Float>, _ channels: Int, _ rows: Int, _ columns: Int) {
    (self.pixels, self.channels, self.rows, self.columns) = (pixels, channels, rows, columns)
  }

  private var area: Int { rows * columns }
  private var count: Int { channels * area }

  /// Moves pixels; what comes from outside is 0.
  func move(_ map: PixelMap, by scratch: UnsafeMutablePointer<Float>) {
    if map.isIdentity { return }
    scratch.update(from: pixels, count: count)
    temper_move_pixels(scratch, channels, rows, columns, map.numbers, 0, pixels)
  }

  /// Multiplies all values.
  func brighten(_ factor: Float) { change { factor * $0 } }

  /// Moves all values away from the mean grey, or towards it below 1.
  func contrast(_ factor: Float) {
    var sum = 0.0
    for i in 0..<area { sum += Double(grey(i)) }
    let rest = (1 - factor) * Float(sum / Double(area))
    change { factor * $0 + rest }
  }

  /// Moves all values away from the grey of their pixel, or towards it below 1; grey images have no colours to change.
  func saturate(_ factor: Float) {
    guard channels == 3 else { return }
    for i in 0..<area {
      let rest = (1 - factor) * grey(i)
      for channel in 0..<3 { pixels[channel * area + i] = Self.clamped(factor * pixels[channel * area + i] + rest) }
    }
  }

  /// Moves all values but those of the border away from the mean of their neighbourhood, or towards it below 1.
  func sharpen(_ factor: Float, by scratch: UnsafeMutablePointer<Float>) {
    guard rows > 2, columns > 2 else { return }
    scratch.update(from: pixels, count: count)
    for channel in 0..<channels {
      for row in 1..<rows - 1 {
        for column in 1..<columns - 1 {
          let place = channel * area + row * columns + column
          var sum = 4 * scratch[place]
          for y in -1...1 { for x in -1...1 { sum += scratch[place + y * columns + x] } }
          pixels[place] = Self.clamped(factor * scratch[place] + (1 - factor) * sum / 13)
        }
      }
    }
  }

  /// Keeps the first bits of each value.
  func posterize(bits: Int) {
    let step = Float(1 << (8 - bits))
    change { ($0 / step).rounded(.down) * step }
  }

  /// Inverts the values from `threshold` on.
  func solarize(from threshold: Float) { change { $0 >= threshold ? 255 - $0 : $0 } }

  /// Stretches the values of each channel to the whole range.
  func stretchContrast() {
    forEachPlane { plane in
      let (least, most) = (plane.min() ?? 0, plane.max() ?? 0)
      guard most > least else { return }
      for i in plane.indices { plane[i] = (plane[i] - least) * 255 / (most - least) }
    }
  }

  /// Gives each channel an even histogram, as Pillow's `ImageOps.equalize` does.
  func equalize() {
    forEachPlane { plane in
      var histogram = Array(repeating: 0, count: 256)
      for value in plane { histogram[Self.byte(value)] += 1 }
      let last = histogram.last { $0 > 0 } ?? 0
      let step = (area - last) / 255
      guard step > 0 else { return }
      var (sum, table) = (step / 2, [Float]())
      for count in histogram {
        table.append(Float(min(255, sum / step)))
        sum += count
      }
      for i in plane.indices { plane[i] = table[Self.byte(plane[i])] }
    }
  }

  private func change(_ body: (Float) -> Float) {
    for i in 0..<count { pixels[i] = Self.clamped(body(pixels[i])) }
  }

  private func forEachPlane(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
    for channel in 0..<channels { body(UnsafeMutableBufferPointer(start: pixels + channel * area, count: area)) }
  }

  private func grey(_ i: Int) -> Float {
    channels == 3 ? 0.299 * pixels[i] + 0.587 * pixels[area + i] + 0.114 * pixels[2 * area + i] : pixels[i]
  }

  private static func clamped(_ value: Float) -> Float { max(0, min(255, value)) }
  private static func byte(_ value: Float) -> Int { Int(clamped(value) + 0.5) }
}
