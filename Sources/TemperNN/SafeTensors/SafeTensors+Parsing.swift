import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// A malformed safetensors file.
  public static let badWeights = Diagnostic.Code("E0240", "a weights file is damaged or not in the safetensors format")
}

extension SafeTensors {
  /// Parses the bytes of a file; every violation of the format is an error that names the file.
  public init(parsing bytes: [UInt8], path: String) throws(Diagnostics) {
    func damaged(_ what: String) -> Diagnostics {
      Diagnostics(.badWeights, at: .wholeFile(path: path), "\(what); the file is damaged or not in the safetensors format")
    }
    guard bytes.count >= 8 else { throw damaged("\(bytes.count) bytes are too few for a header") }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= UInt64(bytes.count - 8), length <= 100_000_000 else {
      throw damaged("a header of \(length) bytes does not fit a file of \(bytes.count)")
    }
    let data = bytes[(8 + Int(length))...]
    let header: JSON
    do {
      header = try JSON.parse(Array(bytes[8..<8 + Int(length)]), path: path)
    } catch {
      // Lines and columns of the header are not reported: it is not written by hand.
      throw damaged("the header cannot be read (\(error.list.first?.message ?? "not JSON"))")
    }
    guard let members = header.members else { throw damaged("the header is not an object") }

    var entries: [Entry] = []
    // JSON compares names by their bytes, but Swift strings that differ only in the composition of an accent are equal.
    var names: Set<String> = []
    var metadata: [(String, String)] = []
    for member in members {
      if member.name == "__metadata__" {
        guard let table = member.value.members, table.allSatisfy({ $0.value.string != nil }) else {
          throw damaged("__metadata__ is not an object of strings")
        }
        metadata = table.map { ($0.name, $0.value.string ?? "") }
        continue
      }
      guard names.insert(member.name).inserted else { throw damaged("duplicate tensor \"\(member.name)\"") }
      guard let typeName = member.value["dtype"]?.string else { throw damaged("tensor \"\(member.name)\" has no dtype") }
      guard let type = ElementType(rawValue: typeName) else {
        throw damaged("tensor \"\(member.name)\" has the unknown dtype \(quoted(typeName))")
      }
      let lengths = member.value["shape"]?.array?.map(\.integer) ?? [nil]
      guard lengths.count <= 8, lengths.allSatisfy({ $0 != nil && $0! >= 0 && $0! <= Int(Int32.max) }) else {
        throw damaged("tensor \"\(member.name)\" must have a shape of at most 8 axes")
      }
      let offsets = member.value["data_offsets"]?.array?.map(\.integer) ?? []
      guard offsets.count == 2, let start = offsets[0], let end = offsets[1], start >= 0, start <= end, end <= data.count else {
        throw damaged("tensor \"\(member.name)\" lies outside the file")
      }
      var count = 1
      for length in lengths {
        let (product, overflow) = count.multipliedReportingOverflow(by: length ?? 0)
        guard !overflow else { throw damaged("tensor \"\(member.name)\" has too many elements") }
        count = product
      }
      // No type packs more than eight elements into a byte, and this keeps the product below from overflowing.
      guard count <= 8 * data.count, count * type.bits == 8 * (end - start) else {
        throw damaged("tensor \"\(member.name)\" has \(end - start) bytes for \(count) elements of \(type.rawValue)")
      }
      entries.append(Entry(name: member.name, type: type, shape: Shape(lengths.map { $0 ?? 0 }), bytes: start..<end))
    }
    entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    for (before, after) in zip(entries, entries.dropFirst()) where after.bytes.lowerBound < before.bytes.upperBound {
      throw damaged("tensors \"\(before.name)\" and \"\(after.name)\" overlap")
    }
    // The format allows no gaps: bytes that belong to no tensor mean a truncated or altered header.
    let edges = [0] + entries.flatMap { [$0.bytes.lowerBound, $0.bytes.upperBound] } + [data.count]
    for edge in stride(from: 0, to: edges.count, by: 2) where edges[edge] != edges[edge + 1] {
      throw damaged("bytes \(edges[edge]) to \(edges[edge + 1]) of the data belong to no tensor")
    }
    do {
      entries = try Self.joiningRows(entries, data: data)
    } catch {
      throw damaged(error.reason)
    }
    self.init(entries: entries, metadata: metadata, data: data)
  }
}
