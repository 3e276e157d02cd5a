import Glibc
import TemperCore

/// Where the pixels of an image come from: a linear map of places, applied after those that were added before.
struct PixelMap: Equatable {
  /// (x, y) of the target is (a x + b y + c, d x + e y + f) of the source.
  private(set) var numbers: [Float] = [1, 0, 0, 0, 1, 0]
  private let (rows, columns): (Int, Int)

  init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }

  /// Whether every pixel stays where it is.
  var isIdentity: Bool { numbers == [1, 0, 0, 0, 1, 0] }

  /// Takes a random part of the image: torchvision's `RandomResizedCrop` with places between pixels too.
  mutating func crop(leastArea: Double, _ sequence: inout RandomSequence) {
    let (width, height) = (Double(columns), Double(rows))
    for _ in 0..<10 {
      let area = width * height * (leastArea + (1 - leastArea) * sequence.uniform())
      let ratio = exp(log(3 / 4.0) + (log(4 / 3.0) - log(3 / 4.0)) * sequence.uniform())
      let (across, down) = ((area * ratio).squareRoot(), (area / ratio).squareRoot())
      guard across <= width, down <= height else { continue }
      let (left, top) = ((width - across) * sequence.uniform(), (height - down) * sequence.uniform())
      return append(Float(across / width), 0, Float(left), 0, Float(down / height), Float(top))
    }
  }

  /// Turns the image around its middle.
  mutating func rotate(degrees: Double) {
    let angle = degrees * .pi / 180
    let (c, s) = (Float(cos(angle)), Float(sin(angle)))
    appendCentered(c, s, -s, c)
  }

  /// Slants the image around its middle.
  mutating func shear(x: Float, y: Float) { appendCentered(1, x, y, 1) }

  /// Moves the image right and down.
  mutating func translate(x: Float, y: Float) { append(1, 0, -x, 0, 1, -y) }

  private mutating func appendCentered(_ a: Float, _ b: Float, _ d: Float, _ e: Float) {
    let (x, y) = (Float(columns) / 2, Float(rows) / 2)
    append(a, b, x - a * x - b * y, d, e, y - d * x - e * y)
  }

  /// The map of which the target of this one is the source.
  private mutating func append(_ a: Float, _ b: Float, _ c: Float, _ d: Float, _ e: Float, _ f: Float) {
    let n = numbers
    numbers = [
      n[0] * a + n[1] * d, n[0] * b + n[1] * e, n[0] * c + n[1] * f + n[2],
      n[3] * a + n[4] * d, n[3] * b + n[4] * e, n[3] * c + n[4] * f + n[5],
    ]
  }
}
