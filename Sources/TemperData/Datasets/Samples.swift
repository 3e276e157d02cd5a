import TemperCore
import TemperJSON

/// Samples of one shape, as numbers or as the bytes they are stored in.
public struct Samples: Sendable {
  /// The shape of a sample.
  public let shape: SampleShape
  /// The number of samples.
  public let count: Int
  private let storage: Storage

  private enum Storage {
    /// Row-major numbers, as models take them.
    case floats([Float])
    /// Bytes, which are scaled when copied to a batch.
    case bytes(ScaledBytes)
  }

  /// Samples from row-major numbers.
  public init(_ features: [Float], _ shape: SampleShape, count: Int) {
    require(features.count == shape.count * count, "Samples: \(features.count) numbers for \(count) samples of \(shape.count)")
    (self.shape, self.count, storage) = (shape, count, .floats(features))
  }

  /// The samples at positions `rows` of `store`, whose channels have `scales`. They stay in place: batches copy what they need.
  package init(_ store: any ByteStore, rows: [Int], _ shape: SampleShape, scales: [Scale]) {
    (self.shape, count) = (shape, rows.count)
    storage = .bytes(ScaledBytes(store, rows: rows.map { Int32($0) }, shape, scales))
  }

  /// All numbers, row-major.
  public var features: [Float] {
    switch storage {
    case .floats(let features): features
    case .bytes(let bytes):
      [Float](filling: count * shape.count) { bytes.copy(0..<count, to: $0) }
    }
  }

  /// Writes the samples at `places` to `target`, in order.
  package func copy(_ places: some Collection<Int>, to target: UnsafeMutablePointer<Float>) {
    let width = shape.count
    switch storage {
    case .floats(let features):
      features.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress else { return }
        for (row, place) in places.enumerated() { (target + row * width).update(from: from + place * width, count: width) }
      }
    case .bytes(let bytes): bytes.copy(places, to: target)
    }
  }

  /// Throws the error of a sample that could not be read when a batch asked for it.
  package func checkReadable() throws(Diagnostics) {
    if case .bytes(let bytes) = storage { try bytes.store.checkReadable() }
  }

  /// The number of threads that should ask for samples at once.
  var threads: Int { if case .bytes(let bytes) = storage { bytes.store.threads } else { 1 } }

  /// The samples at `indices`, in order.
  func subset(_ indices: [Int]) -> Samples {
    switch storage {
    case .floats:
      let part = [Float](filling: indices.count * shape.count) { copy(indices, to: $0) }
      return Samples(part, shape, count: indices.count)
    case .bytes(let bytes): return Samples(shape, indices.count, .bytes(bytes.subset(indices)))
    }
  }

  private init(_ shape: SampleShape, _ count: Int, _ storage: Storage) {
    (self.shape, self.count, self.storage) = (shape, count, storage)
  }
}

extension Samples: Equatable {
  /// Whether both have the same shape and values.
  public static func == (a: Samples, b: Samples) -> Bool { a.shape == b.shape && a.count == b.count && a.features == b.features }
}

/// Samples of bytes.
public protocol ByteStore: Sendable {
  /// Calls `body` with the bytes of sample `row`; may be called by several threads at once.
  func withRow<Result>(_ row: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result
  /// The number of threads that should ask for rows at once: more than one where a row is made when it is asked for.
  var threads: Int { get }
  /// Throws the error of a row that could not be made, in place of which there were zeros.
  func checkReadable() throws(Diagnostics)
}

extension ByteStore {
  /// See ``ByteStore``; by default rows are in memory.
  public var threads: Int { 1 }
  /// See ``ByteStore``; by default there are none.
  public func checkReadable() {}
}

/// Byte samples with the value of each byte.
private struct ScaledBytes: Sendable {
  let store: any ByteStore
  private let rows: [Int32]
  private let (channels, width): (Int, Int)
  /// The value of each of the 256 bytes, channel by channel.
  private let numbers: [Float]
  /// Whether channels are planar, as those of an image, and not interleaved, as the features of a sequence.
  private let isPlanar: Bool

  init(_ store: any ByteStore, rows: [Int32], _ shape: SampleShape, _ scales: [Scale]) {
    require(scales.count == shape.channels, "Samples: \(scales.count) scales for \(shape.channels) channels")
    (self.store, self.rows, channels, width) = (store, rows, shape.channels, shape.count)
    if case .sequence = shape { isPlanar = false } else { isPlanar = true }
    numbers = scales.flatMap { scale in (0..<256).map { Float((Double($0) - scale.center) / scale.unit) } }
  }

  private init(_ other: ScaledBytes, rows: [Int32]) {
    (store, self.rows, channels, width) = (other.store, rows, other.channels, other.width)
    (numbers, isPlanar) = (other.numbers, other.isPlanar)
  }

  func subset(_ indices: [Int]) -> ScaledBytes { ScaledBytes(self, rows: indices.map { rows[$0] }) }

  package func copy(_ places: some Collection<Int>, to target: UnsafeMutablePointer<Float>) {
    guard store.threads > 1, places.count > 1 else {
      for (row, place) in places.enumerated() { copy(place, to: target + row * width) }
      return
    }
    let places = Array(places)
    Engine.withThreads(store.threads) {
      Partition(places.count, cost: 1 << 20, maxChunks: 32, minItems: 1).run { _, items in
        for row in items { copy(places[row], to: target + row * width) }
      }
    }
  }

  private func copy(_ place: Int, to: UnsafeMutablePointer<Float>) {
    let plane = width / channels
    store.withRow(Int(rows[place])) { from in
      numbers.withUnsafeBufferPointer { numbers in
        guard let numbers = numbers.baseAddress else { return }
        for channel in 0..<channels {
          let table = numbers + channel * 256
          let (first, step) = isPlanar ? (channel * plane, 1) : (channel, channels)
          for i in 0..<plane { to[first + i * step] = table[Int(from[first + i * step])] }
        }
      }
    }
  }
}
