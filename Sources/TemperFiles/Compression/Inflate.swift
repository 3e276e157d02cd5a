/// Why compressed bytes cannot be unpacked.
package enum InflateProblem: Error, Equatable {
  /// The bytes end too early.
  case truncated
  /// The bytes are not what RFC 1951 or 1952 allows; the text says in which way.
  case damaged(String)
  /// There is more than the caller allows.
  case tooLarge
  /// So many bytes are needed, and so many are left.
  case noMemory(bytes: Int, left: Int)
}

/// Unpacks DEFLATE data (RFC 1951), strictly: a code that is over-subscribed or incomplete, a symbol that means nothing and a distance that
/// reaches before the start are errors.
struct Inflate {
  private var input: BitReader

  /// Unpacks one stream that begins at `start` of `bytes`, appends to `output`, and returns where the stream ends, at a whole byte.
  static func run(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, into output: inout ByteSink) throws(InflateProblem) -> Int {
    var inflate = Inflate(input: BitReader(bytes, start))
    try inflate.blocks(&output)
    return try inflate.input.alignedPosition()
  }

  private mutating func blocks(_ output: inout ByteSink) throws(InflateProblem) {
    // Distances reach back to the start of this stream, not to that of a stream before it.
    let first = output.count
    var isLast = false
    while !isLast {
      isLast = try input.bits(1) == 1
      switch try input.bits(2) {
      case 0: try stored(&output)
      case 1: try compressed(.fixedLiterals, .fixedDistances, first: first, &output)
      case 2:
        let (literals, distances) = try codes()
        try compressed(literals, distances, first: first, &output)
      default: throw .damaged("a block of an unknown kind")
      }
    }
  }

  private mutating func stored(_ output: inout ByteSink) throws(InflateProblem) {
    input.skipToByte()
    let length = try input.bits(16)
    guard try input.bits(16) == length ^ 0xFFFF else { throw .damaged("a stored block whose two lengths differ") }
    try output.reserve(Int(length))
    try input.copy(Int(length), to: &output)
  }

  /// Reads the two codes of a dynamic block.
  private mutating func codes() throws(InflateProblem) -> (HuffmanCode, HuffmanCode) {
    let (literals, distances, lengths) = (try Int(input.bits(5)) + 257, try Int(input.bits(5)) + 1, try Int(input.bits(4)) + 4)
    guard literals <= 286, distances <= 30 else { throw .damaged("too many symbols in a code") }
    var lengthLengths = [UInt8](repeating: 0, count: 19)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    for symbol in order.prefix(lengths) { lengthLengths[symbol] = UInt8(try input.bits(3)) }
    let lengthCode = try HuffmanCode(lengthLengths, allowsSingle: false)

    var all: [UInt8] = []
    while all.count < literals + distances {
      let symbol = try lengthCode.read(&input)
      switch symbol {
      case 0..<16: all.append(UInt8(symbol))
      case 16:
        guard let last = all.last else { throw .damaged("a repeat with nothing before it") }
        all += repeatElement(last, count: 3 + Int(try input.bits(2)))
      case 17: all += repeatElement(0, count: 3 + Int(try input.bits(3)))
      default: all += repeatElement(0, count: 11 + Int(try input.bits(7)))
      }
    }
    guard all.count == literals + distances else { throw .damaged("a repeat beyond the end of a code") }
    guard all[256] > 0 else { throw .damaged("a block without an end") }
    return (
      try HuffmanCode(Array(all[..<literals]), allowsSingle: true), try HuffmanCode(Array(all[literals...]), allowsSingle: true)
    )
  }

  private mutating func compressed(
    _ literals: HuffmanCode, _ distances: HuffmanCode, first: Int, _ output: inout ByteSink
  ) throws(InflateProblem) {
    // What the loop touches for each symbol is taken out of arrays and out of self.
    var input = input
    defer { self.input = input }
    try literals.fast.withUnsafeBufferPointer { (fastLiterals) throws(InflateProblem) in
      try distances.fast.withUnsafeBufferPointer { (fastDistances) throws(InflateProblem) in
        while true {
          // Room for what one symbol writes.
          try output.reserve(258)
          let symbol = try literals.read(&input, fastLiterals)
          if symbol < 256 {
            output.append(UInt8(truncatingIfNeeded: symbol))
            continue
          }
          if symbol == 256 { return }
          guard symbol < 286 else { throw InflateProblem.damaged("a length that means nothing") }
          let length = Int(Self.lengthBases[symbol - 257]) + Int(try input.bits(Int(Self.lengthBits[symbol - 257])))
          let code = try distances.read(&input, fastDistances)
          guard code < 30 else { throw InflateProblem.damaged("a distance that means nothing") }
          let distance = Int(Self.distanceBases[code]) + Int(try input.bits(Int(Self.distanceBits[code])))
          guard distance <= output.count - first else { throw InflateProblem.damaged("a distance beyond the start") }
          output.repeatLast(distance, length)
        }
      }
    }
  }

  private static let lengthBases: [UInt16] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthBits: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
  private static let distanceBases: [UInt16] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
    24577,
  ]
  private static let distanceBits: [UInt8] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
  ]
}

