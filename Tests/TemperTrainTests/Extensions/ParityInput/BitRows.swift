import TemperData
import TemperFiles
import TemperJSON
import TemperTrain

/// Rows of bits, which are samples as they are.
struct BitRows: SampleStore {
  /// The file that they are from; empty where they were made.
  let path: String
  let bits: [[Bool]]

  var count: Int { bits.count }

  func place(ofRow row: Int) -> Place { path.isEmpty ? .option("data.type") : .wholeFile(path: path) }

  func samples(_ rows: [Int]) -> Dataset {
    Dataset(
      features: rows.flatMap { row in bits[row].map { $0 ? 1 : -1 } }, width: bits.first?.count ?? 0,
      labels: rows.map { row in Int32(bits[row].count { $0 } % 2) }, rowIDs: rows.map { Int32($0) })
  }
}

extension BitRows {
  /// Reads a file with a line of so many `bits` for each row.
  init(reading path: String, bits: Int) throws(Diagnostics) {
    let lines = try FileBytes(reading: path).bytes.split(separator: UInt8(ascii: "\n"))
    if let index = lines.firstIndex(where: { $0.count != bits || !$0.allSatisfy { [0x30, 0x31].contains($0) } }) {
      throw Diagnostics(.notRows, at: .wholeFile(path: path), "line \(index + 1) is not \(bits) digits of 0 and 1")
    }
    self.init(path: path, bits: lines.map { line in line.map { $0 == UInt8(ascii: "1") } })
  }
}
