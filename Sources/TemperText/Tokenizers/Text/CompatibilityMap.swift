/// Unicode's compatibility decomposition, applied before characters are reordered and composed as in the canonical forms.
///
/// Characters added in Unicode 12 or later are not changed, as in `tokenizers`, whose tables for this are older than those of the canonical
/// forms. Compared for every code point with its release 0.23.
struct CompatibilityMap: Sendable {
  static let standard = CompatibilityMap(CompatibilityTable.entries)

  /// The index of each code point's text, 0 where there is none.
  private var numbers: [UInt16] = []
  /// The start of each text in `texts`; one more at the end.
  private var starts: [Int] = [0, 0]
  private var texts: [Unicode.Scalar] = []

  /// `scalars`, each replaced by its decomposition.
  func apply(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    guard let first = scalars.firstIndex(where: { number(of: $0) > 0 }) else { return scalars }
    var result = Array(scalars[..<first])
    result.reserveCapacity(scalars.count + scalars.count / 2)
    for scalar in scalars[first...] {
      let number = number(of: scalar)
      if number == 0 { result.append(scalar) } else { result += texts[starts[number]..<starts[number + 1]] }
    }
    return result
  }

  @inline(__always)
  private func number(of scalar: Unicode.Scalar) -> Int {
    let value = Int(scalar.value)
    return value < numbers.count ? Int(numbers[value]) : 0
  }

  private init(_ entries: StaticString) {
    var scan = EntryScan(bytes: UnsafeBufferPointer(start: entries.utf8Start, count: entries.utf8CodeUnitCount))
    var code: UInt32 = 0
    while !scan.isAtEnd {
      var text = [scan.number()]
      if scan.skip(":") {
        code = text[0]
        text = [scan.number()]
      }
      while scan.skip(",") { text.append(scan.number()) }
      var (count, place, step): (UInt32, Int, UInt32) = (1, 0, 0)
      if scan.skip("*") {
        count = scan.number()
        _ = scan.skip(".")
        place = Int(scan.number())
        _ = scan.skip(".")
        step = scan.number()
      }
      scan.skipSpace()
      for _ in 0..<count {
        add(code, text)
        code += 1
        text[place] += step
      }
    }
  }

  private mutating func add(_ code: UInt32, _ text: [UInt32]) {
    guard let scalar = Unicode.Scalar(code), scalar.properties.age.map({ $0.major < 12 }) == true else { return }
    numbers += repeatElement(0, count: Int(code) + 1 - numbers.count)
    numbers[Int(code)] = UInt16(starts.count - 1)
    texts += text.compactMap(Unicode.Scalar.init)
    starts.append(texts.count)
  }
}

/// Steps through the entries of a ``CompatibilityTable``.
private struct EntryScan {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0

  var isAtEnd: Bool { place >= bytes.count }

  mutating func number() -> UInt32 {
    var value: UInt32 = 0
    while place < bytes.count, let digit = Character(Unicode.Scalar(bytes[place])).hexDigitValue {
      value = value << 4 | UInt32(digit)
      place += 1
    }
    return value
  }

  mutating func skip(_ sign: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: sign) else { return false }
    place += 1
    return true
  }

  mutating func skipSpace() {
    while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x0A { place += 1 }
  }
}
