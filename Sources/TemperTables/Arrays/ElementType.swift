/// The element type of a numeric array.
struct ElementType: Equatable, Sendable {
  enum Kind: UInt8 {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64
  }

  let kind: Kind
  /// Whether elements are big-endian.
  var isBigEndian = false

  static let float32 = ElementType(kind: .float32)

  /// Bytes per element.
  var size: Int {
    switch kind {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The bits of the element at `address`.
  @inline(__always)
  private func bits<Word: FixedWidthInteger & BitwiseCopyable>(_ address: UnsafeRawPointer, _: Word.Type) -> Word {
    let word = address.loadUnaligned(as: Word.self)
    return isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
  }

  /// The element at `address` as a double, which is exact for integers up to 2^53.
  func number(_ address: UnsafeRawPointer) -> Double {
    switch kind {
    case .bool: address.load(as: UInt8.self) == 0 ? 0 : 1
    case .uint8: Double(address.load(as: UInt8.self))
    case .int8: Double(address.load(as: Int8.self))
    case .float16: Self.half(bits(address, UInt16.self))
    case .float32: Double(Float(bitPattern: bits(address, UInt32.self)))
    case .float64: Double(bitPattern: bits(address, UInt64.self))
    case .uint64: Double(bits(address, UInt64.self))
    default: Double(whole(address))
    }
  }

  /// The element at `address` as text: integers without a decimal point, other numbers in their shortest exact form; empty for NaN,
  /// which means missing.
  func text(_ address: UnsafeRawPointer) -> String {
    switch kind {
    case .uint64: return "\(bits(address, UInt64.self))"
    case .float16, .float32, .float64:
      let value = number(address)
      if value.isNaN { return "" }
      if abs(value) < 0x1p53, value == value.rounded() { return "\(Int(value))" }
      return kind == .float64 ? "\(value)" : "\(Float(value))"
    default: return "\(whole(address))"
    }
  }

  private func whole(_ address: UnsafeRawPointer) -> Int {
    switch kind {
    case .bool: address.load(as: UInt8.self) == 0 ? 0 : 1
    case .uint8: Int(address.load(as: UInt8.self))
    case .int8: Int(address.load(as: Int8.self))
    case .uint16: Int(bits(address, UInt16.self))
    case .int16: Int(bits(address, Int16.self))
    case .uint32: Int(bits(address, UInt32.self))
    case .int32: Int(bits(address, Int32.self))
    default: Int(bits(address, Int64.self))
    }
  }

  /// The value of an IEEE half-precision number.
  private static func half(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    let magnitude =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? Double.infinity : .nan
      default: (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }
}
