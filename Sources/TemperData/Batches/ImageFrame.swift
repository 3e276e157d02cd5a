import TemperCore

/// An image of known size and scales, whose pixels can be shifted and cut.
struct ImageFrame {
  let geometry: Augmentation.Geometry
  /// Each feature's value for 0 before scaling.
  private let blank: [Float]
  /// Whether all features of a channel have the same scale, so that they can be shifted without rescaling.
  let isUniform: Bool

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

  /// A part of an image.
  struct Box: Equatable {
    var rows: Range<Int>
    var columns: Range<Int>
    /// Its pixels.
    var area: Int { rows.count * columns.count }
  }

  /// The pixels of a channel.
  var area: Int { geometry.rows * geometry.columns }

  /// A box with about `share` of the area and the proportions of the image around a random pixel, cut at the border.
  func box(share: Double, _ sequence: inout RandomSequence) -> Box {
    func range(_ length: Int, _ part: Double) -> Range<Int> {
      let (center, half) = (sequence.below(length), Int(Double(length) * part) / 2)
      return max(0, center - half)..<min(length, center + half)
    }
    if geometry.rows == 1 { return Box(rows: 0..<1, columns: range(geometry.columns, share)) }
    let side = share.squareRoot()
    let columns = range(geometry.columns, side)
    return Box(rows: range(geometry.rows, side), columns: columns)
  }

  /// Copies a part of an image.
  func copy(_ box: Box, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    for channel in 0..<geometry.channels {
      for row in box.rows {
        let place = (channel * geometry.rows + row) * geometry.columns + box.columns.lowerBound
        (target + place).update(from: source + place, count: box.columns.count)
      }
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
