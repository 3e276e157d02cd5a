import TemperCore
import TemperFiles
import TemperJSON

extension Diagnostic.Code {
  /// A file that is not in the NPY format.
  public static let notNPY = Diagnostic.Code("E0265", "a file is not in the NPY format")
  /// An array of elements that are not real numbers.
  public static let arrayType = Diagnostic.Code("E0266", "an array has an unsupported element type")
  /// An array of another shape than expected, or features and labels that do not match.
  public static let arrayShape = Diagnostic.Code("E0267", "an array has the wrong shape")
  /// An array with more or fewer bytes than its header says.
  public static let arraySize = Diagnostic.Code("E0268", "an array does not have the size given in its header")
  /// An image file instead of labelled rows.
  public static let notATableOfRows = Diagnostic.Code("E0229", "expected a table, found a file of images")
  /// An archive that is damaged or lacks an array.
  public static let badArchive = Diagnostic.Code("E0269", "an archive of arrays is damaged or has no such array")
}

/// A numeric array in an NPY file, or in a member of an NPZ archive.
struct NPYArray: Sendable {
  /// The path as given: of a file, or of an archive followed by a slash and the name of an array in it.
  let name: String
  /// The file, for hashing.
  let file: FileBytes
  let shape: [Int]
  let element: ElementType
  private let isFortran: Bool
  private let start: Int
  /// The decompressed member of an archive; nil for an NPY file.
  private let member: StableBytes?

  /// Reads the array at `path`: `x.npy`, `x.npy.gz`, `all.npz/x`, or `all.npz` if it has one array. Throws `E0265` to `E0269`.
  init(reading path: String) throws(Diagnostics) {
    let place = Place.wholeFile(path: path)
    let (archive, key) = Self.parts(path)
    file = try FileBytes(reading: archive)
    name = path
    member = archive.lowercased().hasSuffix(".npz") ? try Self.member(key, of: file, place) : nil
    let header: NPYHeader
    do throws(NPYHeader.Problem) {
      header =
        if let member { try NPYHeader(member.buffer) } else {
          try file.withBytes { bytes throws(NPYHeader.Problem) in try NPYHeader(bytes) }
        }
    } catch {
      let code: Diagnostic.Code =
        switch error.kind {
        case .format: .notNPY
        case .type: .arrayType
        case .size: .arraySize
        }
      throw Diagnostics(code, at: place, error.message)
    }
    (shape, element, isFortran, start) = (header.shape, header.element, header.isFortran, header.start)
    try file.checkUncut()
    guard !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) else {
      throw Diagnostics(
        .arrayShape, at: place, "its shape is \(NPYHeader.text(shape)), but the first axis, the rows, must not be empty.")
    }
  }

  /// The number of rows: the length of the first axis.
  var rows: Int { shape[0] }
  /// The number of elements per row: all other axes, flattened.
  var width: Int { shape[1...].reduce(1, *) }

  /// The columns of the array, with the last axis changing fastest, numbered from `first`.
  func columns(from first: Int) -> [PackedColumn] {
    func columns(_ base: UnsafeRawPointer) -> [PackedColumn] {
      (0..<width).map { column in
        var packed = PackedColumn()
        (packed.form, packed.element, packed.local) = (.elements, element, Int32(first + column))
        packed.base = isFortran ? element.size : width * element.size
        packed.data = base + (isFortran ? fortranPlace(column) * rows : column) * element.size
        return packed
      }
    }
    if let member { return columns(UnsafeRawPointer(member.buffer.baseAddress!) + start) }
    return file.withBytes { columns(UnsafeRawPointer($0.baseAddress!) + start) }
  }

  /// Calls `body` with the elements in the order of the file.
  fileprivate func withElements<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let member { return withExtendedLifetime(member) { body(UnsafeBufferPointer(rebasing: member.buffer[start...])) } }
    return file.withBytes { body(UnsafeBufferPointer(rebasing: $0[start...])) }
  }

  /// Whether the first axis changes fastest.
  fileprivate var isTransposed: Bool { isFortran && shape.count > 1 }

  /// The index of a flattened column among the other axes in Fortran order, in which the first of these changes fastest.
  private func fortranPlace(_ column: Int) -> Int {
    var (rest, place) = (column, 0)
    var stride = width
    for length in shape[1...].reversed() {
      stride /= length
      place += rest % length * stride
      rest /= length
    }
    return place
  }

  /// Splits `all.npz/x` into archive and name; other paths have no name.
  private static func parts(_ path: String) -> (archive: String, key: String?) {
    guard let end = path.lowercased().utf8.indices.first(where: { path.lowercased().utf8[$0...].starts(with: ".npz/".utf8) }) else {
      return (path, nil)
    }
    let offset = path.lowercased().utf8.distance(from: path.lowercased().startIndex, to: end)
    let (archive, key) = (path.utf8.prefix(offset + 4), path.utf8.dropFirst(offset + 5))
    return (String(decoding: archive, as: UTF8.self), String(decoding: key, as: UTF8.self))
  }

  private static func member(_ key: String?, of file: FileBytes, _ place: Place) throws(Diagnostics) -> StableBytes {
    do throws(ZipArchive.Problem) {
      return try file.withBytes { (bytes) throws(ZipArchive.Problem) in
        let archive = try ZipArchive(bytes)
        let arrays = archive.members.filter { $0.name.hasSuffix(".npy") }
        let found = key.map { key in arrays.first { $0.name == key + ".npy" } } ?? (arrays.count == 1 ? arrays[0] : nil)
        guard let found else {
          let names = arrays.map { String($0.name.dropLast(4)) }
          let what = key.map { "it has no array \(quoted($0))" } ?? "it has \(counted(names.count, "array"))"
          throw ZipArchive.Problem(
            message:
              "\(what); its arrays are \(listed(names)). Append the name of one to the path: \(file.name)/\(names.first ?? "x")")
        }
        return try ZipArchive.content(found, of: bytes)
      }
    } catch {
      throw Diagnostics(error.isMemory ? .tooMuchMemory : .badArchive, at: place, "\(error.message).")
    }
  }
}

