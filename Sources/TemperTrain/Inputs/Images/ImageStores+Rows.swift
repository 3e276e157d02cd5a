import TemperCore
import TemperData
import TemperImages
import TemperJSON
import TemperTables

extension IDXImages: RowStore {
  /// See ``RowStore``.
  public func place(ofRow row: Int) -> Place { place(ofImage: row) }

  /// See ``RowStore``.
  public func discard(_ rows: Range<Int>) throws(Diagnostics) { try release(rows) }
}

extension NPYImages: RowStore {
  /// See ``RowStore``.
  public func place(ofRow row: Int) -> Place { place(ofImage: row) }
}

extension ImageList: RowStore {
  /// See ``RowStore``: a row for each image.
  public var columns: Table? { table }

  /// See ``RowStore``.
  public var namingColumns: [String] { [pathColumn] }

  /// See ``RowStore``.
  public func rows(before mistakes: Diagnostics) -> Int { row(of: mistakes) ?? table.rows(before: mistakes) }
}

extension LabelledImages: RowStore {
  /// The images without their classes.
  var rowStore: any RowStore {
    guard let store = images as? any RowStore else { fail("a kind of images has no rows") }
    return store
  }

  /// See ``RowStore``: that of the images.
  public var columns: Table? { rowStore.columns }
  /// See ``RowStore``: those of the images.
  public var namingColumns: [String] { rowStore.namingColumns }
}
