import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension LoadedData {
  /// Loads the images that `config` describes; the same seed gives the same images to the same parts.
  ///
  /// The preprocessor is that of a table with a column for each pixel (``IDXImages/pixelNames``) and one called `label`, so a model takes
  /// images and such tables alike. Row ids are places in the file. Throws all that is wrong with the files, then with the labels.
  public init(_ config: ImagesConfig, seed: UInt64) throws(Diagnostics) {
    var findings = Findings()
    let train = findings.gather { () throws(Diagnostics) in try LabelledImages(config.train) }
    let test = findings.gather { () throws(Diagnostics) in try config.test.map { files throws(Diagnostics) in try LabelledImages(files) } }
    try findings.check()
    guard let train, let test else { throw Diagnostics([]) }

    let split = try train.split(config.validation, ignoring: config.ignoredLabel, random: RandomStreams(seed: seed).sequence("split"))
    let preprocessor = try train.preprocessor(rows: split.train, config.scaling)
    func part(_ images: LabelledImages, _ rows: [Int]?) throws(Diagnostics) -> Dataset {
      let rows = rows ?? images.rows(ignoring: config.ignoredLabel)
      return Dataset(
        features: try preprocessor.features(of: images.images, rows: rows), width: preprocessor.width,
        labels: try images.labels(rows, preprocessor.classes), rowIDs: rows.map { Int32($0) })
    }
    let testPart = findings.gather { () throws(Diagnostics) in try test.map { test throws(Diagnostics) in try part(test, nil) } }
    try findings.check()
    self.init(
      preprocessor: preprocessor, train: try part(train, split.train),
      validation: split.validation.isEmpty ? nil : try part(train, split.validation), test: testPart ?? nil,
      notes: [
        "\(train.images.count) images of \(train.images.rows) x \(train.images.columns) pixels, \(split.validation.count) of them held out "
          + "for validation; \(counted(preprocessor.classes.count, "class", "classes")): \(listed(preprocessor.classes))"
      ],
      files: [train.images.file, train.labels.file] + (test.map { [$0.images.file, $0.labels.file] } ?? []),
      imageShape: [train.images.rows, train.images.columns])
  }
}

extension Preprocessor {
  /// The features of the images numbered `rows`, row-major. Throws `E0255` unless this preprocessor knows images of their size.
  public func features(of images: IDXImages, rows: [Int]) throws(Diagnostics) -> [Float] {
    let scales = columns.compactMap { column in
      if case .numeric(let transform) = column.transform { transform.scale } else { nil }
    }
    guard columns.map(\.name) == images.pixelNames, scales.count == columns.count else {
      throw Diagnostics(
        .imageSize, at: .wholeFile(path: images.file.name),
        "it holds images of \(images.rows) x \(images.columns) pixels, and the model was trained on "
          + "\(counted(columns.count, "column")) from \(quoted(columns[0].name)) to \(quoted(columns[columns.count - 1].name)). "
          + "Give images of the same size.")
    }
    let width = columns.count
    let (means, deviations) = (scales.map(\.center), scales.map(\.unit))
    return [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, filled in
      images.withPixels { pixels in
        for (place, row) in rows.enumerated() {
          for column in 0..<width {
            let value = Double(pixels[row * width + column])
            (buffer.baseAddress! + place * width + column).initialize(to: Float((value - means[column]) / deviations[column]))
          }
        }
      }
      filled = rows.count * width
    }
  }
}

/// Images and a label for each, as they come from two files.
private struct LabelledImages {
  let images: IDXImages
  let labels: IDXArray

  init(_ files: ImagesConfig.Files) throws(Diagnostics) {
    var findings = Findings()
    let images = findings.gather { () throws(Diagnostics) in try IDXImages(FileBytes(reading: files.images)) }
    let labels = findings.gather { () throws(Diagnostics) in
      try IDXArray(FileBytes(reading: files.labels), axes: 1, what: "labels")
    }
    guard let images, let labels else { throw Diagnostics(findings.list) }
    guard images.count == labels.shape[0] else {
      throw Diagnostics(
        .idxCounts, at: .wholeFile(path: files.labels),
        "it has \(counted(labels.shape[0], "label")), and \(files.images) \(counted(images.count, "image")). Check which files belong together."
      )
    }
    (self.images, self.labels) = (images, labels)
  }

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
          "\(counted(rows, "image")) cannot be held out for validation: there are \(all.count), and some must be left "
            + "for training.")
      }
      share = Double(rows) / Double(all.count)
    }
    var dealer = RandomSplit(validation: share, test: 0, random: random, place: place)
    let classes = Dictionary(grouping: all, by: label).sorted { $0.key < $1.key }
    return try dealer.deal(classes.map { (name: "\($0.key)", rows: $0.value) })
  }

  /// Learns the classes and, if asked, the scales of the images numbered `rows`.
  func preprocessor(rows: [Int], _ scaling: PixelScaling) throws(Diagnostics) -> Preprocessor {
    let classes = Set(rows.map(label)).sorted()
    guard classes.count > 1 else {
      throw Diagnostics(
        .unusableLabels, at: .wholeFile(path: labels.file.name),
        "every training image has the label \(classes.first ?? 0). Two classes are the least that can be told apart.")
    }
    return Preprocessor(
      columns: zip(images.pixelNames, scales(rows, scaling)).map { .init($0, $1) }, label: "label", classes: classes.map { "\($0)" })
  }

  private func scales(_ rows: [Int], _ scaling: PixelScaling) -> [Preprocessor.Transform] {
    let width = images.rows * images.columns
    switch scaling {
    case .unit: return Array(repeating: .numeric(mean: 0, deviation: 255), count: width)
    case .none: return Array(repeating: .numeric(mean: 0, deviation: 1), count: width)
    case .standard: break
    }
    // Sums of bytes and of their squares are whole numbers, so the order of the rows does not matter.
    var (sums, squares) = ([Int](repeating: 0, count: width), [Int](repeating: 0, count: width))
    images.withPixels { pixels in
      for row in rows {
        for column in 0..<width {
          let value = Int(pixels[row * width + column])
          sums[column] += value
          squares[column] += value * value
        }
      }
    }
    return zip(sums, squares).map { sum, square in
      let spread = Double(rows.count * square - sum * sum)
      let mean = Double(sum) / Double(rows.count)
      return .numeric(mean: mean, deviation: spread > 0 ? spread.squareRoot() / Double(rows.count) : 255)
    }
  }

  /// The number of each row's class. Throws `E0216` for labels that no training image has.
  func labels(_ rows: [Int], _ classes: [String]) throws(Diagnostics) -> [Int32] {
    var findings = Findings()
    let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    let result = rows.map { row in
      if let number = numbers["\(label(row))"] { return number }
      findings.add(
        .unknownLabel, at: .wholeFile(path: labels.file.name),
        "label \(row), counted from 0, is \(label(row)), which no training image has (known: \(listed(classes))). "
          + "Remove the image, or move one like it to the training images.")
      return 0
    }
    try findings.check()
    return result
  }
}
