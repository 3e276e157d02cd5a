import Glibc

/// The named random streams of a run: every random number is a function of (seed, stream name, position), never of what was drawn before.
public struct RandomStreams: Sendable {
  /// The run's seed.
  public let seed: UInt64

  /// The streams of one seed.
  public init(seed: UInt64) {
    self.seed = seed
  }

  /// Streams unrelated to these, though they have the same names.
  public func apart(_ purpose: String) -> RandomStreams { RandomStreams(seed: Self.mix(seed ^ Self.fingerprint(purpose))) }

  /// The counter-based generator of the stream called `name`.
  public func philox(_ name: String) -> Philox {
    Philox(key: Self.mix(seed &+ Self.mix(Self.fingerprint(name))))
  }

  /// A sequential generator over the stream called `name`, for shuffles and initial weights; `index` separates epochs or layers.
  public func sequence(_ name: String, _ index: Int = 0) -> RandomSequence {
    RandomSequence(philox(name), index: UInt64(index))
  }

  /// FNV-1a over the name's bytes: Swift's own `Hasher` has another seed in every process and would break reproducibility.
  static func fingerprint(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// SplitMix64's finalizer, so that seeds 0, 1, 2 give unrelated keys.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A sequential generator on top of ``Philox``; a value, so a copy replays the same numbers.
public struct RandomSequence: RandomNumberGenerator, Sendable {
  private let philox: Philox
  private let index: UInt64
  private var block: UInt64 = 0
  private var spare: UInt64?

  /// Numbers of `philox`'s stream; sequences of different `index` are independent.
  public init(_ philox: Philox, index: UInt64) {
    (self.philox, self.index) = (philox, index)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if let word = spare {
      spare = nil
      return word
    }
    let (a, b, c, d) = philox(
      UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32))
    block += 1
    spare = UInt64(c) | UInt64(d) << 32
    return UInt64(a) | UInt64(b) << 32
  }

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number from the standard normal distribution (Box and Muller; the second of each pair is not used).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// A whole number in 0..<bound, without bias (Lemire's multiplication with rejection).
  public mutating func below(_ bound: Int) -> Int {
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Shuffles `items` (Fisher and Yates). The standard library's shuffle is not used because its order may change between versions.
  @inlinable
  public mutating func shuffle<Item>(_ items: inout [Item]) {
    guard items.count > 1 else { return }
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(last, below(last + 1))
    }
  }
}
