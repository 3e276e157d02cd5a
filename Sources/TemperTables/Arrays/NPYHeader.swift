import TemperJSON

/// The header of an NPY file: element type and layout.
struct NPYHeader: Equatable {
  /// What is invalid, in words that end a sentence about the file, and a remedy.
  struct Problem: Error {
    enum Kind { case format, type, size }
    let kind: Kind
    let message: String
  }

  let element: ElementType
  /// Whether the array is in Fortran order: the first index changes fastest, not the last.
  let isFortran: Bool
  let shape: [Int]
  /// The offset of the elements.
  let start: Int

  /// Parses the header of `bytes`, which contain exactly one array (NumPy's NEP 1: versions 1, 2 and 3).
  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Problem) {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    guard bytes.count >= 10, magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else {
      throw Problem(kind: .format, message: "not an NPY file as written by numpy.save. Check the path.")
    }
    let version = bytes[6]
    guard (1...3).contains(version), version == 1 || bytes.count >= 12 else {
      throw Problem(kind: .format, message: "unsupported format version \(version); supported are 1 to 3. Save it with numpy.save.")
    }
    let first = version == 1 ? 10 : 12
    let length = (8..<first).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard length <= bytes.count - first else {
      throw Problem(kind: .size, message: "the file ends inside its header. Copy or save it again.")
    }
    var literal = PythonLiteral(String(decoding: bytes[first..<(first + length)], as: UTF8.self))
    guard let members = literal.dictionary(), let descr = members["descr"], let order = members["fortran_order"],
      let shape = members["shape"],
      case .bool(let isFortran) = order, case .tuple(let axes) = shape
    else {
      throw Problem(kind: .format, message: "its header does not give type, order and shape. Save it with numpy.save.")
    }
    let lengths = axes.compactMap { if case .integer(let length) = $0, length >= 0 { length } else { nil } }
    guard lengths.count == axes.count else {
      throw Problem(kind: .format, message: "an axis of its shape is not a valid length. Save it with numpy.save.")
    }
    (element, self.isFortran, self.shape, start) = (try Self.element(descr), isFortran, lengths, first + length)
    let size = lengths.reduce((partialValue: element.size, overflow: false)) { product, length in
      let next = product.partialValue.multipliedReportingOverflow(by: length)
      return (next.partialValue, next.overflow || product.overflow)
    }
    guard !size.overflow, size.partialValue == bytes.count - start else {
      throw Problem(
        kind: .size,
        message:
          "its shape \(Self.text(lengths)) needs \(size.overflow ? "more" : "\(size.partialValue)") bytes, but \(bytes.count - start) "
          + "follow. Copy or save it again.")
    }
  }

  /// A shape in Python notation.
  static func text(_ shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }

  /// The element type for a descriptor such as `<f4`.
  private static func element(_ descr: PythonLiteral.Value) throws(Problem) -> ElementType {
    guard case .string(let name) = descr else {
      throw Problem(kind: .type, message: "its elements are records of several fields. Save each field as a separate array.")
    }
    let kinds: [String: ElementType.Kind] = [
      "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
      "f2": .float16, "f4": .float32, "f8": .float64,
    ]
    if let order = name.first, "<>|=".contains(order), let kind = kinds[String(name.dropFirst())] {
      return ElementType(kind: kind, isBigEndian: order == ">")
    }
    let what =
      switch name.dropFirst().first {
      case "O": "Python objects, which are not supported: they could run code"
      case "U", "S", "a": "texts"
      case "c": "complex numbers"
      case "M", "m": "times"
      default: "of the type \(quoted(name))"
      }
    throw Problem(kind: .type, message: "its elements are \(what). Convert it with astype(\"float32\") or to another numeric type.")
  }
}

/// Parses the Python literals in the header of an NPY file.
struct PythonLiteral {
  indirect enum Value: Equatable {
    case string(String), integer(Int), bool(Bool), tuple([Value]), other
  }

  private let text: [Character]
  private var i = 0

  init(_ text: String) { self.text = Array(text) }

  /// Parses the whole text as a dictionary; nil if it is not one.
  mutating func dictionary() -> [String: Value]? {
    var members: [String: Value] = [:]
    guard skip("{") else { return nil }
    while !skip("}") {
      guard case .string(let key)? = value(depth: 0), skip(":"), let item = value(depth: 0) else { return nil }
      members[key] = item
      if !skip(","), next() != "}" { return nil }
    }
    return next() == nil ? members : nil
  }

  private mutating func next() -> Character? {
    while i < text.count, text[i].isWhitespace { i += 1 }
    return i < text.count ? text[i] : nil
  }

  private mutating func skip(_ character: Character) -> Bool {
    guard next() == character else { return false }
    i += 1
    return true
  }

  private mutating func value(depth: Int) -> Value? {
    guard let first = next(), depth < 8 else { return nil }
    switch first {
    case "'", "\"":
      i += 1
      let start = i
      while i < text.count, text[i] != first { i += 1 }
      guard i < text.count else { return nil }
      i += 1
      return .string(String(text[start..<(i - 1)]))
    case "(", "[":
      i += 1
      let close: Character = first == "(" ? ")" : "]"
      var items: [Value] = []
      while !skip(close) {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
        if !skip(","), next() != close { return nil }
      }
      return first == "(" ? .tuple(items) : .other
    default:
      let start = i
      while i < text.count, text[i].isLetter || text[i].isNumber || text[i] == "-" { i += 1 }
      let word = String(text[start..<i])
      if word == "True" || word == "False" { return .bool(word == "True") }
      // Python 2 wrote long integers with the suffix L.
      return Int(word.hasSuffix("L") ? String(word.dropLast()) : word).map { .integer($0) }
    }
  }
}
