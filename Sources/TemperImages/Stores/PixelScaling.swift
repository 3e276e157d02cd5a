import TemperCore
import TemperData

/// How pixels from 0 to 255 become features.
public enum PixelScaling: String, Sendable, CaseIterable {
  /// Divided by 255.
  case unit
  /// Standardised over all pixels of a channel in the training images; divided by 255 where these are constant.
  case standard
  /// Unchanged.
  case none
}

extension PixelScaling {
  /// The scale of each channel for the images at `rows` of `bytes`.
  static func scales(_ scaling: PixelScaling, _ bytes: any ByteStore, _ rows: [Int], _ shape: SampleShape) -> [Scale] {
    let channels = shape.channels
    switch scaling {
    case .unit: return Array(repeating: Scale(center: 0, unit: 255), count: channels)
    case .none: return Array(repeating: .identity, count: channels)
    case .standard: break
    }
    let plane = shape.count / channels
    // Sums of bytes and of their squares are integers, so their order does not matter.
    var (sums, squares) = (Array(repeating: 0, count: channels), Array(repeating: 0, count: channels))
    for row in rows {
      bytes.withRow(row) { pixels in
        for channel in 0..<channels {
          for value in UnsafeBufferPointer(start: pixels + channel * plane, count: plane) {
            sums[channel] += Int(value)
            squares[channel] += Int(value) * Int(value)
          }
        }
      }
    }
    let count = Double(rows.count * plane)
    return (0..<channels).map { channel in
      let mean = Double(sums[channel]) / count
      let variance = Double(squares[channel]) / count - mean * mean
      return Scale(center: mean, unit: variance > 0 ? variance.squareRoot() : 255)
    }
  }
}
