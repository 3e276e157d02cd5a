import TemperFiles

/// Some rows of a table that follow each other in one file.
struct TableBlock {
  /// The number of the first row in the table.
  var firstRow = 0
  var rows: Int
  /// Which of the table's files the rows are from.
  var source = 0
  /// The row's number in the file of the first row.
  var firstInFile = 0
  /// Where the first row starts in the file, and the line.
  var start = 0
  var line = 0
  /// Where some rows start, as ``BlockCutter`` notes them; nil for arrays.
  var anchors: UnsafePointer<UInt32>?
  /// What the columns point into, freed with the block.
  var memory: UnsafeMutableRawBufferPointer?
}

/// The blocks of a table and their packed columns.
final class BlockStore: @unchecked Sendable {
  let count: Int
  private let width: Int
  private let blocks: UnsafeMutableBufferPointer<TableBlock>
  /// Block by block, `width` a block.
  private let columns: UnsafeMutableBufferPointer<PackedColumn>
  /// The block of the first row of every `guideStep` rows.
  private let guide: UnsafeMutableBufferPointer<Int32>
  private static let guideShift = 12

  /// Takes over `blocks`, in the order of their rows, and for each its columns in the order of the table.
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

  /// What the blocks own.
  var bytes: Int { blocks.reduce(0) { $0 + ($1.memory?.count ?? 0) } }

  /// The number of the block with row `row`.
  @inline(__always)
  func blockNumber(_ row: Int) -> Int {
    precondition(row >= 0 && row < count, "a row that the table does not have")
    var low = Int(guide[row >> Self.guideShift])
    // Blocks are about as large as the guide's steps, but files may be small and many.
    if low + 1 == blocks.count || blocks[low + 1].firstRow > row { return low }
    let step = row >> Self.guideShift + 1
    var high = step < guide.count ? Int(guide[step]) : blocks.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if blocks[middle].firstRow <= row { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The packed column with field (`row`, `column`), and the row's place in it.
  @inline(__always)
  func packed(_ row: Int, _ column: Int) -> (PackedColumn, row: Int) {
    let block = blockNumber(row)
    return (columns[block * width + column], row - blocks[block].firstRow)
  }

  /// The packed column with field (`row`, `column`), and the table's rows in it.
  func stretch(_ row: Int, _ column: Int) -> (PackedColumn, rows: Range<Int>) {
    let block = blockNumber(row)
    return (columns[block * width + column], blocks[block].firstRow..<blocks[block].firstRow + blocks[block].rows)
  }

  /// The block with row `row`, and the row's place in it.
  func block(_ row: Int) -> (TableBlock, row: Int) {
    let block = blocks[blockNumber(row)]
    return (block, row - block.firstRow)
  }

  /// The first row of the block with row `row`, if the block has memory of its own; else `row` itself.
  func releasableStart(_ row: Int) -> Int {
    if row == count { return row }
    let block = blocks[blockNumber(row)]
    return block.memory == nil ? row : block.firstRow
  }

  /// Gives the memory of the blocks that begin in `rows` back to the system. Their fields must not be asked for any more.
  func release(_ rows: Range<Int>) {
    if rows.isEmpty { return }
    for block in blocks[blockNumber(rows.lowerBound)...blockNumber(rows.upperBound - 1)] where rows.contains(block.firstRow) {
      block.memory.map { MemoryPages.release(UnsafeRawBufferPointer($0)) }
    }
  }
}
