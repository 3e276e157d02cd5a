/// How a file is written, from which follows what a mutation of its structure is.
enum FuzzFormat {
  case text, json, array, idx, tensors, gzip, archive

  private static let endings: [(String, FuzzFormat)] = [
    (".json", .json), ("DONE", .json), (".npy", .array), (".idx", .idx), (".safetensors", .tensors), (".gz", .gzip), (".npz", .archive),
  ]

  init(of file: String) { self = Self.endings.first { file.hasSuffix($0.0) }?.1 ?? .text }

  /// What may be inserted anywhere.
  var words: [String] {
    switch self {
    case .text, .json, .gzip, .archive: FuzzWords.texts
    case .array, .idx: FuzzWords.arrays + FuzzWords.numbers
    case .tensors: FuzzWords.tensors + FuzzWords.numbers
    }
  }

  /// One mutation that keeps the outer form of the file, so that what lies behind it is read.
  func structured(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    switch self {
    case .text: FuzzMutation.number(in: bytes, &random)
    case .gzip: FuzzFiles.gzip(FuzzMutation.apply(to: FuzzFiles.content(ofGzip: bytes), .text, other: bytes, &random))
    case .archive: Self.archive(bytes, &random)
    case .json: JSONMutation.apply(to: bytes, &random)
    case .array: Self.array(bytes, &random)
    case .idx: FuzzMutation.integer(in: bytes, upTo: 16, bigEndian: true, &random)
    case .tensors: Self.tensors(bytes, &random)
    }
  }

  /// Changes one of the arrays, whose checksum stays right.
  private static func archive(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    var members = FuzzFiles.members(ofZip: bytes)
    guard !members.isEmpty else { return bytes }
    let index = random.below(members.count)
    members[index].content = FuzzMutation.apply(to: members[index].content, .array, other: bytes, &random)
    return FuzzFiles.zip(members)
  }

  /// Changes an element, or a number or a word of the header, whose length stays right.
  private static func array(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    guard bytes.count > 10, let end = bytes[10...].firstIndex(of: 0x0A) else { return bytes }
    if end + 1 < bytes.count, random.below(3) == 0 {
      var bytes = bytes
      bytes[end + 1 + random.below(bytes.count - end - 1)] = random.pick(FuzzWords.bytes)
      return bytes
    }
    var header = FuzzMutation.number(in: Array(bytes[10..<end]), &random)
    if random.below(3) == 0 { header.replaceSubrange(random.range(in: header.count), with: Array(random.pick(FuzzWords.arrays).utf8)) }
    header.append(0x0A)
    let count = UInt16(truncatingIfNeeded: header.count)
    return bytes[..<8] + [UInt8(count & 255), UInt8(count >> 8)] + header + bytes[(end + 1)...]
  }

  /// Changes the header as JSON, whose length stays right.
  private static func tensors(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    guard bytes.count > 8 else { return bytes }
    let length = bytes[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length < bytes.count - 8 else { return bytes }
    let header = JSONMutation.apply(to: Array(bytes[8..<(8 + length)]), &random)
    let count = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return count + header + bytes[(8 + length)...]
  }
}
