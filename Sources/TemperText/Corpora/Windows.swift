import TemperCore
import TemperData

/// The objective at each position of a window.
public enum WindowObjective: Sendable {
  /// The next token: a window is one token longer than the input.
  case nextToken
  /// The masked tokens.
  case masked(TokenMasking)

  /// The number of tokens of a window beyond the input.
  var lookahead: Int { if case .nextToken = self { 1 } else { 0 } }
}

/// The layout of windows in a token store.
public struct WindowLayout: Sendable {
  /// The number of rows per batch.
  public let rows: Int
  /// The input length.
  public let length: Int
  /// Whether a window may span several documents.
  public let crossesDocuments: Bool
  /// The id that pads windows that are too short, at the end and without a label.
  public let padding: Int32

  /// Windows of `length` positions, `rows` per batch.
  public init(rows: Int, length: Int, crossesDocuments: Bool = true, padding: Int32 = 0) {
    require(rows > 0 && length > 0, "WindowLayout: \(rows) rows of \(length)")
    (self.rows, self.length, self.crossesDocuments, self.padding) = (rows, length, crossesDocuments, padding)
  }
}

/// Random windows for training: each row begins at a position drawn uniformly from all with a whole window after them. A document, or a
/// store, shorter than a window makes one padded window. Batch b depends only on the seed and b.
public struct RandomWindows: BatchSource {
  private let writer: WindowWriter
  private let random: RandomStreams

  /// Windows of `store`, drawn from the stream `windows` of `random`.
  public init(_ store: TokenStore, _ layout: WindowLayout, objective: WindowObjective = .nextToken, random: RandomStreams) {
    let span = layout.length + objective.lookahead
    writer = WindowWriter(store, layout, objective) { max(1, $0 - span + 1) }
    self.random = random
    require(writer.count > 0, "RandomWindows: \(store.count) tokens are too few for a window")
  }

  /// The number of different windows.
  public var count: Int { writer.count }

  /// See ``BatchSource``.
  public var batchesPerBlock: Int { TokenBatch.batchesPerBlock(tokens: writer.layout.rows * writer.layout.length) }

  /// See ``BatchSource``.
  public func makeBatch() -> Batch<TokenBatch> { Batch(inputs: TokenBatch(ids: [], rows: 0, length: 0)) }

  /// See ``BatchSource``.
  public func fill(_ batch: Batch<TokenBatch>, index: Int) {
    let layout = writer.layout
    var sequence = random.sequence("windows", index)
    writer.begin(batch, rows: layout.rows)
    for row in 0..<layout.rows {
      let (stretch, place) = writer.locate(sequence.below(writer.count))
      writer.write(stretch.lowerBound + place, upTo: stretch.upperBound, to: batch, row: row, number: index * layout.rows + row)
    }
    writer.finish(batch)
  }
}

/// Adjacent windows over a whole store, so that every token is predicted exactly once, always in the same order. The last window of a
/// store, or of a document, is padded; the last batch may have fewer rows.
public struct EvaluationWindows: FiniteBatches {
  private let writer: WindowWriter

  /// Windows of `store`.
  public init(_ store: TokenStore, _ layout: WindowLayout, objective: WindowObjective = .nextToken) {
    writer = WindowWriter(store, layout, objective) { ($0 - objective.lookahead + layout.length - 1) / layout.length }
  }

  /// The number of windows.
  public var windows: Int { writer.count }

  /// The number of batches.
  public var count: Int { (writer.count + writer.layout.rows - 1) / writer.layout.rows }

  /// The windows of batch `index`.
  public func places(_ index: Int) -> [Int] { Array(range(index)) }

  private func range(_ index: Int) -> Range<Int> { index * writer.layout.rows..<min((index + 1) * writer.layout.rows, writer.count) }

  /// The number of predicted tokens: all but the first of each range that windows do not cross into.
  public var targets: Int { writer.stretches.reduce(0) { $0 + $1.count - writer.objective.lookahead } }

