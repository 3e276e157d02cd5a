import TemperCore
import TemperFiles

/// Packs the fields of a block of rows, column by column.
struct ColumnPacker {
  private let rows: Int
  private let style: NumberStyle
  /// The data of all columns packed so far, to be copied into the block's own memory.
  private(set) var data: [UInt8] = []
  /// The columns packed so far, which point to offsets in `data`.
  private(set) var columns: [(column: PackedColumn, data: Int, texts: Int)] = []
  private var wholes: [Int]
  private var doubles: [Double] = []

  /// Creates a packer for blocks of at most `rows` rows, with numbers in `style`.
  init(rows: Int, style: NumberStyle = .plain) {
    (self.rows, self.style) = (rows, style)
    wholes = Array(repeating: 0, count: rows)
  }

  /// Packs the next column; `field` passes the field of each row to its argument.
  @inline(__always)
  mutating func pack(local: Int, rows: Int, _ withField: (Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void) {
    var column = PackedColumn()
    column.local = Int32(local)
    var texts = 0
    let start: Int
    // Texts must be reproduced exactly: only integers look the same in every style.
    if let (form, base, width, scale) = packedDecimals(rows, withField), scale == 0 || style.decimal == UInt8(ascii: ".") {
      (column.form, column.base, column.width, column.scale) = (form, base, UInt8(width), UInt8(scale))
      start = data.count
      appendCodes(rows, base: base, width: width)
    } else if readDoubles(rows, withField) {
      column.form = .doubles
      start = align(8)
      doubles.withUnsafeBytes { data += $0 }
    } else {
      (column.form, column.base) = (.texts, style.code)
      start = align(4)
      texts = start + 4 * rows
      data += repeatElement(0, count: 4 * rows)
      for row in 0..<rows {
        withField(row) { data += $0 }
        let end = UInt32(data.count - texts)
        data.withUnsafeMutableBytes { $0.storeBytes(of: end, toByteOffset: start + 4 * row, as: UInt32.self) }
      }
    }
    columns.append((column, start, texts))
  }

  /// Removes all columns.
  mutating func removeAll() {
    data.removeAll(keepingCapacity: true)
    columns.removeAll(keepingCapacity: true)
  }

  /// Available memory is checked once per this many blocks.
  private static let blocksPerCheck = 16
  private var blocks = 0

  /// Moves the columns into memory of their own, which the owner of the reading frees; fails if memory is short.
  mutating func move(to reading: inout BlockReading, of file: FileBytes) {
    if blocks % Self.blocksPerCheck == 0 {
      let (next, left) = (2 * Self.blocksPerCheck * data.count, MemoryLimit.available())
      if next > left { return reading.lose(FileBytes.noMemory(file.name, "read", next, left)) }
    }
    blocks += 1
    (reading.memory, reading.columns) = moved()
  }

  private func moved() -> (memory: UnsafeMutableRawBufferPointer, columns: [PackedColumn]) {
    // A code is loaded with the three bytes after it.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count + 4, alignment: 8)
    let base = UnsafeRawPointer(memory.baseAddress!)
    data.withUnsafeBytes { memory.copyMemory(from: $0) }
    let columns = columns.map { column, data, texts in
      var column = column
      column.data = base + data
      column.texts = (base + texts).assumingMemoryBound(to: UInt8.self)
      return column
    }
    return (memory, columns)
  }

  /// Reads the column into `wholes`, if all non-empty fields are decimal fractions with the same number of digits after the point, and
  /// their range fits 4 bytes. An empty column is blank.
  @inline(__always)
  private mutating func packedDecimals(
    _ rows: Int, _ withField: (Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void
  ) -> (PackedColumn.Form, base: Int, width: Int, scale: Int)? {
    var (least, greatest, scale) = (Int.max, Int.min, -1)
    var isDecimal = true
    wholes.withUnsafeMutableBufferPointer { wholes in
      var row = 0
      while row < rows, isDecimal {
        withField(row) { bytes in
          if bytes.isEmpty {
            wholes[row] = Int.min
          } else if let (whole, digits) = Decimal.read(bytes), digits == scale || scale < 0 {
            scale = digits
            (least, greatest) = (min(least, whole), max(greatest, whole))
            wholes[row] = whole
          } else {
            isDecimal = false
          }
        }
        row += 1
      }
    }
    guard isDecimal else { return nil }
    if scale < 0 { return (.blank, 0, 0, 0) }
    let most = greatest - least + 1
    guard most < 1 << 32 else { return nil }
    return (.decimals, least - 1, most < 1 << 8 ? 1 : most < 1 << 16 ? 2 : most < 1 << 24 ? 3 : 4, scale)
  }

  private mutating func appendCodes(_ rows: Int, base: Int, width: Int) {
    guard width > 0 else { return }
    let start = data.count
    // Four bytes are written per code; excess bytes are overwritten by the next.
    data += repeatElement(0, count: rows * width + 4)
    data.withUnsafeMutableBytes { data in
      wholes.withUnsafeBufferPointer { wholes in
        guard var next = data.baseAddress.map({ $0 + start }) else { return }
        for row in 0..<rows {
          let whole = wholes[row]
          let code = whole == Int.min ? 0 : UInt32(truncatingIfNeeded: whole &- base)
          next.storeBytes(of: code.littleEndian, as: UInt32.self)
          next += width
        }
      }
    }
    data.removeLast(4)
  }

  /// Reads the column into `doubles`; returns false if a field is neither blank nor a number within the range of 32 bits.
  @inline(__always)
  private mutating func readDoubles(_ rows: Int, _ withField: (Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void) -> Bool {
    doubles.removeAll(keepingCapacity: true)
    var isNumeric = true
    var row = 0
    while row < rows, isNumeric {
      withField(row) { bytes in
        if let value = style.double(bytes), Float(value).isFinite {
          doubles.append(value)
        } else if Table.isBlank(bytes) {
          doubles.append(.nan)
        } else {
          isNumeric = false
        }
      }
      row += 1
    }
    return isNumeric
  }

  private mutating func align(_ size: Int) -> Int {
    while data.count % size != 0 { data.append(0) }
    return data.count
  }
}
