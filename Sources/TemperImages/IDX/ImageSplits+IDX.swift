import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension ImageSplits {
  /// Reads the files of `config` and splits the training images; the same seed gives the same splits. Throws all errors in the files.
  public init(_ config: ImagesConfig, seed: UInt64) throws(Diagnostics) {
    var findings = Findings()
    let train = findings.gather { () throws(Diagnostics) in try IDXFiles(config.train) }
    let test = findings.gather { () throws(Diagnostics) in try config.test.map { files throws(Diagnostics) in try IDXFiles(files) } }
    guard let train, let test else { throw Diagnostics(findings.list) }
    let ignored = config.ignoredLabel
    let images = train.images
    let split = try train.labelled.split(
      validation: try config.validation?.share(of: train.labelled.rows(ignoring: ignored).count, .wholeFile(path: images.file.name)),
      test: nil,
      ignoring: ignored, random: RandomStreams(seed: seed).sequence("split"))
    var parts: [DataSplit: Part] = [.train: (train.labelled, split.train), .validation: (train.labelled, split.validation)]
    if let test { parts[.test] = (test.labelled, test.labelled.rows(ignoring: ignored)) }
    self.init(
      parts, images.fit, files: train.files + (test?.files ?? []),
      note:
        "\(images.count) images of \(images.fit.height) x \(images.fit.width) pixels, \(split.validation.count) of them held out for validation"
    )
  }
}

extension ImagesConfig.HeldOut {
  /// The fraction of `count` images. Throws `E0231` for so many that none are left.
  fileprivate func share(of count: Int, _ place: Place) throws(Diagnostics) -> Double {
    switch self {
    case .share(let share): return share
    case .rows(let rows):
      guard rows > 0, rows < count else {
        throw Diagnostics(
          .badSplit, at: place,
          "\(counted(rows, "image")) cannot be held out for validation: there are \(count), and some are needed for training.")
      }
      return Double(rows) / Double(count)
    }
  }
}

/// A file of images and the file of their labels.
struct IDXFiles {
  let images: IDXImages
  let labelled: LabelledImages
  /// The two files.
  let files: [FileBytes]

  /// Reads both. Throws `E0254` where their numbers differ, and what is wrong with each.
  init(_ paths: ImagesConfig.Files) throws(Diagnostics) {
    var findings = Findings()
    let images = findings.gather { () throws(Diagnostics) in try IDXImages(FileBytes(reading: paths.images)) }
    let labels = findings.gather { () throws(Diagnostics) in
      try IDXArray(FileBytes(reading: paths.labels), axes: 1, what: "labels")
    }
    guard let images, let labels else { throw Diagnostics(findings.list) }
    guard images.count == labels.shape[0] else {
      throw Diagnostics(
        .idxCounts, at: .wholeFile(path: paths.labels),
        "it has \(counted(labels.shape[0], "label")), but \(paths.images) has \(counted(images.count, "image")). Check both paths.")
    }
    let place = Place.wholeFile(path: paths.labels)
    (self.images, files) = (images, [images.file, labels.file])
    labelled = LabelledImages(
      images, labels: labels.withElements { $0.map { Int32($0) } }, names: (0...255).map(String.init), labelsPlace: place,
      place: { _ in place })
  }
}

extension LabelledImages {
  /// Reads two matching files.
  public init(_ files: ImagesConfig.Files) throws(Diagnostics) { self = try IDXFiles(files).labelled }
}

extension IDXImages: ImageStore {
  /// Their size; they are grey.
  var fit: ImageFit { ImageFit(height: rows, width: columns, isGrey: true) }

  /// See ``ImageStore``.
  public func place(ofImage row: Int) -> Place { .wholeFile(path: file.name) }

  /// See ``ImageStore``: they stay in the bytes of their file, and their size is not changed.
  public func bytes(_ rows: [Int], _ fit: ImageFit, budget: Int) throws(Diagnostics) -> (bytes: any ByteStore, rows: [Int]) {
    guard fit.isGrey else {
      throw Diagnostics(
        .imageSize, at: .wholeFile(path: file.name),
        "images in grey, but the model was trained on images in colours. Use images in colours.")
    }
    guard self.rows == fit.height, columns == fit.width else {
      throw Diagnostics(
        .imageSize, at: .wholeFile(path: file.name),
        "images of \(self.rows) x \(columns) pixels, but the model was trained on images of \(fit.height) x \(fit.width). "
          + "Use images of the same size.")
    }
    return (self, rows)
  }
}
