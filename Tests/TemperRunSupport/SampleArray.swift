/// NPY files, written byte by byte.
public enum SampleArray {
  /// An array of version 1 of the format, whose header says `descr` and `shape`, as Python writes it, and holds `data`.
  public static func npy(_ descr: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
    var header = "{'descr': \(descr), 'fortran_order': False, 'shape': \(shape), }"
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + data
  }

  /// 32-bit floats in rows of `width`, or along one axis.
  public static func floats(_ values: [Float], width: Int? = nil) -> [UInt8] {
    let shape = width.map { "(\(values.count / $0), \($0))" } ?? "(\(values.count),)"
    return npy("'<f4'", shape, values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
  }

  /// Bytes along one axis.
  public static func bytes(_ values: [UInt8]) -> [UInt8] { npy("'|u1'", "(\(values.count),)", values) }
}
