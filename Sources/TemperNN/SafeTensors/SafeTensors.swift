import TemperCore
import TemperJSON

/// The content of a safetensors file: named tensors and a table of text, as Hugging Face's format lays them out. Reading and writing of files
/// themselves is elsewhere; this is bytes and meaning.
public struct SafeTensors {
  /// Type and place of one tensor.
  struct Entry {
    let name: String
    let type: ElementType
    let shape: Shape
    let bytes: Range<Int>
  }

  /// The element types the format knows, by the names it gives them.
  enum ElementType: String {
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u64 = "U64"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    case bool = "BOOL"
    case c64 = "C64"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"
    case f8e8m0 = "F8_E8M0"
    case f8e4m3fnuz = "F8_E4M3FNUZ"
    case f8e5m2fnuz = "F8_E5M2FNUZ"
    case f6e2m3 = "F6_E2M3"
    case f6e3m2 = "F6_E3M2"
    case f4 = "F4"

    /// The bits of an element.
    var bits: Int {
      switch self {
      case .f64, .i64, .u64, .c64: 64
      case .f32, .i32, .u32: 32
      case .f16, .bf16, .i16, .u16: 16
      case .i8, .u8, .bool, .f8e4m3, .f8e5m2, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
      case .f6e2m3, .f6e3m2: 6
      case .f4: 4
      }
    }
  }

  /// The free-form table that the file carries, in its order.
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

  /// The shape of the tensor called `name`.
  public func shape(of name: String) -> Shape? { index[name].map { entries[$0].shape } }

  /// The type of the elements of the tensor called `name`, as the format names it.
  public func typeName(of name: String) -> String? { index[name].map { entries[$0].type.rawValue } }

  /// The tensor called `name` as 32-bit floats; nil if there is none or its elements are not floating-point numbers of 16 bits or more.
  public func tensor(_ name: String) -> Tensor? {
    guard let entry = index[name].map({ entries[$0] }) else { return nil }
    let tensor = Tensor(uninitialized: entry.shape)
    let (out, start) = (tensor.pointer, data.startIndex + entry.bytes.lowerBound)
    return data.withUnsafeBytes { all in
      let base = start - data.startIndex
      switch entry.type {
      case .f32:
        for i in 0..<tensor.count {
          out[i] = Float(bitPattern: all.loadUnaligned(fromByteOffset: base + 4 * i, as: UInt32.self).littleEndian)
        }
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

  /// A half-precision number by its bits; Swift's own `Float16` is missing on some platforms.
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
  /// The same tensors under other names, without those that `name` gives none. No two may get one name.
  public func renamed(_ name: (String) -> String?) -> SafeTensors {
    let entries = entries.compactMap { entry in
      name(entry.name).map { Entry(name: $0, type: entry.type, shape: entry.shape, bytes: entry.bytes) }
    }
    return SafeTensors(entries: entries, metadata: metadata, data: data)
  }

  /// The tensors of several files as those of one, such as the shards of a large model; nil where two have one name.
  public init?(joining parts: [SafeTensors]) {
    var entries: [Entry] = []
    var data: [UInt8] = []
    data.reserveCapacity(parts.reduce(0) { $0 + $1.data.count })
    for part in parts {
      for entry in part.entries {
        let bytes = data.count + entry.bytes.lowerBound..<data.count + entry.bytes.upperBound
        entries.append(Entry(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes))
      }
      data += part.data
    }
    guard Set(entries.map(\.name)).count == entries.count else { return nil }
    self.init(entries: entries, metadata: parts.first?.metadata ?? [], data: data[...])
  }

  /// Content made of 32-bit tensors.
  public init(tensors: [(String, Tensor)], metadata: [(String, String)] = []) {
    var entries: [Entry] = []
    var data: [UInt8] = []
    data.reserveCapacity(tensors.reduce(0) { $0 + 4 * $1.1.count })
    for (name, tensor) in tensors {
      let start = data.count
      for i in 0..<tensor.count { withUnsafeBytes(of: tensor.pointer[i].bitPattern.littleEndian) { data.append(contentsOf: $0) } }
      entries.append(Entry(name: name, type: .f32, shape: tensor.shape, bytes: start..<data.count))
    }
    self.init(entries: entries, metadata: metadata, data: data[...])
  }

  /// The bytes of the file: the header's length, the header in JSON padded to 8 bytes, the data of one tensor after another.
  public var bytes: [UInt8] {
    var members: [(String, JSON)] = []
    if !metadata.isEmpty { members.append(("__metadata__", .object(metadata.map { ($0.0, .string($0.1)) }))) }
    var end = 0
    for entry in entries {
      members.append(
        (
          entry.name,
          .object([
            ("dtype", .string(entry.type.rawValue)), ("shape", .array(entry.shape.array.map { .integer($0) })),
            ("data_offsets", .array([.integer(end), .integer(end + entry.bytes.count)])),
          ])
        ))
      end += entry.bytes.count
    }
    var header = Array(JSON.object(members).serialized().utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += header
    for entry in entries { bytes += data[data.startIndex + entry.bytes.lowerBound..<data.startIndex + entry.bytes.upperBound] }
    return bytes
  }
}
