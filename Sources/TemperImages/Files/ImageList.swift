import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// The files of images that a folder or a list names: a folder in which each class has a folder of its own, or a table with a column of paths.
public struct ImageList: Sendable {
  /// A row for each image, with its path as it was found in the column ``pathColumn``.
  public let table: Table
  /// The name of the column of paths.
  public let pathColumn: String
  /// The path of each file.
  let paths: [String]
  /// The class of each image; nil where the list does not say.
  let labels: [String]?
  /// The folder or list, as it was named.
  let name: String
  /// The column of classes of a list.
  private let labelColumn: String?
  /// Files of a folder that are no images by their names.
  let others: Int

  /// What the table of a folder's images has.
  private static let (folderPath, folderLabel) = ("path", "label")
  static let endings = [".png", ".jpg", ".jpeg"]

  /// The number of images.
  public var count: Int { paths.count }

  /// Whether `path` is one image by its name.
  static func isImage(_ path: String) -> Bool {
    let name = path.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  /// Reads which images `path` names: those of a folder and the folders in it, sorted by path; those of a list, a table with a column `pathColumn` of
  /// paths, relative to its folder; or one image. With `labelColumn`, each has a class: of a list the column of this name, of a folder the name of the
  /// folder in it that the image is in.
  ///
  /// Throws `E0306` for a folder without images, `E0211` for a list without the columns, `E0219` for images without a class, and the errors of tables.
  public init(_ path: String, pathColumn: String, labelColumn: String?) throws(Diagnostics) {
    if Files.isFolder(path) {
      try self.init(folder: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path, isLabelled: labelColumn != nil)
    } else if Self.isImage(path) {
      if labelColumn != nil {
        throw Diagnostics(
          .unusableLabels, at: .wholeFile(path: path), "one image has no label. Name a folder with a folder for each class.")
      }
      self.init(name: path, try Self.table(path, [path], nil), Self.folderPath, [path], labels: nil, nil)
    } else {
      try self.init(list: path, pathColumn, labelColumn)
    }
  }

  private init(
    name: String, _ table: Table, _ pathColumn: String, _ paths: [String], labels: [String]?, _ labelColumn: String?, others: Int = 0
  ) {
    (self.name, self.table, self.pathColumn, self.paths) = (name, table, pathColumn, paths)
    (self.labels, self.labelColumn, self.others) = (labels, labelColumn, others)
  }

  private init(list path: String, _ pathColumn: String, _ labelColumn: String?) throws(Diagnostics) {
    let table = try Table(path: path)
    let folder = path == "-" ? "." : Paths.folder(of: path)
    let paths = try table.column(pathColumn, of: path).map { Paths.absolute($0, in: folder) }
    let labels = try labelColumn.map { name throws(Diagnostics) in try table.column(name, of: path) }
    self.init(name: path, table, pathColumn, paths, labels: labels, labelColumn)
    if let labels, let row = labels.firstIndex(of: "") {
      throw Diagnostics(.unusableLabels, at: place(ofRow: row), "this image has no label. Write one, or remove it from the list.")
    }
  }

  private init(folder: String, isLabelled: Bool) throws(Diagnostics) {
    let all = Files.names(below: folder)
    let found = all.filter(Self.isImage)
    guard !found.isEmpty else {
      throw Diagnostics(
        .folderWithoutImages, at: .wholeFile(path: folder),
        "no file in this folder, or its subfolders, ends in \(Self.endings.joined(separator: ", ")). Check the path.")
    }
    var findings = Findings()
    for path in found where isLabelled && !path.contains("/") {
      findings.add(
        .unusableLabels, at: .wholeFile(path: folder + "/" + path),
        "this image is in no folder of a class. Move it to one, or write a list: a CSV file with the columns path and label.")
    }
    try findings.check()
    let classes = isLabelled ? found.map { String($0.prefix { $0 != "/" }) } : nil
    self.init(
      name: folder, try Self.table(folder, found, classes), Self.folderPath, found.map { folder + "/" + $0 }, labels: classes, nil,
      others: all.count - found.count)
  }

  /// The table of images that `name` stands for.
  private static func table(_ name: String, _ paths: [String], _ labels: [String]?) throws(Diagnostics) -> Table {
    var text = folderPath + (labels == nil ? "" : "," + folderLabel) + "\n"
    for (row, path) in paths.enumerated() {
      text += PredictionWriter.csv(path) + (labels.map { "," + PredictionWriter.csv($0[row]) } ?? "") + "\n"
    }
    // Neither the name of the folder nor blanks in those of files mean anything.
    var options = TableOptions(format: .csv, delimiter: Delimiter(","))
    options.trimsBlanks = false
    return try Table(FileBytes(name: name, bytes: Array(text.utf8)), options: options)
  }

  /// The image that the first of `mistakes` is about; nil where it is about none.
  public func row(of mistakes: Diagnostics) -> Int? {
    guard case .wholeFile(let path)? = mistakes.list.first?.place else { return nil }
    return paths.firstIndex(of: path)
  }

  /// The place of row `row`: the line of a list, else the image.
  public func place(ofRow row: Int) -> Place {
    labelColumn.flatMap { table.column($0) }.map { table.place(row: row, column: $0) } ?? place(ofImage: row)
  }
}

extension ImageList: ImageStore {
  /// See ``ImageStore``.
  public func place(ofImage row: Int) -> Place { .wholeFile(path: paths[row]) }

  /// See ``ImageStore``.
  public func bytes(_ rows: [Int], _ fit: ImageFit, budget: Int) throws(Diagnostics) -> (bytes: any ByteStore, rows: [Int]) {
    (try DecodedImages(rows.map { paths[$0] }, fit, budget: budget), Array(rows.indices))
  }
}

extension Table {
  /// The texts of the column `name`. Throws `E0211` where there is none.
  fileprivate func column(_ name: String, of path: String) throws(Diagnostics) -> [String] {
    guard let number = column(name) else {
      throw Diagnostics(
        .unknownColumn, at: headerPlace(column: 0),
        "this list of images has no column \(quoted(name)), only \(listed(header)). Rename one, or set data.image and data.label.")
    }
    return (0..<count).map { text(row: $0, column: number) }
  }
}
