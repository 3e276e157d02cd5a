import TemperCore
import TemperData
import TemperFiles
import TemperJSON

extension Preprocessor {
  /// The features of `rows` of `table`, row-major, `width` per row.
  ///
  /// The table may have its columns in any order, and additional ones; the label may be absent. Throws all values that are missing, not
  /// numbers or unknown categories, and all missing columns in one error.
  public func features(of table: Table, rows: [Int]) throws(Diagnostics) -> [Float] {
    let partition = Partition(
      rows.count, cost: FeatureWriter.cost * width, grain: 4_000_000, maxChunks: 32, minItems: FeatureWriter.tileRows)
    let written = try features(of: table, [rows], pieces: (0..<partition.chunks).map { [partition.range($0)] })[0]
    try written.findings.check()
    return written.features
  }

  /// Writes the features of several lists of rows, chunk by chunk on several threads. A chunk is a range of each list; `finish` is
  /// called when all of it is written. Memory is allocated as it is written, not at the start.
  private func features(
    of table: Table, _ lists: [[Int]], pieces: [[Range<Int>]], releasing: Bool = false, finish: (_ piece: Int) -> Void = { _ in }
  ) throws(Diagnostics) -> [(features: [Float], findings: Findings)] {
    let sources = try sourceColumns(table)
    let (width, rows) = (width, lists.reduce(0) { $0 + $1.count })
    let (size, overflow) = rows.multipliedReportingOverflow(by: width * MemoryLayout<Float>.stride)
    let left = isLarge(size) ? MemoryLimit.available() + (releasing ? table.packedBytes : 0) : Int.max
    guard !overflow, size <= left else {
      throw Diagnostics(
        .tooManyFeatures, at: table.place,
        "\(rows) rows of \(width) features need \(overflow ? "more memory than is available" : MemoryLimit.text(size)), but "
          + "\(MemoryLimit.text(left)) are left. Ignore columns with many categories, or use fewer rows.")
    }
    let missing = MissingValues(missingValues)
    var findings = Array(repeating: lists.map { _ in Findings() }, count: pieces.count)
    let features = [Float].uninitialized(lists.map { $0.count * width }) { targets in
      findings.withUnsafeMutableBufferPointer { findings in
        nonisolated(unsafe) let (findings, targets) = (findings, targets)
        Partition(pieces.count, cost: 4_000_000, maxChunks: 32, minItems: 1).run { _, numbers in
          var writer = FeatureWriter(columns, sources, table, missing)
          for number in numbers {
            for (list, places) in pieces[number].enumerated() {
              writer.write(lists[list][places], to: targets[list] + places.lowerBound * width, width, &findings[number][list])
            }
            finish(number)
          }
        }
      }
    }
    return features.enumerated().map { list, features in
      var all = Findings()
      for piece in findings { all.append(piece[list]) }
      return (features, all)
    }
  }

  /// Whether so many bytes justify checking the available memory.
  private func isLarge(_ bytes: Int) -> Bool { bytes > 1 << 26 }

  /// The targets of `rows`. Throws all labels that are missing, unknown, or not numbers although they must be.
  public func targets(of table: Table, rows: [Int]) throws(Diagnostics) -> RowTargets.Kind {
    let names = target.columns.names
    let columns = names.compactMap { table.column($0) }
    guard columns.count == names.count else {
      let missing = names.filter { table.column($0) == nil }
      throw Diagnostics(
        .missingColumns, at: table.headerPlace(column: 0),
        table.isArray
          ? "an array of features has no labels. Name the array of labels with --labels."
          : "the label column \(listed(missing, limit: 50)) is missing. Columns: \(listed(table.header)).")
    }
    var findings = Findings()
    let targets: RowTargets.Kind
    switch target {
    case .classes(_, let names):
      let known = ValueIndex(names)
      targets = .classes(rows.map { labelNumber(table, $0, columns[0], known, &findings) })
    case .value(_, let mean, let deviation, _):
      let values = rows.map { row in
        guard let value = findings.value(table, row, columns[0]) else { return Float(0) }
        let scaled = Float((value - mean) / deviation)
        if !scaled.isFinite { reportOverflow(table, row, columns[0], &findings) }
        return scaled
      }
      targets = .values(values, width: 1)
    case .multilabel:
      targets = .values(rows.flatMap { row in columns.map { findings.label(table, row, $0) ?? 0 } }, width: columns.count)
    }
    try findings.check()
    return targets
  }

