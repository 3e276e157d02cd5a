import TemperCore
import TemperJSON

/// How a tensor is stored in a file.
public enum StoredTensor {
  /// Every element.
  case whole(Tensor)
  /// In rows of `width`, without those that are zero in every bit, as three tensors: `NAME.rows` (I32), the indices of the stored rows in
  /// order, `NAME.values` (F32), these rows, and `NAME.shape` (I64), the shape of the whole. The last row of a tensor whose size is not a
  /// multiple of `width` is padded with zeros. Where this is not smaller, the tensor is stored whole.
  ///
  /// To restore a table by other means: `whole = zeros(shape)`, `whole.reshape(-1, width)[rows] = values`.
  case usedRows(Tensor, width: Int)

  var tensor: Tensor {
    switch self {
    case .whole(let tensor), .usedRows(let tensor, _): tensor
    }
  }

  /// The non-zero rows and their width; nil where the whole tensor is no larger than these rows and their indices.
  var smallestRows: (rows: [Int32], width: Int)? {
    guard case .usedRows(let tensor, let width) = self, width > 0, tensor.count > 0 else { return nil }
    let (numbers, count) = (tensor.pointer, tensor.count)
    let most = (count - 2 * tensor.shape.rank) / (width + 1)
    var rows: [Int32] = []
    for first in stride(from: 0, to: count, by: width) {
      var bits: UInt32 = 0
      for i in first..<min(first + width, count) { bits |= numbers[i].bitPattern }
      if bits == 0 { continue }
      if rows.count >= most { return nil }
      rows.append(Int32(first / width))
    }
    return (rows, width)
  }

  /// The size of its data in bytes, stored by `rows` or whole.
  func byteCount(_ rows: (rows: [Int32], width: Int)?) -> Int {
    rows.map { 4 * $0.rows.count * ($0.width + 1) } ?? 4 * tensor.count
  }
}

extension SafeTensors {
  /// A tensor as named in the header of the file.
  struct Piece {
    let name: String
    let type: ElementType
    let shape: [Int]
    let data: ArraySlice<UInt8>
  }

  /// The tensors stored for a tensor: itself, or the three parts.
  func pieces(of entry: Entry) -> [Piece] {
    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { data[data.startIndex + range.lowerBound..<data.startIndex + range.upperBound] }
    guard let rows = entry.rows else {
      return [Piece(name: entry.name, type: entry.type, shape: entry.shape.array, data: bytes(entry.bytes))]
    }
    let count = rows.count / 4
    let shape = entry.shape.array.flatMap { length in withUnsafeBytes(of: Int64(length).littleEndian) { Array($0) } }
    return [
      // First, so that the data of other tensors stays aligned to eight bytes as far as possible.
      Piece(name: entry.name + RowNames.shape, type: .i64, shape: [entry.shape.rank], data: shape[...]),
      Piece(name: entry.name + RowNames.rows, type: .i32, shape: [count], data: bytes(rows)),
      Piece(name: entry.name + RowNames.values, type: .f32, shape: [count, entry.rowWidth], data: bytes(entry.bytes)),
    ]
  }

  /// The whole tensor of one stored by rows.
  func table(_ entry: Entry, _ rows: Range<Int>) -> Tensor {
    let (table, width) = (Tensor.filled(entry.shape, 0), entry.rowWidth)
    data.withUnsafeBytes { all in
      for (index, row) in Self.numbers(rows, in: all).enumerated() {
        let first = Int(row) * width
        Self.load(
          min(width, table.count - first), from: all, at: entry.bytes.lowerBound + 4 * index * width, to: table.pointer + first)
      }
    }
    return table
  }

  /// The tensors of a file, with those stored by rows joined. Throws where the parts of a tensor do not match; tensors that only have the
  /// names of such parts are left unchanged.
  static func joiningRows(_ entries: [Entry], data: ArraySlice<UInt8>) throws(RowMismatch) -> [Entry] {
    let places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    var joined: [Int: Entry] = [:]
    var left: Set<Int> = []
    for (index, entry) in entries.enumerated() where entry.name.hasSuffix(RowNames.values) && entry.type == .f32 && entry.shape.rank == 2 {
      let name = String(entry.name.dropLast(RowNames.values.count))
      guard let rows = places[name + RowNames.rows], let shape = places[name + RowNames.shape], places[name] == nil,
        entries[rows].type == .i32, entries[rows].shape.rank == 1, entries[shape].type == .i64, entries[shape].shape.rank == 1
      else { continue }
      joined[index] = try Self.joined(name, rows: entries[rows], values: entry, shape: entries[shape], data)
      left.formUnion([rows, shape])
    }
    return entries.enumerated().compactMap { index, entry in left.contains(index) ? nil : joined[index] ?? entry }
  }

  private static func joined(
    _ name: String, rows: Entry, values: Entry, shape: Entry, _ data: ArraySlice<UInt8>
  ) throws(RowMismatch) -> Entry {
    let (lengths, numbers): ([Int64], [Int32]) = data.withUnsafeBytes { all in
      (
        (0..<shape.shape[0]).map { all.loadUnaligned(fromByteOffset: shape.bytes.lowerBound + 8 * $0, as: Int64.self).littleEndian },
        Self.numbers(rows.bytes, in: all)
      )
    }
    guard lengths.count <= 8, lengths.allSatisfy({ $0 >= 0 && $0 <= Int32.max }) else {
      throw RowMismatch("\(name)\(RowNames.shape) is not a shape of at most 8 axes")
    }
    var count = 1
    for length in lengths {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(length))
      guard !overflow else { throw RowMismatch("\(name)\(RowNames.shape) has too many elements") }
      count = product
    }
    let width = values.shape[1]
    guard values.shape[0] == numbers.count, width > 0 || numbers.isEmpty else {
      throw RowMismatch("\(name)\(RowNames.values) has \(values.shape[0]) rows, but \(name)\(RowNames.rows) lists \(numbers.count)")
    }
    for (before, row) in zip([-1] + numbers, numbers) where row <= before || Int(row) * width >= count {
      throw RowMismatch("\(name)\(RowNames.rows) has row \(row) after \(before), with \(count / max(1, width)) rows in all")
    }
    return Entry(name: name, type: .f32, shape: Shape(lengths.map { Int($0) }), bytes: values.bytes, rows: rows.bytes)
  }

  private static func numbers(_ rows: Range<Int>, in bytes: UnsafeRawBufferPointer) -> [Int32] {
    stride(from: rows.lowerBound, to: rows.upperBound, by: 4).map {
      bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self).littleEndian
    }
  }

  /// Parts of a tensor that do not match.
  struct RowMismatch: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }
}

extension SafeTensors.Entry {
  /// The width of its stored rows.
  fileprivate var rowWidth: Int { rows.map { $0.isEmpty ? 1 : bytes.count / $0.count } ?? 0 }
}

/// The suffixes of the names of the three parts of a tensor.
private enum RowNames {
  static let (rows, values, shape) = (".rows", ".values", ".shape")
}
