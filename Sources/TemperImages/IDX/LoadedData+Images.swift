import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension LoadedData<ImagePreprocessor> {
  /// Loads the images that `config` describes; the same seed gives the same splits.
  ///
  /// Images stay in the bytes of their files, and are scaled when copied to batches. Row ids are positions in the file. Throws all errors
  /// of the files, then of the labels.
  public init(_ config: ImagesConfig, seed: UInt64) throws(Diagnostics) {
    let files = try ImageFiles(config, seed: seed)
    let (train, split) = (files.train, files.split)
    let preprocessor = try train.preprocessor(rows: split.train, config.scaling)
    var findings = Findings()
    let test = findings.gather { () throws(Diagnostics) in try files.dataset(.test, by: preprocessor) }
    try findings.check()
    guard let rows = try files.dataset(.train, by: preprocessor) else { fail("a split leaves no training images") }
    let classes = preprocessor.target.width
    self.init(
      preprocessor: preprocessor, train: rows, validation: try files.dataset(.validation, by: preprocessor), test: test ?? nil,
      notes: [
        "\(train.images.count) images of \(train.images.rows) x \(train.images.columns) pixels, \(split.validation.count) of them held out "
          + "for validation; \(counted(classes, "class", "classes")): \(listed(preprocessor.target.classes))"
      ],
      files: files.all)
  }
}

/// The image files of a config, and the images of each split.
public struct ImageFiles: Sendable {
  fileprivate let train: LabelledImages
  private let test: LabelledImages?
  fileprivate let split: Split
  private let ignored: Int?

  /// Reads the files. Throws all errors in them.
  public init(_ config: ImagesConfig, seed: UInt64) throws(Diagnostics) {
    var findings = Findings()
    let train = findings.gather { () throws(Diagnostics) in try LabelledImages(config.train) }
    let test = findings.gather { () throws(Diagnostics) in try config.test.map { files throws(Diagnostics) in try LabelledImages(files) } }
    guard let train, let test else { throw Diagnostics(findings.list) }
    (self.train, self.test, ignored) = (train, test, config.ignoredLabel)
    split = try train.split(config.validation, ignoring: ignored, random: RandomStreams(seed: seed).sequence("split"))
  }

  /// All files that were read.
  public var all: [FileBytes] { [train.images.file, train.labels.file] + (test.map { [$0.images.file, $0.labels.file] } ?? []) }

  /// The images of a split, and the file that they are in; nil where it has none.
  public func rows(of part: DataSplit) -> (images: LabelledImages, rows: [Int])? {
    let (images, rows): (LabelledImages?, [Int]) =
      switch part {
      case .train: (train, split.train)
      case .validation: (train, split.validation)
      case .test: (test, test?.rows(ignoring: ignored) ?? [])
      }
    return images.flatMap { rows.isEmpty ? nil : ($0, rows) }
  }

  fileprivate func dataset(_ part: DataSplit, by preprocessor: ImagePreprocessor) throws(Diagnostics) -> Dataset? {
    guard let (images, rows) = rows(of: part) else { return nil }
    return try preprocessor.dataset(of: images, rows: rows)
  }
}

extension ImagePreprocessor {
  /// The images `rows` with their classes. Throws for images of another size, and for labels that no training image has.
  public func dataset(of images: LabelledImages, rows: [Int]) throws(Diagnostics) -> Dataset {
    Dataset(
      try samples(of: images.images, rows: rows),
      RowTargets(.classes(try images.labels(rows, target.classes)), rowIDs: rows.map { Int32($0) }))
  }
}

/// Images and their labels, from two files.
public struct LabelledImages: Sendable {
  /// The images.
  public let images: IDXImages
  let labels: IDXArray

