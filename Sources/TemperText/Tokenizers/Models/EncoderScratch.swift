import Synchronization
import TemperCore

/// The working memory of one thread while it encodes: a cache of words, and buffers.
final class EncoderScratch {
  let cache = WordCache()
  /// The symbols of the current word.
  var symbols: [Int32] = []
  var ranks: [UInt32] = []
  /// The lattice of the current word.
  let lattice = Lattice()
  /// Text made by a stage.
  var text: [UInt8] = []
}

/// The scratches of a tokenizer not in use, so that words stay cached from one text to the next.
final class ScratchPool: Sendable {
  private let idle = Mutex<[Unchecked]>([])

  /// A scratch is used by one thread at a time; the pool passes it on.
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
