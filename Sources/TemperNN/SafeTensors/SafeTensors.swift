import TemperCore
import TemperJSON

/// The content of a file in Hugging Face's safetensors format: named tensors and a table of text. Reading and writing the files themselves
/// is elsewhere; this type only encodes and decodes.
public struct SafeTensors {
  /// Type and location of one tensor.
  struct Entry {
    let name: String
    let type: ElementType
    let shape: Shape
    let bytes: Range<Int>
    /// The location of its row indices, for one stored by rows: see ``StoredTensor/usedRows(_:width:)``.
    var rows: Range<Int>?

    /// The same tensor `offset` bytes further, under another name.
    func moved(by offset: Int = 0, name: String? = nil) -> Entry {
      func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + offset..<range.upperBound + offset }
      return Entry(name: name ?? self.name, type: type, shape: shape, bytes: moved(bytes), rows: rows.map(moved))
    }
  }

  /// The element types of the format, by name. Only ``f64``, ``f32``, ``f16`` and ``bf16`` can be read as numbers.
  enum ElementType: String, CaseIterable {
    case c64 = "C64"
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"
    case f8e8m0 = "F8_E8M0"
    case f8e4m3fnuz = "F8_E4M3FNUZ"
    case f8e5m2fnuz = "F8_E5M2FNUZ"
    case f6e2m3 = "F6_E2M3"
    case f6e3m2 = "F6_E3M2"
    case f4 = "F4"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u64 = "U64"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    case bool = "BOOL"

    /// The size of an element in bits. Elements of less than a byte are packed.
    var bits: Int {
      switch self {
      case .c64, .f64, .i64, .u64: 64
      case .f32, .i32, .u32: 32
      case .f16, .bf16, .i16, .u16: 16
      case .f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz, .i8, .u8, .bool: 8
      case .f6e2m3, .f6e3m2: 6
      case .f4: 4
      }
    }
  }

  /// The file's free-form metadata, in file order.
  public let metadata: [(String, String)]
  let entries: [Entry]
  let data: ArraySlice<UInt8>
  private let index: [String: Int]

  init(entries: [Entry], metadata: [(String, String)], data: ArraySlice<UInt8>) {
    self.entries = entries
    self.metadata = metadata
    self.data = data
    index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  /// The names of all tensors, in the order of their data.
  public var names: [String] { entries.map(\.name) }

  /// The shape of tensor `name`.
  public func shape(of name: String) -> Shape? { index[name].map { entries[$0].shape } }

  /// The format's name for the element type of tensor `name`, such as `F32` or `I64`.
  public func typeName(of name: String) -> String? { index[name].map { entries[$0].type.rawValue } }

  /// Tensor `name` as 32-bit floats; nil where there is none or its elements are not floating-point.
  public func tensor(_ name: String) -> Tensor? {
    guard let entry = index[name].map({ entries[$0] }) else { return nil }
    if let rows = entry.rows { return table(entry, rows) }
    let tensor = Tensor(uninitialized: entry.shape)
    let out = tensor.pointer
    return data.withUnsafeBytes { all in
      let base = entry.bytes.lowerBound
      switch entry.type {
      case .f32: Self.load(tensor.count, from: all, at: base, to: out)
      case .f64:
        for i in 0..<tensor.count {
          out[i] = Float(Double(bitPattern: all.loadUnaligned(fromByteOffset: base + 8 * i, as: UInt64.self).littleEndian))
        }
      case .bf16:
        for i in 0..<tensor.count {
          out[i] = Float(bitPattern: UInt32(all.loadUnaligned(fromByteOffset: base + 2 * i, as: UInt16.self).littleEndian) << 16)
        }
      case .f16:
        for i in 0..<tensor.count { out[i] = Self.half(all.loadUnaligned(fromByteOffset: base + 2 * i, as: UInt16.self).littleEndian) }
      default: return nil
      }
      return tensor
    }
  }

  /// Reads `count` 32-bit numbers.
  static func load(_ count: Int, from bytes: UnsafeRawBufferPointer, at offset: Int, to out: UnsafeMutablePointer<Float>) {
    for i in 0..<count {
      out[i] = Float(bitPattern: bytes.loadUnaligned(fromByteOffset: offset + 4 * i, as: UInt32.self).littleEndian)
    }
  }

  /// A half-precision number from its bits; Swift's own `Float16` is missing on some platforms.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let (exponent, fraction) = (Int(bits >> 10) & 31, Float(bits & 0x3FF))
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}