/// An array of unsigned bytes, row-major, in an NPY file or in a member of an NPZ archive.
package struct NPYBytes: Sendable {
  private let array: NPYArray

  /// Reads the array at `path`; see ``Table/init(features:labels:)``. Throws `E0265` to `E0269`, `E0266` for other elements.
  package init(reading path: String) throws(Diagnostics) {
    array = try NPYArray(reading: path)
    guard array.element.kind == .uint8, !array.isTransposed else {
      throw Diagnostics(
        .arrayType, at: .wholeFile(path: path),
        "images must be unsigned bytes from 0 to 255, row by row. Save numpy.ascontiguousarray(x, dtype=numpy.uint8), or use data.type npy for numbers."
      )
    }
  }

  /// The path as given.
  package var name: String { array.name }
  /// The file, for hashing.
  package var file: FileBytes { array.file }
  /// The length of each axis.
  package var shape: [Int] { array.shape }
  /// Calls `body` with all bytes.
  package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result { array.withElements(body) }
}

/// Arrays of features and labels as rows of a table.
struct ArraySource: TableSource {
  let features: NPYArray
  let labels: NPYArray?

  var file: FileBytes { features.file }
  var otherFiles: [FileBytes] {
    guard let labels, labels.file.name != features.file.name else { return [] }
    return [labels.file]
  }

  func field(ofRecordAt offset: Int, column: Int) -> (text: [UInt8], offset: Int)? { nil }
  func record(after offset: Int) -> Int { offset }

  /// The row and column in the source array, counted from 1.
  func place(offset column: Int, line row: Int) -> Place {
    if let labels, column >= features.width { return .file(path: labels.name, line: row, column: column - features.width + 1) }
    return .file(path: features.name, line: row, column: column + 1)
  }

  func headerPlace(column: Int) -> Place {
    .wholeFile(path: column >= features.width ? labels?.name ?? features.name : features.name)
  }
}

extension Table {
  /// The label column in a table of arrays.
  public static let arrayLabel = "label"

  /// Creates a table from the rows of `features`, in columns `x1`, `x2` and so on, and from `labels`, if given, in a column `label`.
  /// NaN is a missing value. Paths are those of NPY files, or of NPZ files followed by a slash and the name of an array in them.
  ///
  /// Throws `E0265` to `E0269` for anything but numeric arrays, and if there is not one label per row.
  public init(features: String, labels: String?) throws(Diagnostics) {
    var findings = Findings()
    let array = findings.gather { () throws(Diagnostics) in try NPYArray(reading: features) }
    let labels = findings.gather { () throws(Diagnostics) in
      try labels.map { path throws(Diagnostics) in
        let labels = try NPYArray(reading: path)
        guard labels.width == 1 else {
          throw Diagnostics(
            .arrayShape, at: .wholeFile(path: path),
            "its shape is \(NPYHeader.text(labels.shape)), but labels must be one per row. Save them as an array of one axis.")
        }
        return labels
      }
    }
    guard findings.list.isEmpty, let array, let labels else { throw Diagnostics(findings.list) }
    if let labels, labels.rows != array.rows {
      throw Diagnostics(
        .arrayShape, at: .wholeFile(path: labels.name),
        "it has \(counted(labels.rows, "label")), but \(features) has \(counted(array.rows, "row")). Check both arrays.")
    }
    let header = (0..<array.width).map { "x\($0 + 1)" } + (labels == nil ? [] : [Self.arrayLabel])
    let columns = array.columns(from: 0) + (labels?.columns(from: array.width) ?? [])
    self.init(
      [
        LoadedFile(source: ArraySource(features: array, labels: labels), columns: header, blocks: [(TableBlock(rows: array.rows), columns)])
      ],
      header: header)
  }

  /// Whether a path names an array, by its extension.
  public static func isArray(_ path: String) -> Bool {
    let name = path.lowercased()
    return name.contains(".npz/") || [".npz", ".npy", ".npy.gz"].contains(where: name.hasSuffix)
  }

  /// Reads the rows named on the command line: an array of features, with `labels` or without, or a table.
  public init(input path: String, labels: String? = nil, options: TableOptions) throws(Diagnostics) {
    if Self.isArray(path) {
      try self.init(features: path, labels: labels)
    } else if let labels {
      throw Diagnostics(
        .columnConflict, at: .wholeFile(path: labels),
        "separate labels are only supported with an array of features; \(path) is a table. Use its label column.")
    } else {
      try Self.checkNoImages(path)
      try self.init(path: path, options: options)
    }
  }

  /// Throws if `path`, which is not named like a table, is an image file.
  private static func checkNoImages(_ path: String) throws(Diagnostics) {
    guard path != "-", TableOptions.Format(forPath: path) == nil, let file = try? FileBytes(reading: path) else { return }
    guard file.withBytes({ $0.count > 4 && $0[0] == 0 && $0[1] == 0 && 0x08...0x0E ~= $0[2] && 1...4 ~= $0[3] }) else { return }
    throw Diagnostics(
      .notATableOfRows, at: .wholeFile(path: path),
      "this is an IDX file, whose labels are in another file: name that with --labels. Or use a table with a "
        + "column for each pixel and one for the label.")
  }
}