  /// Reads two matching files.
  public init(_ files: ImagesConfig.Files) throws(Diagnostics) {
    var findings = Findings()
    let images = findings.gather { () throws(Diagnostics) in try IDXImages(FileBytes(reading: files.images)) }
    let labels = findings.gather { () throws(Diagnostics) in
      try IDXArray(FileBytes(reading: files.labels), axes: 1, what: "labels")
    }
    guard let images, let labels else { throw Diagnostics(findings.list) }
    guard images.count == labels.shape[0] else {
      throw Diagnostics(
        .idxCounts, at: .wholeFile(path: files.labels),
        "it has \(counted(labels.shape[0], "label")), but \(files.images) has \(counted(images.count, "image")). Check both paths."
      )
    }
    (self.images, self.labels) = (images, labels)
  }

  /// The number of images.
  public var count: Int { images.count }

  /// The label of image `row`.
  func label(_ row: Int) -> UInt8 { labels.withElements { $0[row] } }

  /// The images that do not have the label `ignored`.
  func rows(ignoring ignored: Int?) -> [Int] {
    labels.withElements { labels in (0..<images.count).filter { Int(labels[$0]) != ignored } }
  }

  func split(_ validation: ImagesConfig.HeldOut?, ignoring ignored: Int?, random: RandomSequence) throws(Diagnostics) -> Split {
    let all = rows(ignoring: ignored)
    let place = Place.wholeFile(path: images.file.name)
    let share: Double
    switch validation {
    case nil: return Split(train: all)
    case .share(let part): share = part
    case .rows(let rows):
      guard rows > 0, rows < all.count else {
        throw Diagnostics(
          .badSplit, at: place,
          "\(counted(rows, "image")) cannot be held out for validation: there are \(all.count), and some are needed "
            + "for training.")
      }
      share = Double(rows) / Double(all.count)
    }
    var dealer = RandomSplit(validation: share, test: 0, random: random, place: place)
    let classes = Dictionary(grouping: all, by: label).sorted { $0.key < $1.key }
    return try dealer.deal(classes.map { (name: "\($0.key)", rows: $0.value) })
  }

  /// Fits the classes and, if requested, the scale to the images `rows`.
  func preprocessor(rows: [Int], _ scaling: PixelScaling) throws(Diagnostics) -> ImagePreprocessor {
    let classes = Set(rows.map(label)).sorted()
    guard classes.count > 1 else {
      throw Diagnostics(
        .unusableLabels, at: .wholeFile(path: labels.file.name),
        "every training image has the label \(classes.first ?? 0). Classification needs at least two classes.")
    }
    return ImagePreprocessor(
      height: images.rows, width: images.columns, scale: scale(rows, scaling),
      .classes(label: "label", names: classes.map { "\($0)" }))
  }

  private func scale(_ rows: [Int], _ scaling: PixelScaling) -> Scale {
    switch scaling {
    case .unit: return Scale(center: 0, unit: 255)
    case .none: return .identity
    case .standard: break
    }
    let width = images.rows * images.columns
    // Sums of bytes and of their squares are integers, so their order does not matter.
    var (sum, squares) = (0, 0)
    images.withPixels { pixels in
      for row in rows {
        for value in pixels[row * width..<(row + 1) * width] {
          sum += Int(value)
          squares += Int(value) * Int(value)
        }
      }
    }
    let count = Double(rows.count * width)
    let mean = Double(sum) / count
    let variance = Double(squares) / count - mean * mean
    return Scale(center: mean, unit: variance > 0 ? variance.squareRoot() : 255)
  }

  /// The class index of each row. Throws `E0216` for labels that no training image has.
  func labels(_ rows: [Int], _ classes: [String]) throws(Diagnostics) -> [Int32] {
    var findings = Findings()
    let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    let result = rows.map { row in
      if let number = numbers["\(label(row))"] { return number }
      findings.add(
        .unknownLabel, at: .wholeFile(path: labels.file.name),
        "label \(row), counted from 0, is \(label(row)), which does not occur in the training images (known: \(listed(classes))). "
          + "Remove the image, or add a training image with this label.")
      return 0
    }
    try findings.check()
    return result
  }
}
