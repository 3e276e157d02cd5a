/// Why compressed bytes cannot be decompressed.
package enum InflateProblem: Error, Equatable {
  /// The bytes end too early.
  case truncated
  /// The bytes violate RFC 1951 or 1952, as the text describes.
  case damaged(String)
  /// The content exceeds the caller's limit.
  case tooLarge
  /// Needed and available memory in bytes.
  case noMemory(bytes: Int, left: Int)
}

/// Decompresses DEFLATE data (RFC 1951) strictly: over-subscribed or incomplete codes, invalid symbols and distances that reach before
/// the start are errors.
struct Inflate {
  private var input: BitReader

  /// Decompresses one stream that begins at `start` of `bytes`, appends to `output`, and returns the byte-aligned end of the stream.
  static func run(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, into output: inout ByteSink) throws(InflateProblem) -> Int {
    var inflate = Inflate(input: BitReader(bytes, start))
    try inflate.blocks(&output)
    return try inflate.input.alignedPosition()
  }

  private mutating func blocks(_ output: inout ByteSink) throws(InflateProblem) {
    // Distances reach back to the start of this stream, not of an earlier one.
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
      default: throw .damaged("unknown block type")
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
    // Values used for each symbol are copied out of arrays and self.
    var input = input
    defer { self.input = input }
    try literals.fast.withUnsafeBufferPointer { (fastLiterals) throws(InflateProblem) in
      try distances.fast.withUnsafeBufferPointer { (fastDistances) throws(InflateProblem) in
        while true {
          // Room for the output of one symbol.
          try output.reserve(258)
          let symbol = try literals.read(&input, fastLiterals)
          if symbol < 256 {
            output.append(UInt8(truncatingIfNeeded: symbol))
            continue
          }
          if symbol == 256 { return }
          guard symbol < 286 else { throw InflateProblem.damaged("an invalid length") }
          let length = Int(Self.lengthBases[symbol - 257]) + Int(try input.bits(Int(Self.lengthBits[symbol - 257])))
          let code = try distances.read(&input, fastDistances)
          guard code < 30 else { throw InflateProblem.damaged("an invalid distance") }
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

/// A canonical Huffman code: short codewords are looked up at once, long ones bit by bit.
private struct HuffmanCode {
  static let fastBits = 10
  static let fixedLiterals = HuffmanCode(
    complete: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  static let fixedDistances = HuffmanCode(complete: Array(repeating: 5, count: 32))

  /// By the next ten bits: symbol << 4 | length, 0 if the codeword is longer or does not exist.
  private(set) var fast = [UInt16](repeating: 0, count: 1 << fastBits)
  /// The number of codewords of each length, and the symbols in codeword order.
  private var counts = [Int](repeating: 0, count: 16)
  private var symbols: [UInt16] = []

  /// Creates a code from the codeword length of each symbol, 0 for none. It must be complete, except for a code without symbols, or
  /// with one symbol of one bit if `allowsSingle`.
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
        // Codewords are stored with their first bit lowest; later bits are arbitrary. In an invalid code an excess codeword wraps.
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

  /// Reads a codeword, given a pointer to ``fast``.
  @inline(__always)
  func read(_ input: inout BitReader, _ fast: UnsafeBufferPointer<UInt16>) throws(InflateProblem) -> Int {
    input.refill()
    let entry = fast[Int(truncatingIfNeeded: input.buffer & (1 << UInt64(Self.fastBits) - 1))]
    guard entry != 0 else { return try readSlowly(&input) }
    try input.drop(Int(entry & 15))
    return Int(entry >> 4)
  }

  /// Reads a codeword of any length: codewords of the same length are consecutive numbers.
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
    throw .damaged("an invalid codeword")
  }
}

extension UInt16 {
  fileprivate var reversedBits: UInt16 {
    var (value, reversed) = (self, UInt16(0))
    for _ in 0..<16 { (value, reversed) = (value >> 1, reversed << 1 | value & 1) }
    return reversed
  }
}

/// Reads bits, lowest bit of each byte first.
private struct BitReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var next: Int
  /// Bits that were loaded and not yet used, the next one lowest.
  private(set) var buffer: UInt64 = 0
  private var count = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) {
    (self.bytes, next) = (bytes, start)
  }

  /// Loads at least 56 bits, fewer only at the end.
  @inline(__always)
  mutating func refill() {
    if count >= 32 { return }
    if next + 8 <= bytes.count, let base = bytes.baseAddress {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + next).loadUnaligned(as: UInt64.self))
      buffer |= word << UInt64(count)
      let taken = (63 - count) >> 3
      next += taken
      count += taken * 8
      // The word may contain bits of a byte that is not counted: the same bits will be loaded again.
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

  /// Copies whole bytes; the reader must be byte-aligned.
  mutating func copy(_ length: Int, to output: inout ByteSink) throws(InflateProblem) {
    let start = next - count / 8
    guard length <= bytes.count - start else { throw .truncated }
    for index in start..<(start + length) { output.append(bytes[index]) }
    (next, buffer, count) = (start + length, 0, 0)
  }

  /// The position of the next whole byte.
  mutating func alignedPosition() throws(InflateProblem) -> Int {
    skipToByte()
    return next - count / 8
  }
}