extension SafeTensors {
  /// The same tensors under other names, without those for which `name` is nil. The new names must be distinct.
  public func renamed(_ name: (String) -> String?) -> SafeTensors {
    let entries = entries.compactMap { entry in
      name(entry.name).map { entry.moved(name: $0) }
    }
    return SafeTensors(entries: entries, metadata: metadata, data: data)
  }

  /// The tensors of several files, such as the shards of a large model, as one; nil where two have the same name.
  public init?(joining parts: [SafeTensors]) {
    var entries: [Entry] = []
    var data: [UInt8] = []
    data.reserveCapacity(parts.reduce(0) { $0 + $1.data.count })
    for part in parts {
      entries += part.entries.map { $0.moved(by: data.count) }
      data += part.data
    }
    guard Set(entries.map(\.name)).count == entries.count else { return nil }
    self.init(entries: entries, metadata: parts.first?.metadata ?? [], data: data[...])
  }

  /// Content from 32-bit tensors.
  public init(tensors: [(String, Tensor)], metadata: [(String, String)] = []) {
    self.init(stored: tensors.map { ($0, .whole($1)) }, metadata: metadata)
  }

  /// Content from 32-bit tensors, each stored as specified.
  public init(stored tensors: [(String, StoredTensor)], metadata: [(String, String)] = []) {
    var entries: [Entry] = []
    let parts = tensors.map { ($0, $1, $1.smallestRows) }
    let size = parts.reduce(0) { $0 + $1.1.byteCount($1.2) }
    let data = [UInt8](unsafeUninitializedCapacity: size) { all, end in
      for (name, stored, rows) in parts {
        let (tensor, start) = (stored.tensor, end)
        guard let (rows, width) = rows else {
          Self.append(tensor.pointer, tensor.count, to: all, &end)
          entries.append(Entry(name: name, type: .f32, shape: tensor.shape, bytes: start..<end))
          continue
        }
        for row in rows { Self.append(row.littleEndian, to: all, &end) }
        let values = end
        for row in rows {
          let first = Int(row) * width
          Self.append(tensor.pointer + first, min(width, tensor.count - first), to: all, &end)
          for _ in tensor.count..<max(tensor.count, first + width) { Self.append(UInt32(0), to: all, &end) }
        }
        entries.append(Entry(name: name, type: .f32, shape: tensor.shape, bytes: values..<end, rows: start..<values))
      }
    }
    self.init(entries: entries, metadata: metadata, data: data[...])
  }

  /// Writes `count` 32-bit numbers to the data at `end`, and moves it behind them.
  private static func append(
    _ numbers: UnsafePointer<Float>, _ count: Int, to data: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int
  ) {
    if 1.littleEndian == 1 {
      UnsafeMutableRawBufferPointer(data).baseAddress?.advanced(by: end).copyMemory(from: numbers, byteCount: 4 * count)
      end += 4 * count
    } else {
      for i in 0..<count { append(numbers[i].bitPattern.littleEndian, to: data, &end) }
    }
  }

  /// Writes a number to the data at `end`, and moves it behind it.
  private static func append(_ number: some FixedWidthInteger, to data: UnsafeMutableBufferPointer<UInt8>, _ end: inout Int) {
    UnsafeMutableRawBufferPointer(data).storeBytes(of: number, toByteOffset: end, as: type(of: number))
    end += number.bitWidth / 8
  }

  /// The bytes of the file: the length of the header, the header as JSON padded to 8 bytes, then the data of all tensors in order.
  public var bytes: [UInt8] {
    var members: [(String, JSON)] = []
    if !metadata.isEmpty { members.append(("__metadata__", .object(metadata.map { ($0.0, .string($0.1)) }))) }
    let all = entries.flatMap { pieces(of: $0) }
    var end = 0
    for piece in all {
      members.append(
        (
          piece.name,
          .object([
            ("dtype", .string(piece.type.rawValue)), ("shape", .array(piece.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(end), .integer(end + piece.data.count)])),
          ])
        ))
      end += piece.data.count
    }
    var header = Array(JSON.object(members).serialized().utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += header
    for piece in all { bytes += piece.data }
    return bytes
  }
}
