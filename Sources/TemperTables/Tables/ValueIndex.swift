import TemperFiles

/// A list of distinct values that finds the index of each in any notation: see ``ValueKey``.
struct ValueIndex: Sendable {
  private var keys = ByteIndex()
  /// The text of each value, by index.
  private(set) var names: [String] = []

  init() {}

  /// Creates an index of `names` in order; a repeated one keeps its first index and uses up another.
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

  /// The index of the value of `field`, which is added if it is new.
  ///
  /// Of several notations of a value the shortest is its name, and of these the first by bytes: so it depends on the rows, but not on
  /// their order.
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
  /// The distinct values of `column` in `rows`, with their counts.
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
  /// Whether this is after `other` in the order of notations of a value.
  @inline(__always)
  fileprivate func isWrittenLonger(than other: UnsafeBufferPointer<UInt8>) -> Bool {
    if utf8.count != other.count { return utf8.count > other.count }
    return other.lexicographicallyPrecedes(utf8)
  }
}

extension CategoricalRules {
  /// Whether two of `categories` are the same value, such as `5` and `5.0`.
  public static func hasRepetition(_ categories: [String]) -> Bool {
    let index = ValueIndex(categories)
    return categories.indices.contains { index.find(categories[$0]) != $0 }
  }
}
