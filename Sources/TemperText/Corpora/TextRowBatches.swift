import TemperCore
import TemperData

/// Batches with each text once per epoch.
///
/// With padding, texts of similar length are batched together: they are shuffled, sorted by length within pools of many batches, split, and
/// the batches shuffled. The order of epoch e depends only on the seed and e.
struct TextRowBatches<Layout: TextLayout>: BatchSource {
  /// How many batches a pool has.
  private static var batchesPerPool: Int { 64 }
  private let layout: Layout
  private let rows: TextRows
  private let plan: BatchPlan
  private let random: RandomStreams
  private let poolsByLength: Bool
  private var order: [Int]
  private var batchOrder: [Int]
  private var epoch: Int?

  /// Batches of `rows`, at least one, split by `plan`; uses the streams `shuffle` and `batches` of `random`.
  init(_ layout: Layout, _ rows: TextRows, _ plan: BatchPlan, random: RandomStreams, poolsByLength: Bool) {
    require(rows.count > 0 && plan.rows == rows.count, "TextRowBatches: a plan for \(plan.rows) of \(rows.count) rows")
    (self.layout, self.rows, self.plan, self.random, self.poolsByLength) = (layout, rows, plan, random, poolsByLength)
    order = Array(0..<rows.count)
    batchOrder = Array(0..<plan.batches)
  }

  var batchesPerBlock: Int { TokenBatch.batchesPerBlock(tokens: plan.batchSize * rows.ids.count / max(1, rows.count)) }

  func makeBatch() -> Batch<Layout.Inputs> {
    Batch(inputs: layout.memory(rows: plan.largest), values: rows.targets.memory(rows: plan.largest))
  }

  mutating func fill(_ batch: Batch<Layout.Inputs>, index: Int) {
    let (epoch, place) = index.quotientAndRemainder(dividingBy: plan.batches)
    if self.epoch != epoch { begin(epoch) }
    let places = order[plan.range(batchOrder[place])]
    layout.gather(places, to: batch)
    rows.targets.gather(places, to: batch)
  }

  private mutating func begin(_ epoch: Int) {
    self.epoch = epoch
    for index in order.indices { order[index] = index }
    var sequence = random.sequence("shuffle", epoch)
    sequence.shuffle(&order)
    guard poolsByLength else { return }
    let (pool, rows) = (Self.batchesPerPool * plan.batchSize, rows)
    for first in stride(from: 0, to: order.count, by: pool) {
      order[first..<min(first + pool, order.count)].sort { (rows.length($0), $0) < (rows.length($1), $1) }
    }
    for index in batchOrder.indices { batchOrder[index] = index }
    var batches = random.sequence("batches", epoch)
    batches.shuffle(&batchOrder)
  }
}

/// All texts in batches, longest first, to minimise padding and so that the memory of the first is enough for all.
struct TextRowPieces<Layout: TextLayout>: FiniteBatches {
  private let layout: Layout
  private let rows: TextRows
  private let size: Int
  /// The positions of the rows, in batch order.
  private let order: [Int]

  /// Batches of up to `size` rows of `rows`.
  init(_ layout: Layout, _ rows: TextRows, size: Int) {
    (self.layout, self.rows, self.size) = (layout, rows, max(1, size))
    order = (0..<rows.count).sorted { (-rows.length($0), $0) < (-rows.length($1), $1) }
  }

  var count: Int { (rows.count + size - 1) / size }

  func places(_ index: Int) -> [Int] { Array(slice(index)) }

  func makeBatch() -> Batch<Layout.Inputs> {
    let most = min(size, rows.count)
    return Batch(inputs: layout.memory(rows: most), values: rows.targets.memory(rows: most))
  }

  func fill(_ batch: Batch<Layout.Inputs>, index: Int) {
    let places = slice(index)
    layout.gather(places, to: batch)
    rows.targets.gather(places, to: batch)
  }

  private func slice(_ index: Int) -> ArraySlice<Int> { order[index * size..<min((index + 1) * size, rows.count)] }
}