  /// See ``BatchSource``.
  public func makeBatch() -> Batch<TokenBatch> { Batch(inputs: TokenBatch(ids: [], rows: 0, length: 0)) }

  /// See ``BatchSource``.
  public func fill(_ batch: Batch<TokenBatch>, index: Int) {
    let (layout, windows) = (writer.layout, range(index))
    writer.begin(batch, rows: windows.count)
    for (row, window) in windows.enumerated() {
      let (stretch, place) = writer.locate(window)
      writer.write(stretch.lowerBound + place * layout.length, upTo: stretch.upperBound, to: batch, row: row, number: window)
    }
    writer.finish(batch)
  }
}

extension TokenStore {
  /// Adjacent windows over all tokens; see ``EvaluationWindows``.
  public func evaluationWindows(_ layout: WindowLayout, objective: WindowObjective = .nextToken) -> EvaluationWindows {
    EvaluationWindows(self, layout, objective: objective)
  }
}

/// Writes windows to rows of batches. A stretch is a range whose borders no window crosses; windows are numbered stretch by stretch.
private struct WindowWriter {
  let store: TokenStore
  let layout: WindowLayout
  let objective: WindowObjective
  private(set) var stretches: [Range<Int>] = []
  /// The number of windows before each stretch.
  private var before: [Int] = []
  private(set) var count = 0

  /// `windows` gives the number of windows in a stretch of so many tokens. One without a token to predict has none.
  init(_ store: TokenStore, _ layout: WindowLayout, _ objective: WindowObjective, windows: (Int) -> Int) {
    (self.store, self.layout, self.objective) = (store, layout, objective)
    let starts = layout.crossesDocuments ? [0] : store.documentStarts
    for (index, start) in starts.enumerated() {
      let stretch = start..<(index + 1 < starts.count ? starts[index + 1] : store.count)
      guard stretch.count > objective.lookahead else { continue }
      stretches.append(stretch)
      before.append(count)
      count += windows(stretch.count)
    }
  }

  /// The stretch of window `number`, and its index there.
  func locate(_ number: Int) -> (stretch: Range<Int>, place: Int) {
    var (low, high) = (0, before.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if before[middle] <= number { low = middle } else { high = middle }
    }
    return (stretches[low], number - before[low])
  }

  func begin(_ batch: Batch<TokenBatch>, rows: Int) {
    batch.reshape(rows: rows, length: layout.length)
    batch.labels.resize(to: rows * layout.length)
    batch.rowIDs.resize(to: rows)
    if batch.inputs.lengths == nil { batch.inputs.lengths = [] }
    batch.inputs.lengths?.resize(to: rows)
  }

  /// Writes the window at `start` of a stretch that ends at `end`. `number` is that of the row in the whole run.
  func write(_ start: Int, upTo end: Int, to batch: Batch<TokenBatch>, row: Int, number: Int) {
    let length = layout.length
    let count = min(length, end - start - objective.lookahead)
    batch.rowIDs[row] = Int32(truncatingIfNeeded: number & 0x7FFF_FFFF)
    batch.inputs.lengths?[row] = Int32(count)
    batch.inputs.ids.withUnsafeMutableBufferPointer { ids in
      let ids = ids.baseAddress! + row * length
      store.copy(start..<start + count, to: ids)
      for i in count..<length { ids[i] = layout.padding }
      batch.labels.withUnsafeMutableBufferPointer { labels in
        let labels = labels.baseAddress! + row * length
        switch objective {
        case .nextToken: store.copy(start + 1..<start + 1 + count, to: labels)
        case .masked(let masking): masking.hide(ids, labels: labels, count: count, row: number)
        }
        for i in count..<length { labels[i] = TokenBatch.ignoredLabel }
      }
    }
  }

  func finish(_ batch: Batch<TokenBatch>) {
    guard let lengths = batch.inputs.lengths else { return }
    // Without padding a model can ignore lengths.
    if lengths.allSatisfy({ Int($0) == layout.length }) { batch.inputs.lengths = nil }
  }
}
