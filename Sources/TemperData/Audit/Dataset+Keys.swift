import TemperCore

extension Dataset {
  /// The number of rows that are copied at a time.
  private static let keyedRows = 256

  /// The key of each row's features; nil if `isOver` before all are computed. If `step` is given, features are rounded to multiples of it,
  /// `offset` steps apart from zero, so that rows that are nearly the same have the same key.
  package func keys(step: Float? = nil, offset: Float = 0, unless isOver: () -> Bool) -> [RowKey]? {
    var keys: [RowKey] = []
    keys.reserveCapacity(count)
    let memory = Tensor(uninitialized: [Self.keyedRows, max(1, width)])
    for start in stride(from: 0, to: count, by: Self.keyedRows) {
      if isOver() { return nil }
      let rows = start..<min(count, start + Self.keyedRows)
      samples.copy(rows, to: memory.pointer)
      for row in 0..<rows.count {
        let features = memory.pointer + row * width
        if let step {
          for i in 0..<width { features[i] = (features[i] / step + offset).rounded() }
        }
        // -0 and 0 are the same number.
        for i in 0..<width where features[i] == 0 { features[i] = 0 }
        var hasher = RowHasher()
        UnsafeRawBufferPointer(start: features, count: width * MemoryLayout<Float>.stride).withMemoryRebound(to: UInt8.self) {
          hasher.add($0)
        }
        keys.append(hasher.key)
      }
    }
    return keys
  }
}

extension RowTargets {
  /// The key of each row's label, or of all its labels.
  package var keys: [RowKey] {
    switch kind {
    case .classes(let labels): labels.map { RowKey($0) }
    case .values(let values, let width): (0..<count).map { RowKey(Array(values[$0 * width..<($0 + 1) * width])) }
    }
  }

  /// The same rows, with their labels in the order `permutation`.
  package func permuted(_ permutation: [Int]) -> RowTargets {
    RowTargets(subset(permutation).kind, rowIDs: rowIDs)
  }
}
