import TemperCore
import TemperJSON

extension Preprocessor {
  /// Rows whose features are written before the next, column by column.
  private static let tileRows = 512
  /// The most bytes that one table's features may take.
  static let memoryLimit = 1 << 36

  /// The features of `rows` of `table`, row-major, `width` a row.
  ///
  /// The table may have its columns in any order, and more of them; the label need not be there. Throws all values that are missing, no
  /// numbers, or categories that the training rows do not have, and in one error all columns that are missing.
  public func features(of table: Table, rows: [Int]) throws(Diagnostics) -> [Float] {
    var findings = Findings()
    let sources = try sourceColumns(table)
    let width = width
    let (size, overflow) = rows.count.multipliedReportingOverflow(by: width * MemoryLayout<Float>.stride)
    guard !overflow, size <= Self.memoryLimit else {
      throw Diagnostics(
        .tooManyFeatures, at: table.place,
        "\(rows.count) rows of \(width) features take more than 64 GiB. Ignore columns that have many categories, or take fewer rows.")
    }
    var features = [Float](repeating: 0, count: rows.count * width)
    let missing = MissingValues(missingValues)
    let partition = Partition(rows.count, cost: 30 * width, worth: 4_000_000, most: 64, least: Self.tileRows)
    let chunkFindings = UnsafeMutablePointer<Findings>.allocate(capacity: partition.chunks)
    chunkFindings.initialize(repeating: Findings(), count: partition.chunks)
    defer {
      chunkFindings.deinitialize(count: partition.chunks)
      chunkFindings.deallocate()
    }
    features.withUnsafeMutableBufferPointer { features in
      // No rows, no features.
      guard let base = features.baseAddress else { return }
      let target = Unchecked(base)
      partition.run { chunk, items in
        var writer = FeatureWriter(columns, sources, table, missing)
        // A tile's features stay in the cache until all columns are written, though each column is read by itself.
        for start in stride(from: items.lowerBound, to: items.upperBound, by: Self.tileRows) {
          let tile = start..<min(start + Self.tileRows, items.upperBound)
          writer.write(rows[tile], to: target.value + start * width, width, &chunkFindings[chunk])
        }
      }
    }
    for chunk in 0..<partition.chunks { findings.append(chunkFindings[chunk]) }
    try findings.check()
    return features
  }

