import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Images of one size in one file, in whose bytes they stay.
public protocol ArrayImages: ImageStore, ByteStore {
  /// Their size and channels.
  var fit: ImageFit { get }
  /// The file.
  var file: FileBytes { get }
  /// The path as given.
  var name: String { get }
}

extension ArrayImages {
  /// See ``ImageStore``.
  public func place(ofImage row: Int) -> Place { .wholeFile(path: name) }

  /// See ``ImageStore``: their size is not changed.
  public func bytes(_ rows: [Int], _ fit: ImageFit, budget: Int) throws(Diagnostics) -> (bytes: any ByteStore, rows: [Int]) {
    let own = self.fit
    guard fit.isGrey == own.isGrey else {
      let (mine, others) = own.isGrey ? ("grey", "colours") : ("colours", "grey")
      throw Diagnostics(
        .imageSize, at: place(ofImage: 0), "images in \(mine), but the model was trained on images in \(others). Use images in \(others).")
    }
    guard own.height == fit.height, own.width == fit.width else {
      throw Diagnostics(
        .imageSize, at: place(ofImage: 0),
        "images of \(own.height) x \(own.width) pixels, but the model was trained on images of \(fit.height) x \(fit.width). "
          + "Use images of the same size.")
    }
    return (self, rows)
  }
}

/// Opens files of images by their names.
public enum ArrayImageFile {
  /// The images in the file at `path`: an NPY array, or one of an NPZ archive, by its name, else an IDX file. Throws what is wrong with it.
  public static func open(_ path: String) throws(Diagnostics) -> any ArrayImages {
    Table.isArray(path) ? try NPYImages(reading: path) : try IDXImages(FileBytes(reading: path))
  }
}

/// A file of images and the file of their labels.
struct ArrayFiles {
  let images: any ArrayImages
  let labelled: LabelledImages
  /// The two files.
  let files: [FileBytes]

  /// Reads both. Throws `E0254` where their numbers differ, and what is wrong with each.
  init(_ paths: ImagesConfig.Files) throws(Diagnostics) {
    var findings = Findings()
    let images = findings.gather { () throws(Diagnostics) in try ArrayImageFile.open(paths.images) }
    let labels = findings.gather { () throws(Diagnostics) in try ArrayLabels(paths.labels) }
    guard let images, let labels else { throw Diagnostics(findings.list) }
    guard images.count == labels.numbers.count else {
      throw Diagnostics(
        .idxCounts, at: .wholeFile(path: paths.labels),
        "it has \(counted(labels.numbers.count, "label")), but \(paths.images) has \(counted(images.count, "image")). Check both paths.")
    }
    let place = Place.wholeFile(path: paths.labels)
    (self.images, files) = (images, [images.file, labels.file])
    labelled = LabelledImages(images, labels: labels.numbers, names: labels.names, labelsPlace: place, place: { _ in place })
  }
}

/// The labels of images, from an IDX file or an array.
private struct ArrayLabels {
  let file: FileBytes
  /// The index of each label in ``names``.
  let numbers: [Int32]
  let names: [String]

  init(_ path: String) throws(Diagnostics) {
    guard Table.isArray(path) else {
      let labels = try IDXArray(FileBytes(reading: path), axes: 1, what: "labels")
      (file, names) = (labels.file, (0...255).map(String.init))
      numbers = labels.withElements { $0.map { Int32($0) } }
      return
    }
    let table = try Table(features: path, labels: nil)
    guard table.header.count == 1 else {
      throw Diagnostics(.arrayShape, at: .wholeFile(path: path), "labels must be one per image. Save them as an array of one axis.")
    }
    let texts = (0..<table.count).map { table.text(row: $0, column: 0) }
    let all = Array(Set(texts)).sorted(by: bytesBefore)
    let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, Int32($0)) })
    (file, names, numbers) = (table.files[0], all, texts.map { places[$0] ?? 0 })
  }
}

extension LabelledImages {
  /// Reads two matching files.
  public init(_ files: ImagesConfig.Files) throws(Diagnostics) { self = try ArrayFiles(files).labelled }
}

extension IDXImages: ArrayImages {
  /// See ``ArrayImages``; they are grey.
  public var fit: ImageFit { ImageFit(height: rows, width: columns, isGrey: true) }
  /// See ``ArrayImages``.
  public var name: String { file.name }
}
