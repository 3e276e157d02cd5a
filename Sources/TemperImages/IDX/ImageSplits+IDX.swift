import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension ImageSplits {
  /// Reads the files of `config` and splits the training images; the same seed gives the same splits. Throws all errors in the files.
  public init(_ config: ImagesConfig, seed: UInt64) throws(Diagnostics) {
    var findings = Findings()
    let train = findings.gather { () throws(Diagnostics) in try ArrayFiles(config.train) }
    let test = findings.gather { () throws(Diagnostics) in try config.test.map { files throws(Diagnostics) in try ArrayFiles(files) } }
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
        "\(images.count) images of \(images.fit.height) x \(images.fit.width) pixels\(images.fit.isGrey ? "" : " in colours"), \(split.validation.count) of them held out for validation"
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
