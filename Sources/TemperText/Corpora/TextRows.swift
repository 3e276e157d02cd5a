import TemperCore
import TemperData

/// Texts as token ids, concatenated, each with its target.
public struct TextRows: Sendable {
  /// The ids of all rows.
  public let ids: [Int32]
  /// The start of each row's ids; then the end of the last.
  public let starts: [Int]
  /// The targets of the rows.
  public let targets: RowTargets

  /// Rows encoded by `encode`, which is called on several threads at once for different rows.
  ///
  /// - Parameters:
  ///   - targets: of the rows.
  ///   - longest: the maximum number of ids in a row; longer ones are truncated. Nil for no limit.
  ///   - kept: how many ids at the end of a row are kept in truncation, such as a tokenizer's final separator.
  ///   - encode: returns the ids of row `index`.
  public init(_ targets: RowTargets, longest: Int? = nil, keepingLast kept: Int = 0, encode: @Sendable (_ index: Int) -> [Int32]) {
    require(longest ?? kept >= kept, "TextRows: rows of \(longest ?? 0) are too short for \(kept) ids at their end")
    var rows = [[Int32]](repeating: [], count: targets.count)
    rows.withUnsafeMutableBufferPointer { rows in
      nonisolated(unsafe) let rows = rows
      Partition(rows.count, cost: 20_000, maxChunks: 32, minItems: 1).run { _, items in
        for index in items {
          var ids = encode(index)
          if let longest, ids.count > longest { ids.removeSubrange(longest - kept..<ids.count - kept) }
          rows[index] = ids
        }
      }
    }
    var starts = [0]
    starts.reserveCapacity(rows.count + 1)
    for row in rows { starts.append(starts[starts.count - 1] + row.count) }
    (self.starts, self.targets) = (starts, targets)
    ids = Array(unsafeUninitializedCapacity: starts[rows.count]) { all, count in
      for (row, start) in zip(rows, starts) { _ = all[start...].update(fromContentsOf: row) }
      count = starts[rows.count]
    }
  }

  /// The number of rows.
  public var count: Int { targets.count }

  /// The mean number of ids per row.
  public var meanLength: Int { ids.count / max(1, count) }

  /// The number of ids of row `index`.
  @inline(__always)
  public func length(_ index: Int) -> Int { starts[index + 1] - starts[index] }

  /// The same rows with other targets.
  public func with(_ targets: RowTargets) -> TextRows { TextRows(ids, starts, targets) }

  /// Replaces the content of `bags` by the ids of the rows at `places`.
  func gather(_ places: ArraySlice<Int>, to bags: inout TokenBags) {
    bags.ids.removeAll(keepingCapacity: true)
    bags.starts.removeAll(keepingCapacity: true)
    for place in places {
      bags.starts.append(Int32(bags.ids.count))
      bags.ids += ids[starts[place]..<starts[place + 1]]
    }
  }

  private init(_ ids: [Int32], _ starts: [Int], _ targets: RowTargets) {
    (self.ids, self.starts, self.targets) = (ids, starts, targets)
  }
}

/// Texts in batches padded at the end to the longest of each.
public struct PaddedRows: SampleSet {
  /// The texts.
  public let rows: TextRows
  /// The padding id.
  private let padding: Int32

  /// Batches of `rows` are padded with the id `padding`.
  public init(_ rows: TextRows, padding: Int32) {
    (self.rows, self.padding) = (rows, padding)
  }

  /// See ``SampleSet``.
  public var targets: RowTargets { rows.targets }
  /// See ``SampleSet``.
  public var meanLength: Int { rows.meanLength }
  /// See ``SampleSet``.
  public func with(_ targets: RowTargets) -> PaddedRows { PaddedRows(rows.with(targets), padding: padding) }

  /// Rows of similar length are batched together.
  public func trainingBatches(_ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams) -> any BatchSource<Batch<TokenBatch>> {
    TextRowBatches(self, rows, plan, random: random, poolsByLength: true)
  }

  /// Longest first.
  public func evaluationBatches(size: Int) -> any FiniteBatches<Batch<TokenBatch>> { TextRowPieces(self, rows, size: size) }
}

/// Texts in batches without padding, concatenated.
public struct BagRows: SampleSet {
  /// The texts.
  public let rows: TextRows

  /// Bags of the ids of `rows`.
  public init(_ rows: TextRows) { self.rows = rows }

  /// See ``SampleSet``.
  public var targets: RowTargets { rows.targets }
  /// See ``SampleSet``.
  public var meanLength: Int { rows.meanLength }
  /// See ``SampleSet``.
  public func with(_ targets: RowTargets) -> BagRows { BagRows(rows.with(targets)) }

  /// Shuffled.
  public func trainingBatches(_ plan: BatchPlan, _ order: TrainingOrder, random: RandomStreams) -> any BatchSource<Batch<TokenBags>> {
    TextRowBatches(self, rows, plan, random: random, poolsByLength: false)
  }

  /// Longest first.
  public func evaluationBatches(size: Int) -> any FiniteBatches<Batch<TokenBags>> { TextRowPieces(self, rows, size: size) }
}

/// The layout of text rows in a batch.
protocol TextLayout<Inputs>: Sendable {
  associatedtype Inputs
  /// The inputs of a batch of at most `rows` rows, before it has any.
  func memory(rows: Int) -> Inputs
  /// Copies the ids of the rows at `places` into a batch.
  func gather(_ places: ArraySlice<Int>, to batch: Batch<Inputs>)
}

extension PaddedRows: TextLayout {
  func memory(rows: Int) -> TokenBatch { TokenBatch(ids: [], rows: 0, length: 0) }

  func gather(_ places: ArraySlice<Int>, to batch: Batch<TokenBatch>) {
    // A model needs at least one position.
    let longest = places.reduce(1) { max($0, rows.length($1)) }
    batch.reshape(rows: places.count, length: longest)
    batch.inputs.lengths = places.map { Int32(rows.length($0)) }
    batch.inputs.ids.withUnsafeMutableBufferPointer { target in
      rows.ids.withUnsafeBufferPointer { ids in
        for (row, place) in places.enumerated() {
          let (start, count) = (rows.starts[place], rows.length(place))
          for i in 0..<count { target[row * longest + i] = ids[start + i] }
          for i in count..<longest { target[row * longest + i] = padding }
        }
      }
    }
  }
}

extension BagRows: TextLayout {
  func memory(rows: Int) -> TokenBags { TokenBags() }

  func gather(_ places: ArraySlice<Int>, to batch: Batch<TokenBags>) { rows.gather(places, to: &batch.inputs) }
}
