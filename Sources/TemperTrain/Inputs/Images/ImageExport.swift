import TemperFiles
import TemperImages
import TemperJSON
import TemperTables

/// Writes the rows of a table as image files, one folder a class.
public struct ImageExport {
  /// The height of an image.
  public var height: Int
  /// The width of an image.
  public var width: Int
  /// The value of a white pixel.
  public var white: Double
  /// The format of the files.
  public var format: ImageFormat

  /// Images of `height` x `width` pixels from 0 to `white`.
  public init(height: Int, width: Int, white: Double = 255, format: ImageFormat = .png) {
    (self.height, self.width, self.white, self.format) = (height, width, white, format)
  }

  /// Writes an image for each row of the table at `path` to `folder`, in the folder of its class in the column `label`, and returns their number. The pixels
  /// are all other columns that have numbers, in order: one a place for grey; for colours all of red, then green, then blue.
  ///
  /// Throws `E0401` where the folder has files already, `E0211` for a table without the label, `E0267` for another number of columns, and the errors of
  /// tables.
  public func write(_ path: String, label: String, to folder: String) throws(Diagnostics) -> Int {
    let table = try Table(path: path)
    guard let classes = table.column(label) else {
      throw Diagnostics(
        .unknownColumn, at: table.headerPlace(column: 0), "no column \(quoted(label)); found \(listed(table.header)). Set --label.")
    }
    let columns = table.header.indices.filter { $0 != classes && table.number(row: 0, column: $0) != nil }
    let channels = columns.count == 3 * height * width ? 3 : 1
    guard columns.count == channels * height * width else {
      throw Diagnostics(
        .arrayShape, at: table.headerPlace(column: 0),
        "\(columns.count) columns of numbers besides the label, but images of \(height) x \(width) pixels have \(height * width), or three times as many. "
          + "Correct --height and --width.")
    }
    guard Files.names(in: folder).isEmpty else {
      throw Diagnostics(.cannotWrite, at: .wholeFile(path: folder), "the folder has files already. Name another one.")
    }
    let digits = String(table.count).utf8.count
    for row in 0..<table.count {
      var pixels = Array(repeating: UInt8(0), count: columns.count)
      for (index, column) in columns.enumerated() {
        let value = (table.number(row: row, column: column) ?? 0) / white * 255
        let (channel, place) = index.quotientAndRemainder(dividingBy: height * width)
        pixels[place * channels + channel] = UInt8(max(0, min(255, value.rounded())))
      }
      let name = table.text(row: row, column: classes)
      guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
        throw Diagnostics(
          .unusableLabels, at: table.place(row: row, column: classes), "\(quoted(name)) cannot be the name of a folder. Rename the class.")
      }
      try Files.makeFolder(folder + "/" + name)
      let number = String(row + 1)
      let file = String(repeating: "0", count: digits - number.utf8.count) + number + format.ending
      try Files.write(format.encoded(pixels, width: width, height: height), to: folder + "/" + name + "/" + file, waitsForDisk: false)
    }
    return table.count
  }
}
