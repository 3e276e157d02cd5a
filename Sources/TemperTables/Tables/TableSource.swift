import TemperFiles
import TemperJSON

/// A file with rows of a table. What packed columns omit is read from here.
protocol TableSource: Sendable {
  var file: FileBytes { get }
  /// Other files that were read.
  var otherFiles: [FileBytes] { get }

  /// Its number style.
  var numbers: NumberStyle { get }
  /// Notes on how it was read.
  var notes: [String] { get }

  /// The text of field `column` in the record that starts at `offset`, and its offset; nil if the record has no such field.
  func field(ofRecordAt offset: Int, column: Int) -> (text: [UInt8], offset: Int)?

  /// The start of the record after the one at `offset`.
  func record(after offset: Int) -> Int

  /// The source position of a byte with a known line, or of a field of an array.
  func place(offset: Int, line: Int) -> Place

  /// The source position of the name of `column`.
  func headerPlace(column: Int) -> Place
}

extension TableSource {
  var otherFiles: [FileBytes] { [] }
  var numbers: NumberStyle { .plain }
  var notes: [String] { [] }
}

/// A loaded file: its columns, and its rows in blocks.
struct LoadedFile {
  let source: any TableSource
  let columns: [String]
  var blocks: [(block: TableBlock, columns: [PackedColumn])]

  var rows: Int { blocks.reduce(0) { $0 + $1.block.rows } }

  /// Frees the memory of the blocks, if the file does not become part of a table.
  func discard() {
    for (block, _) in blocks {
      block.memory?.deallocate()
      block.anchors?.deallocate()
    }
  }
}
