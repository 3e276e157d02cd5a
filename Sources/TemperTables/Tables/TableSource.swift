import TemperFiles
import TemperJSON

/// A file that rows of a table stand in. What the packed columns leave out is looked up here.
protocol TableSource: Sendable {
  var file: FileBytes { get }
  /// Files that were read besides.
  var otherFiles: [FileBytes] { get }

  /// How numbers are written in it.
  var numbers: NumberStyle { get }
  /// What the user should know of how it was read.
  var notes: [String] { get }

  /// The text of field `column` of the record that starts at `offset`, and where it stands; nil where the record has no such field.
  func field(ofRecordAt offset: Int, column: Int) -> (text: [UInt8], offset: Int)?

  /// Where the record that follows the one at `offset` starts.
  func record(after offset: Int) -> Int

  /// Where a byte stands whose line is known, or a field of an array.
  func place(offset: Int, line: Int) -> Place

  /// Where the name of `column` stands.
  func headerPlace(column: Int) -> Place
}

extension TableSource {
  var otherFiles: [FileBytes] { [] }
  var numbers: NumberStyle { .plain }
  var notes: [String] { [] }
}

/// A file that was read: its columns, and its rows in blocks.
struct LoadedFile {
  let source: any TableSource
  let columns: [String]
  var blocks: [(block: TableBlock, columns: [PackedColumn])]

  var rows: Int { blocks.reduce(0) { $0 + $1.block.rows } }

  /// Frees what the blocks own; for a file that is not made part of a table.
  func discard() {
    for (block, _) in blocks {
      block.memory?.deallocate()
      block.anchors?.deallocate()
    }
  }
}