/// A canonical Huffman code: short codewords in one look-up, long ones bit by bit.
private struct HuffmanCode {
  static let fastBits = 10
  static let fixedLiterals = HuffmanCode(
    complete: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  static let fixedDistances = HuffmanCode(complete: Array(repeating: 5, count: 32))

  /// By the next ten bits: symbol << 4 | length, 0 where the codeword is longer or there is none.
  private(set) var fast = [UInt16](repeating: 0, count: 1 << fastBits)
  /// How many codewords there are of each length, and the symbols in the order of their codewords.
  private var counts = [Int](repeating: 0, count: 16)
  private var symbols: [UInt16] = []

  /// A code by the length of each symbol's codeword, 0 for none. It must use up all codewords, but for one of no symbol, or of one symbol
  /// of one bit where `allowsSingle`.
  init(_ lengths: [UInt8], allowsSingle: Bool) throws(InflateProblem) {
    self.init(complete: lengths)
    var left = 1
    for length in 1...15 {
      left = left * 2 - counts[length]
      if left < 0 { throw .damaged("a code with too many codewords") }
    }
    let isSmall = allowsSingle && (symbols.isEmpty || (symbols.count == 1 && counts[1] == 1))
    if left > 0, !isSmall { throw .damaged("a code with unused codewords") }
  }

  private init(complete lengths: [UInt8]) {
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var (starts, codes, code) = ([Int](repeating: 0, count: 17), [Int](repeating: 0, count: 17), 0)
    for length in 1...15 {
      starts[length + 1] = starts[length] + counts[length]
      codes[length] = code
      code = (code + counts[length]) << 1
    }
    symbols = [UInt16](repeating: 0, count: starts[16])
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let length = Int(length)
      symbols[starts[length]] = UInt16(symbol)
      starts[length] += 1
      if length <= Self.fastBits {
        // Codewords come with their first bit lowest; what follows them may be anything. One too many of a code that is rejected wraps.
        var place = Int((UInt16(truncatingIfNeeded: codes[length]) << (16 - length)).reversedBits)
        while place < 1 << Self.fastBits {
          fast[place] = UInt16(symbol << 4 | length)
          place += 1 << length
        }
      }
      codes[length] += 1
    }
  }

  /// Reads a codeword.
  func read(_ input: inout BitReader) throws(InflateProblem) -> Int {
    try fast.withUnsafeBufferPointer { (fast) throws(InflateProblem) in try read(&input, fast) }
  }

  /// Reads a codeword, given the memory of ``fast``.
  @inline(__always)
  func read(_ input: inout BitReader, _ fast: UnsafeBufferPointer<UInt16>) throws(InflateProblem) -> Int {
    input.refill()
    let entry = fast[Int(truncatingIfNeeded: input.buffer & (1 << UInt64(Self.fastBits) - 1))]
    guard entry != 0 else { return try readSlowly(&input) }
    try input.drop(Int(entry & 15))
    return Int(entry >> 4)
  }

  /// Reads a codeword of any length: within a length, codewords are consecutive numbers.
  private func readSlowly(_ input: inout BitReader) throws(InflateProblem) -> Int {
    var (code, first, index) = (0, 0, 0)
    for length in 1...15 {
      code |= Int(try input.bits(1))
      let count = counts[length]
      if code - count < first { return Int(symbols[index + code - first]) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw .damaged("a codeword that means nothing")
  }
}

extension UInt16 {
  fileprivate var reversedBits: UInt16 {
    var (value, reversed) = (self, UInt16(0))
    for _ in 0..<16 { (value, reversed) = (value >> 1, reversed << 1 | value & 1) }
    return reversed
  }
}

/// Reads bits, the lowest of a byte first.
private struct BitReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var next: Int
  /// Bits that were fetched and not yet used, the next one lowest.
  private(set) var buffer: UInt64 = 0
  private var count = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) {
    (self.bytes, next) = (bytes, start)
  }

  /// Fetches up to 56 bits and more, fewer only at the end.
  @inline(__always)
  mutating func refill() {
    if count >= 32 { return }
    if next + 8 <= bytes.count, let base = bytes.baseAddress {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + next).loadUnaligned(as: UInt64.self))
      buffer |= word << UInt64(count)
      let taken = (63 - count) >> 3
      next += taken
      count += taken * 8
      // The word may have brought bits of a byte that is not counted: the same bits come again.
      return
    }
    while count <= 56, next < bytes.count {
      buffer |= UInt64(bytes[next]) << UInt64(count)
      next += 1
      count += 8
    }
  }

  @inline(__always)
  mutating func drop(_ bits: Int) throws(InflateProblem) {
    guard bits <= count else { throw .truncated }
    buffer >>= UInt64(bits)
    count -= bits
  }

  /// The next `bits` bits, at most 16.
  @inline(__always)
  mutating func bits(_ bits: Int) throws(InflateProblem) -> UInt64 {
    refill()
    let value = buffer & (1 << UInt64(bits) - 1)
    try drop(bits)
    return value
  }

  mutating func skipToByte() {
    buffer >>= UInt64(count & 7)
    count &= ~7
  }

  /// Copies whole bytes; the reader must be at one.
  mutating func copy(_ length: Int, to output: inout ByteSink) throws(InflateProblem) {
    let start = next - count / 8
    guard length <= bytes.count - start else { throw .truncated }
    for index in start..<(start + length) { output.append(bytes[index]) }
    (next, buffer, count) = (start + length, 0, 0)
  }

  /// Where the next whole byte stands.
  mutating func alignedPosition() throws(InflateProblem) -> Int {
    skipToByte()
    return next - count / 8
  }
}