  /// What is to be predicted of each of `rows`. Throws all labels that are missing, that no training row has, or that are no numbers where
  /// they must be.
  public func targets(of table: Table, rows: [Int]) throws(Diagnostics) -> Dataset.Targets {
    let names = target.columns.names
    let columns = names.compactMap { table.column($0) }
    guard columns.count == names.count else {
      let missing = names.filter { table.column($0) == nil }
      throw Diagnostics(
        .missingColumns, at: table.headerPlace(column: 0),
        "there is no column \(listed(missing, limit: 50)) with the labels. Columns here: \(listed(table.header)).")
    }
    var findings = Findings()
    let targets: Dataset.Targets
    switch target {
    case .classes(_, let names):
      let known = ByteIndex(names)
      targets = .classes(rows.map { labelNumber(table, $0, columns[0], known, &findings) })
    case .value(_, let mean, let deviation):
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

  /// Features and targets of `rows`, every mistake in either in one error.
  public func dataset(of table: Table, rows: [Int]) throws(Diagnostics) -> Dataset {
    var findings = Findings()
    let features = findings.gather { () throws(Diagnostics) in try self.features(of: table, rows: rows) }
    let targets = findings.gather { () throws(Diagnostics) in try self.targets(of: table, rows: rows) }
    try findings.check()
    return Dataset(features: features ?? [], width: width, targets: targets ?? .classes([]), rowIDs: rows.map { Int32($0) })
  }

  private func sourceColumns(_ table: Table) throws(Diagnostics) -> [Int] {
    let found = columns.map { table.column($0.name) }
    let missing = zip(columns, found).filter { $0.1 == nil }.map(\.0.name)
    guard missing.isEmpty else {
      throw Diagnostics(
        .missingColumns, at: table.headerPlace(column: 0),
        "the model needs \(counted(missing.count, "column")) that the table lacks: \(listed(missing, limit: 50)). "
          + "Columns here: \(listed(table.header)).")
    }
    return found.compactMap { $0 }
  }

  private func reportOverflow(_ table: Table, _ row: Int, _ column: Int, _ findings: inout Findings) {
    findings.add(
      .notANumber, at: table.place(row: row, column: column),
      "\(quoted(table.text(row: row, column: column))) lies so far outside the training rows' \(quoted(table.header[column])) that "
        + "it overflows. Correct the value.")
  }

  /// The number of a row's class; reports one that no training row has.
  private func labelNumber(_ table: Table, _ row: Int, _ column: Int, _ known: ByteIndex, _ findings: inout Findings) -> Int32 {
    if let found = table.withField(row: row, column: column, { known.find($0) }) { return Int32(found) }
    if table.isBlank(row: row, column: column) {
      findings.addBlankLabel(table, row, column)
    } else {
      findings.add(
        .unknownLabel, at: table.place(row: row, column: column),
        "the label \(quoted(table.header[column])) is \(quoted(table.text(row: row, column: column))), which no training row has "
          + "(known: \(listed(classes))). Correct the value, remove the row, or move one like it to the training rows.")
    }
    return 0
  }
}

/// Writes the features of a table's rows, a tile at a time.
private struct FeatureWriter {
  private let columns: [Preprocessor.Column]
  private let sources: [Int]
  private let table: Table
  private let missing: MissingValues
  /// One for each column; nil for numbers.
  private var encoders: [(any FieldEncoder)?]

  init(_ columns: [Preprocessor.Column], _ sources: [Int], _ table: Table, _ missing: MissingValues) {
    (self.columns, self.sources, self.table, self.missing) = (columns, sources, table, missing)
    encoders = columns.map { column in
      switch column.transform {
      case .numeric: nil
      case .categorical(let transform): CategoricalTransform.Encoder(transform: transform, missing: missing)
      case .boolean(let transform): BooleanTransform.Encoder(transform: transform, missing: missing)
      case .date(let transform): DateTransform.Encoder(transform: transform, missing: missing)
      case .text(let transform): TextTransform.Encoder(transform: transform, missing: missing)
      }
    }
  }

  /// Writes the features of `rows` to `features`, `width` a row, which are 0 before, and reports the fields that have none.
  mutating func write(_ rows: ArraySlice<Int>, to features: UnsafeMutablePointer<Float>, _ width: Int, _ findings: inout Findings) {
    var offset = 0
    for (number, column) in columns.enumerated() {
      if case .numeric(let transform) = column.transform {
        write(transform, rows, sources[number], to: features + offset, width, &findings)
      } else if encoders[number] != nil {
        write(&encoders[number]!, rows, column, sources[number], to: features + offset, width, &findings)
      }
      offset += column.width
    }
  }

  private func write(
    _ transform: NumericTransform, _ rows: ArraySlice<Int>, _ source: Int, to features: UnsafeMutablePointer<Float>, _ width: Int,
    _ findings: inout Findings
  ) {
    var to = features
    for row in rows {
      let value = missing.number(table, row: row, column: source)
      let isBad = value == nil && !missing.contains(table, row: row, column: source)
      if let problem = isBad ? .notANumber : transform.encode(value, to: to) { findings.add(problem, table, row, source, .numeric) }
      to += width
    }
  }

  private func write<Encoder: FieldEncoder>(
    _ encoder: inout Encoder, _ rows: ArraySlice<Int>, _ column: Preprocessor.Column, _ source: Int,
    to features: UnsafeMutablePointer<Float>, _ width: Int, _ findings: inout Findings
  ) {
    var to = features
    for row in rows {
      if let problem = table.withField(row: row, column: source, { encoder.encode($0, to: to) }) {
        var known: [String] = []
        if case .categorical(let transform) = column.transform { known = transform.categories + transform.rare }
        findings.add(problem, table, row, source, column.transform.kind, known: known)
      }
      to += width
    }
  }
}
