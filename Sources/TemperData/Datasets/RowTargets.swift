import TemperCore

/// The targets and numbers of rows.
public struct RowTargets: Sendable, Equatable {
  /// The kind of targets.
  public enum Kind: Sendable, Equatable {
    /// The class of each row.
    case classes([Int32])
    /// Numbers, row-major with `width` per row: scaled values, or 1 and 0 for labels that a row has or does not have.
    case values([Float], width: Int)
  }

  /// The targets.
  public let kind: Kind
  /// The number of each row in its file, from 0 without the header. Random draws for a row, such as a dropout mask, depend on this number
  /// and not on its position in a batch.
  public let rowIDs: [Int32]

  /// Targets of the rows `rowIDs`.
  public init(_ kind: Kind, rowIDs: [Int32]) {
    let rows =
      switch kind {
      case .classes(let labels): labels.count
      case .values(let values, let width): width > 0 && values.count % width == 0 ? values.count / width : -1
      }
    require(rowIDs.count == rows, "RowTargets: \(rows) targets for \(rowIDs.count) rows")
    (self.kind, self.rowIDs) = (kind, rowIDs)
  }

  /// The number of rows.
  public var count: Int { rowIDs.count }

  /// The class of each row; empty for numeric targets.
  public var labels: [Int32] {
    if case .classes(let labels) = kind { labels } else { [] }
  }

  /// The numeric targets, row-major with ``width`` per row; empty for classes.
  public var values: [Float] {
    if case .values(let values, _) = kind { values } else { [] }
  }

  /// The number of numeric targets per row; 0 for classes.
  public var width: Int {
    if case .values(_, let width) = kind { width } else { 0 }
  }

  /// The number of rows of each of `count` classes or labels.
  public func counts(_ count: Int) -> [Int] {
    var counts = Array(repeating: 0, count: count)
    switch kind {
    case .classes(let labels):
      for label in labels { counts[Int(label)] += 1 }
    case .values(let values, let width):
      for (index, value) in values.enumerated() where value > 0 { counts[index % width] += 1 }
    }
    return counts
  }

  /// The rows at `indices`, in order; they keep their numbers.
  func subset(_ indices: [Int]) -> RowTargets {
    let part: Kind =
      switch kind {
      case .classes(let labels): .classes(indices.map { labels[$0] })
      case .values(let values, let width): .values(indices.flatMap { values[$0 * width..<($0 + 1) * width] }, width: width)
      }
    return RowTargets(part, rowIDs: indices.map { rowIDs[$0] })
  }

  /// Copies targets and numbers of the rows at `places` into a batch.
  package func gather<Inputs>(_ places: some Collection<Int>, to batch: Batch<Inputs>) {
    batch.labels.removeAll(keepingCapacity: true)
    batch.rowIDs.removeAll(keepingCapacity: true)
    for place in places { batch.rowIDs.append(rowIDs[place]) }
    switch kind {
    case .classes(let labels):
      for place in places { batch.labels.append(labels[place]) }
    case .values(let values, let width):
      guard let memory = batch.memory.values else { fail("RowTargets: the batch has no memory for values") }
      let rows = memory.rows(0..<places.count)
      for (row, place) in places.enumerated() {
        for i in 0..<width { rows.pointer[row * width + i] = values[place * width + i] }
      }
      batch.values = rows
    }
  }

  /// Memory for the numeric targets of `rows` rows; nil for classes.
  package func memory(rows: Int) -> Tensor? { width > 0 ? Tensor(uninitialized: [rows, width]) : nil }
}
