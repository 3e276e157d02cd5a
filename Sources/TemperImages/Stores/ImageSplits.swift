import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// The images of each split, not decoded yet.
public struct ImageSplits: Sendable {
  /// The images of a split.
  typealias Part = (images: LabelledImages, rows: [Int])
  private let parts: [DataSplit: Part]
  /// Size and channels of all images.
  let fit: ImageFit
  /// All files that were read.
  public let files: [FileBytes]
  /// Bytes of decoded images that may stay in memory.
  private let budget: Int
  /// A line on what was found.
  let note: String
  /// More lines.
  let otherNotes: [String]

  init(
    _ parts: [DataSplit: Part], _ fit: ImageFit, files: [FileBytes], budget: Int = .max, note: String, otherNotes: [String] = []
  ) {
    (self.parts, self.fit, self.files, self.budget) = (parts.filter { !$0.value.rows.isEmpty }, fit, files, budget)
    (self.note, self.otherNotes) = (note, otherNotes)
  }

  /// The images of a split, and where they are; nil where it has none.
  public func rows(of split: DataSplit) -> (images: LabelledImages, rows: [Int])? { parts[split] }

  /// The share of the memory that the images of a split may take.
  private func budget(of split: DataSplit) -> Int {
    let (all, own) = (parts.values.reduce(0) { $0 + $1.rows.count }, parts[split]?.rows.count ?? 0)
    return all == 0 || budget == .max ? budget : Int(Double(budget) * Double(own) / Double(all))
  }

  fileprivate func dataset(_ split: DataSplit, by preprocessor: ImagePreprocessor) throws(Diagnostics) -> Dataset? {
    guard let part = parts[split] else { return nil }
    return try preprocessor.dataset(of: part.images, rows: part.rows, budget: budget(of: split))
  }

  /// The preprocessing as the training images have it.
  fileprivate func preprocessor(_ scaling: PixelScaling) throws(Diagnostics) -> (ImagePreprocessor, Dataset) {
    guard let train = parts[.train] else { fail("a split leaves no training images") }
    let target = try train.images.classes(train.rows)
    let (bytes, rows) = try train.images.images.bytes(train.rows, fit, budget: budget(of: .train))
    let preprocessor = ImagePreprocessor(fit, PixelScaling.scales(scaling, bytes, rows, fit.shape), target)
    let samples = Samples(bytes, rows: rows, fit.shape, scales: preprocessor.scales)
    return (preprocessor, try preprocessor.dataset(samples, of: train.images, rows: train.rows))
  }
}

extension LoadedData<ImagePreprocessor> {
  /// Decodes the images of `splits` and fits the preprocessing to the training images.
  ///
  /// Images of one file stay in its bytes, and all are scaled when copied to batches. Row ids are positions in the file or the list. Throws all errors
  /// of the images, then of the labels.
  public init(_ config: ImagesConfig, seed: UInt64) throws(Diagnostics) { try self.init(ImageSplits(config, seed: seed), config.scaling) }

  /// The same for images in files of their own.
  public init(_ config: ImageFilesConfig, seed: UInt64) throws(Diagnostics) {
    try self.init(ImageSplits(config, seed: seed), config.scaling)
  }

  private init(_ splits: ImageSplits, _ scaling: PixelScaling) throws(Diagnostics) {
    let (preprocessor, train) = try splits.preprocessor(scaling)
    var findings = Findings()
    let validation = findings.gather { () throws(Diagnostics) in try splits.dataset(.validation, by: preprocessor) }
    let test = findings.gather { () throws(Diagnostics) in try splits.dataset(.test, by: preprocessor) }
    try findings.check()
    let classes = preprocessor.target
    self.init(
      preprocessor: preprocessor, train: train, validation: validation ?? nil, test: test ?? nil,
      notes: ["\(splits.note); \(counted(classes.width, "class", "classes")): \(listed(classes.classes))"] + splits.otherNotes,
      files: splits.files)
  }
}

extension ImagePreprocessor {
  /// The images `rows` with their classes, of which up to `budget` bytes stay in memory. Throws for images of another size or that cannot be decoded, and
  /// for labels that no training image has.
  public func dataset(of images: LabelledImages, rows: [Int], budget: Int = .max) throws(Diagnostics) -> Dataset {
    try dataset(samples(of: images.images, rows: rows, budget: budget), of: images, rows: rows)
  }

  fileprivate func dataset(_ samples: Samples, of images: LabelledImages, rows: [Int]) throws(Diagnostics) -> Dataset {
    Dataset(samples, RowTargets(.classes(try images.labels(rows, target.classes)), rowIDs: rows.map { Int32($0) }))
  }
}
