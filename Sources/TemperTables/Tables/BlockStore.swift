import TemperCore
import TemperFiles

/// Consecutive rows of a table from one file.
struct TableBlock {
  /// The number of the first row in the table.
  var firstRow = 0
  var rows: Int
  /// Which of the table's files the rows come from.
  var source = 0
  /// The number of the first row within its file.
  var firstInFile = 0
  /// The offset and line of the first row in the file.
  var start = 0
  var line = 0
  /// The offsets of some rows, as recorded by ``BlockCutter``; nil for arrays.
  var anchors: UnsafePointer<UInt32>?
  /// The memory that the columns point into, freed with the block.
  var memory: UnsafeMutableRawBufferPointer?
}

/// The blocks of a table and their packed columns.
final class BlockStore: @unchecked Sendable {
  let count: Int
  private let width: Int
  private let blocks: UnsafeMutableBufferPointer<TableBlock>
  /// `width` columns per block, block by block.
  private let columns: UnsafeMutableBufferPointer<PackedColumn>
  /// The block that contains the first of every `guideStep` rows.
  private let guide: UnsafeMutableBufferPointer<Int32>
  private static let guideShift = 12

  /// Takes ownership of `blocks`, in row order, each with its columns in table order.
  init(_ parts: [(block: TableBlock, columns: [PackedColumn])], width: Int) {
    self.width = width
    blocks = .allocate(capacity: parts.count)
    columns = .allocate(capacity: max(1, parts.count * width))
    var row = 0
    for (number, part) in parts.enumerated() {
      var block = part.block
      block.firstRow = row
      (blocks.baseAddress! + number).initialize(to: block)
      for column in 0..<width { (columns.baseAddress! + number * width + column).initialize(to: part.columns[column]) }
      row += block.rows
    }
    count = row
    guide = .allocate(capacity: row >> Self.guideShift + 1)
    var block = 0
    for step in guide.indices {
      while block + 1 < parts.count, blocks[block + 1].firstRow <= step << Self.guideShift { block += 1 }
      (guide.baseAddress! + step).initialize(to: Int32(block))
    }
  }

  deinit {
    for block in blocks {
      block.memory?.deallocate()
      block.anchors?.deallocate()
    }
    blocks.deallocate()
    columns.deallocate()
    guide.deallocate()
  }

  /// The number of bytes that the blocks own.
  var bytes: Int { blocks.reduce(0) { $0 + ($1.memory?.count ?? 0) } }

  /// The index of the block that contains row `row`.
  @inline(__always)
  func blockNumber(_ row: Int) -> Int {
    require(row >= 0 && row < count, "a row that the table does not have")
    var low = Int(guide[row >> Self.guideShift])
    // Blocks are about as large as the guide's steps, but there may be many small files.
    if low + 1 == blocks.count || blocks[low + 1].firstRow > row { return low }
    let step = row >> Self.guideShift + 1
    var high = step < guide.count ? Int(guide[step]) : blocks.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if blocks[middle].firstRow <= row { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The packed column that contains field (`row`, `column`), and the row's index in it.
  @inline(__always)
  func packed(_ row: Int, _ column: Int) -> (PackedColumn, row: Int) {
    let block = blockNumber(row)
    return (columns[block * width + column], row - blocks[block].firstRow)
  }

  /// The packed column that contains field (`row`, `column`), and its range of table rows.
  func stretch(_ row: Int, _ column: Int) -> (PackedColumn, rows: Range<Int>) {
    let block = blockNumber(row)
    return (columns[block * width + column], blocks[block].firstRow..<blocks[block].firstRow + blocks[block].rows)
  }

  /// The block that contains row `row`, and the row's index in it.
  func block(_ row: Int) -> (TableBlock, row: Int) {
    let block = blocks[blockNumber(row)]
    return (block, row - block.firstRow)
  }

  /// The first row of the block that contains row `row`, if the block owns memory; else `row` itself.
  func releasableStart(_ row: Int) -> Int {
    if row == count { return row }
    let block = blocks[blockNumber(row)]
    return block.memory == nil ? row : block.firstRow
  }

  /// Returns the memory of the blocks that begin in `rows` to the system. Their fields may not be accessed afterwards.
  func release(_ rows: Range<Int>) {
    if rows.isEmpty { return }
    for block in blocks[blockNumber(rows.lowerBound)...blockNumber(rows.upperBound - 1)] where rows.contains(block.firstRow) {
      block.memory.map { MemoryPages.release(UnsafeRawBufferPointer($0)) }
    }
  }
}
