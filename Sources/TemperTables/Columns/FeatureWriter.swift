import TemperFiles
import TemperJSON

/// Writes the features of a table's rows. It owns its encoders, and must be used on one thread.
struct FeatureWriter {
  /// The number of rows processed column by column before the next.
  static let tileRows = 512
  /// The approximate number of operations per feature.
  static let cost = 30

  private let columns: [Preprocessor.Column]
  private let sources: [Int]
  private let table: Table
  private let missing: MissingValues
  /// An encoder per column; nil for numbers.
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

  /// Writes the features of `rows` to `features`, `width` per row, and reports the fields that cannot be encoded.
  mutating func write(_ rows: ArraySlice<Int>, to features: UnsafeMutablePointer<Float>, _ width: Int, _ findings: inout Findings) {
    // A tile's features stay in the cache until all columns are written, although each column is read separately.
    for start in stride(from: rows.startIndex, to: rows.endIndex, by: Self.tileRows) {
      let tile = rows[start..<min(start + Self.tileRows, rows.endIndex)]
      writeTile(tile, to: features + (start - rows.startIndex) * width, width, &findings)
    }
  }

  private mutating func writeTile(
    _ rows: ArraySlice<Int>, to features: UnsafeMutablePointer<Float>, _ width: Int, _ findings: inout Findings
  ) {
    features.initialize(repeating: 0, count: rows.count * width)
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
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.tileRows) { numbers in
      guard let base = numbers.baseAddress else { return }
      rows.withUnsafeBufferPointer { missing.numbers(table, rows: $0, column: source, to: base) }
      var (to, number) = (features, base)
      for row in rows {
        let value = number.pointee.isNaN ? nil : number.pointee
        let isBad = value == nil && !missing.contains(table, row: row, column: source)
        if let problem = isBad ? .notANumber : transform.encode(value, to: to) { findings.add(problem, table, row, source, .numeric) }
        (to, number) = (to + width, number + 1)
      }
    }
  }

  private func write<Encoder: FieldEncoder>(
    _ encoder: inout Encoder, _ rows: ArraySlice<Int>, _ column: Preprocessor.Column, _ source: Int,
    to features: UnsafeMutablePointer<Float>, _ width: Int, _ findings: inout Findings
  ) {
    var to = features
    for row in rows {
      if let problem = table.withField(row: row, column: source, { encoder.encode($0, to: to) }) {
        if !findings.isFull {
          findings.add(problem, table, row, source, column.transform.kind, known: column.transform.knownCategories)
        }
      }
      to += width
    }
  }
}

extension Preprocessor.Transform {
  /// The known categories as listed in messages.
  fileprivate var knownCategories: String {
    guard case .categorical(let transform) = self else { return "" }
    return listed([transform.categories, transform.rare].joined(), count: transform.categories.count + transform.rare.count)
  }
}
