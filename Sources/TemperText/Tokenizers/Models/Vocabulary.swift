import TemperFiles

/// A bidirectional map between the texts and the ids of tokens. Ids may have gaps.
struct Vocabulary: Sendable {
  private var index = ByteIndex()
  /// The id of each text in the index.
  private var ids: [Int32] = []
  /// The text of each id, -1 where there is none.
  private var numbers: [Int32] = []

  /// One more than the largest id.
  var size: Int { numbers.count }

  /// The number of tokens.
  var count: Int { index.count }

  /// Adds a token; returns false, without adding it, where its text or id is already used.
  @discardableResult
  mutating func add(_ text: some Collection<UInt8>, id: Int32) -> Bool {
    let bytes = Array(text)
    return bytes.withUnsafeBufferPointer { bytes in
      if let known = index.find(bytes) { return ids[known] == id }
      if id < numbers.count, numbers[Int(id)] >= 0 { return false }
      if id >= numbers.count { numbers += repeatElement(-1, count: Int(id) + 1 - numbers.count) }
      numbers[Int(id)] = Int32(index.insert(bytes))
      ids.append(id)
      return true
    }
  }

  /// Adds a text that may already exist: it keeps its ids, and maps to the new one.
  mutating func addRepeated(_ text: String, id: Int32) {
    guard let known = index.find(text) else {
      add(text, id: id)
      return
    }
    if id >= numbers.count { numbers += repeatElement(-1, count: Int(id) + 1 - numbers.count) }
    numbers[Int(id)] = Int32(known)
    ids[known] = id
  }

  @discardableResult
  mutating func add(_ text: String, id: Int32) -> Bool { add(text.utf8, id: id) }

  @inline(__always)
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32? { index.find(bytes).map { ids[$0] } }

  func id(of text: String) -> Int32? { index.find(text).map { ids[$0] } }

  func bytes(of id: Int32) -> [UInt8]? {
    guard id >= 0, id < numbers.count, numbers[Int(id)] >= 0 else { return nil }
    return index.bytes(Int(numbers[Int(id)]))
  }

  func text(of id: Int32) -> String? { bytes(of: id).map { String(decoding: $0, as: UTF8.self) } }

  /// All tokens, by ascending id.
  var entries: [(text: String, id: Int32)] {
    numbers.indices.compactMap { id in text(of: Int32(id)).map { ($0, Int32(id)) } }
  }
}
