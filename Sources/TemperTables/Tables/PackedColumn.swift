/// The fields of one column in one block of a table, in the narrowest form that keeps them exact.
///
/// It points into memory owned by its block and does not count references: accessing a field costs a few instructions.
struct PackedColumn {
  enum Form: UInt8 {
    /// All fields are empty.
    case blank
    /// Decimal numbers, all with the same number of digits after the point: integers of `width` bytes, relative to `base`, with 0 for a
    /// blank field. The text of a field follows from its number.
    case decimals
    /// Other numbers, 8 bytes each, with NaN for a blank field. Their texts are read from the file.
    case doubles
    /// Fields of which some are not numbers: the end of each (4 bytes), followed by the texts.
    case texts
    /// Elements of a numeric array, `stride` bytes apart.
    case elements
  }

  var form = Form.blank
  /// Bytes per integer in ``Form/decimals``.
  var width: UInt8 = 0
  /// Digits after the point in ``Form/decimals``.
  var scale: UInt8 = 0
  /// The element type of ``Form/elements``.
  var element = ElementType.float32
  /// The index of the column in the block's file; -1 if the file has no such column.
  var local: Int32 = -1
  /// The number that code 1 represents in ``Form/decimals``; the stride of ``Form/elements``; the ``NumberStyle/code`` of the numbers
  /// among ``Form/texts``.
  var base = 0
  var data = UnsafeRawPointer(bitPattern: 1)!
  /// The texts of ``Form/texts``.
  var texts = UnsafePointer<UInt8>(bitPattern: 1)!

  /// The stored code of a field of ``Form/decimals``.
  private func code(_ row: Int) -> Int {
    let code = (data + row * Int(width)).loadUnaligned(as: UInt32.self)
    return Int(UInt32(littleEndian: code) & (0xFFFF_FFFF >> UInt32(32 - 8 * Int(width))))
  }

  /// The number in field `row`; nil if there is none, or if it overflows 32 bits.
  @inline(__always)
  func number(_ row: Int) -> Double? {
    switch form {
    case .decimals:
      let code = (data + row * Int(width)).loadUnaligned(as: UInt32.self) & (0xFFFF_FFFF >> UInt32(32 - 8 * Int(width)))
      // Both factors are exact, so the quotient is the double nearest to the decimal fraction.
      return code == 0 ? nil : Double(base + Int(code)) / NumberGrammar.powersOfTen[Int(scale)]
    case .doubles:
      let value = data.load(fromByteOffset: row * 8, as: Double.self)
      return value.isNaN ? nil : value
    case .blank: return nil
    case .texts, .elements: return rareNumber(row)
    }
  }

  /// Writes the numbers in the fields of `rows`, relative to the table's row `first`; NaN if there is none.
  func numbers(_ rows: UnsafeBufferPointer<Int>, from first: Int, to numbers: UnsafeMutablePointer<Double>) {
    switch form {
    case .blank: numbers.initialize(repeating: .nan, count: rows.count)
    case .decimals:
      let (base, width, mask) = (base, Int(width), UInt32.max >> UInt32(32 - 8 * Int(width)))
      let power = NumberGrammar.powersOfTen[Int(scale)]
      for (i, row) in rows.enumerated() {
        let code = UInt32(littleEndian: (data + (row &- first) &* width).loadUnaligned(as: UInt32.self)) & mask
        // As in `number`.
        numbers[i] = code == 0 ? .nan : Double(base &+ Int(code)) / power
      }
    case .doubles:
      for (i, row) in rows.enumerated() { numbers[i] = data.load(fromByteOffset: (row &- first) &* 8, as: Double.self) }
    case .texts, .elements:
      for (i, row) in rows.enumerated() { numbers[i] = rareNumber(row - first) ?? .nan }
    }
  }

  @inline(never)
  private func rareNumber(_ row: Int) -> Double? {
    if form == .elements {
      let value = element.number(data + row * base)
      return Float(value).isFinite ? value : nil
    }
    let (text, style) = (text(row), NumberStyle(code: base))
    guard let value = style.double(text), Float(value).isFinite else { return nil }
    return value
  }

  /// Whether field `row` is blank; nil if only its text tells.
  func isBlank(_ row: Int) -> Bool {
    switch form {
    case .blank: true
    case .decimals: code(row) == 0
    case .doubles: data.load(fromByteOffset: row * 8, as: Double.self).isNaN
    case .texts: Table.isBlank(text(row))
    case .elements: element.number(data + row * base).isNaN
    }
  }

  /// Field `row` of ``Form/texts``.
  private func text(_ row: Int) -> UnsafeBufferPointer<UInt8> {
    let ends = data.assumingMemoryBound(to: UInt32.self)
    let start = row == 0 ? 0 : Int(ends[row - 1])
    return UnsafeBufferPointer(start: texts + start, count: Int(ends[row]) - start)
  }

  /// Calls `body` with the text of field `row`; nil if the text must be read from the file.
  @inline(__always)
  func withText<Result>(_ row: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
    switch form {
    case .texts: return body(text(row))
    case .blank: return body(UnsafeBufferPointer(start: nil, count: 0))
    case .decimals:
      let code = code(row)
      if code == 0 { return body(UnsafeBufferPointer(start: nil, count: 0)) }
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer in
        let count = Decimal.write(base + code, scale: Int(scale), to: buffer)
        return body(UnsafeBufferPointer(rebasing: buffer[..<count]))
      }
    case .elements:
      var text = element.text(data + row * base)
      return text.withUTF8(body)
    case .doubles: return nil
    }
  }
}

/// Decimal fractions in canonical form: no leading zeros, no `-0`, no exponent.
enum Decimal {
  /// The fraction in `bytes` as an integer and the number of digits after the point; nil if it is not canonical, or too long for a
  /// `Double`.
  @inline(__always)
  static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> (whole: Int, scale: Int)? {
    let count = bytes.count
    guard count <= 17, let base = bytes.baseAddress else { return nil }
    var i = 0
    let isNegative = count > 0 && base[0] == UInt8(ascii: "-")
    if isNegative { i = 1 }
    let first = i
    var whole = 0
    while i < count {
      let digit = base[i] &- UInt8(ascii: "0")
      if digit > 9 { break }
      whole = whole &* 10 &+ Int(digit)
      i += 1
    }
    guard i > first, i == first + 1 || base[first] != UInt8(ascii: "0") else { return nil }
    var scale = 0
    if i < count {
      guard base[i] == UInt8(ascii: "."), i + 1 < count else { return nil }
      scale = count - i - 1
      i += 1
      while i < count {
        let digit = base[i] &- UInt8(ascii: "0")
        if digit > 9 { return nil }
        whole = whole &* 10 &+ Int(digit)
        i += 1
      }
    }
    if isNegative {
      if whole == 0 { return nil }
      whole = -whole
    }
    return whole.magnitude <= 1 << 53 ? (whole, scale) : nil
  }

  /// Writes `whole` with `scale` digits after the point, and returns the number of bytes written.
  static func write(_ whole: Int, scale: Int, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var (rest, end, digits) = (whole.magnitude, buffer.count, 0)
    while rest > 0 || digits <= scale {
      if digits == scale, scale > 0 {
        end -= 1
        buffer[end] = UInt8(ascii: ".")
      }
      end -= 1
      buffer[end] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      digits += 1
    }
    if whole < 0 {
      end -= 1
      buffer[end] = UInt8(ascii: "-")
    }
    let count = buffer.count - end
    for i in 0..<count { buffer[i] = buffer[end + i] }
    return count
  }
}
