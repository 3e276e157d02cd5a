import TemperJSON

extension Preprocessor {
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
    var offset = 0
    let missing = MissingValues(missingValues)
    features.withUnsafeMutableBufferPointer { features in
      // No rows, no features.
      guard let base = features.baseAddress else { return }
      for (column, source) in zip(columns, sources) {
        let to = base + offset
        switch column.transform {
        case .numeric(let transform):
          for (number, row) in rows.enumerated() {
            let value = missing.number(table, row: row, column: source)
            let isBad = value == nil && !missing.contains(table, row: row, column: source)
            if let problem = isBad ? .notANumber : transform.encode(value, to: to + number * width) {
              findings.add(problem, table, row, source, .numeric)
            }
          }
        case .categorical(let transform):
          encode(CategoricalTransform.Encoder(transform: transform, missing: missing), column, table, rows, source, to, width, &findings)
        case .boolean(let transform):
          encode(BooleanTransform.Encoder(transform: transform, missing: missing), column, table, rows, source, to, width, &findings)
        case .date(let transform):
          encode(DateTransform.Encoder(transform: transform, missing: missing), column, table, rows, source, to, width, &findings)
        case .text(let transform):
          encode(TextTransform.Encoder(transform: transform, missing: missing), column, table, rows, source, to, width, &findings)
        }
        offset += column.width
      }
    }
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

  /// Writes the features of one column, `stride` apart, and reports the fields that have none.
  private func encode<Encoder: FieldEncoder>(
    _ encoder: Encoder, _ column: Column, _ table: Table, _ rows: [Int], _ source: Int, _ features: UnsafeMutablePointer<Float>,
    _ stride: Int, _ findings: inout Findings
  ) {
    var encoder = encoder
    for (number, row) in rows.enumerated() {
      let problem = table.withField(row: row, column: source) { encoder.encode($0, to: features + number * stride) }
      guard let problem else { continue }
      var known: [String] = []
      if case .categorical(let transform) = column.transform { known = transform.categories + transform.rare }
      findings.add(problem, table, row, source, column.transform.kind, known: known)
    }
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
