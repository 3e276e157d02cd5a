import Synchronization
import TemperCore

/// What one thread needs while it encodes: a cache of words, and memory to merge in.
final class EncoderScratch {
  let cache = WordCache()
  /// The symbols of the word at hand.
  var symbols: [Int32] = []
  var ranks: [UInt32] = []
  /// The ways through the word at hand.
  let lattice = Lattice()
  /// Text that a stage makes of what it got.
  var text: [UInt8] = []
}

/// The scratches of a tokenizer that nobody uses just now, so that words stay known from one text to the next.
final class ScratchPool: Sendable {
  private let idle = Mutex<[Unchecked]>([])

  /// A scratch is used by one thread at a time; the pool hands it on.
  private struct Unchecked: @unchecked Sendable {
    let scratch: EncoderScratch
  }

  func take() -> EncoderScratch {
    idle.withLock { $0.popLast() }?.scratch ?? EncoderScratch()
  }

  func give(_ scratch: EncoderScratch) {
    let back = Unchecked(scratch: scratch)
    idle.withLock { if $0.count < 16 { $0.append(back) } }
  }
}