  /// The targets of `rows`, with their IDs.
  public func rowTargets(of table: Table, rows: [Int]) throws(Diagnostics) -> RowTargets {
    RowTargets(try targets(of: table, rows: rows), rowIDs: rows.map { Int32($0) })
  }

  /// Features and targets of `rows`, with all errors in either thrown together.
  public func dataset(of table: Table, rows: [Int]) throws(Diagnostics) -> Dataset {
    var findings = Findings()
    let features = findings.gather { () throws(Diagnostics) in try self.features(of: table, rows: rows) }
    let targets = findings.gather { () throws(Diagnostics) in try self.targets(of: table, rows: rows) }
    try findings.check()
    return Dataset(features: features ?? [], width: width, targets: targets ?? .classes([]), rowIDs: rows.map { Int32($0) })
  }

  /// Features and targets of several lists of rows, each ascending, in one pass over the table; each list reports its own errors.
  ///
  /// If `releasing`, the table frees its memory while features are allocated, so that both are never in memory in full; none of its
  /// fields may be accessed afterwards.
  func datasets(of table: Table, _ lists: [[Int]], releasing: Bool) throws(Diagnostics) -> [Result<Dataset, Diagnostics>] {
    let targets = lists.map { rows in Result { () throws(Diagnostics) in try self.targets(of: table, rows: rows) } }
    let pieces = table.pieces(cost: FeatureWriter.cost * width)
    let stretches = pieces.map { piece in lists.map { $0.place(of: piece.lowerBound)..<$0.place(of: piece.upperBound) } }
    let written = try features(of: table, lists, pieces: stretches, releasing: releasing) { number in
      if releasing { table.release(pieces[number]) }
    }
    return lists.indices.map { list in
      Result { () throws(Diagnostics) in
        var findings = written[list].findings
        let targets = findings.gather { () throws(Diagnostics) in try targets[list].get() }
        try findings.check()
        return Dataset(
          features: written[list].features, width: width, targets: targets ?? .classes([]), rowIDs: lists[list].map { Int32($0) })
      }
    }
  }

  private func sourceColumns(_ table: Table) throws(Diagnostics) -> [Int] {
    let found = columns.map { table.column($0.name) }
    let missing = zip(columns, found).filter { $0.1 == nil }.map(\.0.name)
    guard missing.isEmpty else {
      throw Diagnostics(
        .missingColumns, at: table.headerPlace(column: 0),
        "missing \(counted(missing.count, "column")) that the model needs: \(listed(missing, limit: 50)). "
          + "Columns: \(listed(table.header)).")
    }
    return found.compactMap { $0 }
  }

  private func reportOverflow(_ table: Table, _ row: Int, _ column: Int, _ findings: inout Findings) {
    findings.add(
      .notANumber, at: table.place(row: row, column: column),
      "\(quoted(table.text(row: row, column: column))) is so far outside the range of \(quoted(table.header[column])) in the training "
        + "rows that it overflows. Correct the value.")
  }

  /// The index of a row's class; reports an unknown class.
  private func labelNumber(_ table: Table, _ row: Int, _ column: Int, _ known: ValueIndex, _ findings: inout Findings) -> Int32 {
    if let found = table.withField(row: row, column: column, { known.find($0) }) { return Int32(found) }
    if table.isBlank(row: row, column: column) {
      findings.addBlankLabel(table, row, column)
    } else {
      let isFraction = table.number(row: row, column: column).map { $0 != $0.rounded() } ?? false
      findings.add(
        .unknownLabel, at: table.place(row: row, column: column),
        "the label \(quoted(table.header[column])) is \(quoted(table.text(row: row, column: column))), which does not occur in the "
          + "training rows (known: \(listed(classes))). Correct the value, remove the row, or add a training row with this label."
          + (isFraction ? " \(NumericClasses.remedy)" : ""))
    }
    return 0
  }
}

extension [Int] {
  /// The position of `row` in an ascending list, or its insertion point.
  fileprivate func place(of row: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension [Float] {
  /// Arrays of `counts` elements, completely written by `fill`: zeroing them in advance would allocate their memory at once.
  fileprivate static func uninitialized(_ counts: [Int], _ fill: ([UnsafeMutablePointer<Float>]) -> Void) -> [[Float]] {
    guard let count = counts.first else {
      fill([])
      return []
    }
    var others: [[Float]] = []
    let first = [Float](unsafeUninitializedCapacity: Swift.max(1, count)) { buffer, filled in
      others = uninitialized(Array<Int>(counts.dropFirst())) { fill([buffer.baseAddress!] + $0) }
      filled = count
    }
    return [first] + others
  }
}
