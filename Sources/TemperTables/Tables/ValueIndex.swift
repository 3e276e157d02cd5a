import TemperFiles

/// A list of different values that finds the number of each, however it is written: see ``ValueKey``.
struct ValueIndex: Sendable {
  private var keys = ByteIndex()
  /// How each value is written, by number.
  private(set) var names: [String] = []

  init() {}

  /// The values of `names`, numbered in their order; a repeated one keeps its first number and takes up another.
  init(_ names: [String]) {
    for name in names {
      var name = name
      name.withUTF8 { name in ValueKey.with(name) { keys.append($0) } }
    }
    self.names = names
  }

  var count: Int { keys.count }

  func find(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { find($0) }
  }

  @inline(__always)
  func find(_ field: UnsafeBufferPointer<UInt8>) -> Int? { ValueKey.with(field) { keys.find($0) } }

  /// The number of the value of `field`, which is added if it is new.
  ///
  /// Of several ways to write a value the shortest is its name, and of these the first by bytes: so it depends on the rows, and not on their
  /// order.
  mutating func insert(_ field: UnsafeBufferPointer<UInt8>) -> Int {
    let number = ValueKey.with(field) { keys.insert($0) }
    let written = ValueKey.trimmed(field)
    if number == names.count {
      names.append(String(decoding: written, as: UTF8.self))
    } else if names[number].isWrittenLonger(than: written) {
      names[number] = String(decoding: written, as: UTF8.self)
    }
    return number
  }
}

extension Table {
  /// The different values of `column` in `rows`, and how many of these rows have each.
  func valueCounts(column: Int, rows: some Sequence<Int>) -> (values: ValueIndex, counts: [Int]) {
    var (values, counts) = (ValueIndex(), [Int]())
    for row in rows {
      let number = withField(row: row, column: column) { values.insert($0) }
      if number == counts.count { counts.append(0) }
      counts[number] += 1
    }
    return (values, counts)
  }
}

extension String {
  /// Whether this comes behind `other` among the ways to write a value.
  @inline(__always)
  fileprivate func isWrittenLonger(than other: UnsafeBufferPointer<UInt8>) -> Bool {
    if utf8.count != other.count { return utf8.count > other.count }
    return other.lexicographicallyPrecedes(utf8)
  }
}

extension CategoricalRules {
  /// Whether two of `categories` are one value, such as `5` and `5.0`.
  public static func hasRepetition(_ categories: [String]) -> Bool {
    let index = ValueIndex(categories)
    return categories.indices.contains { index.find(categories[$0]) != $0 }
  }
}
