import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

extension ImageSplits {
  /// Finds the images that `config` names, reads their headers and splits them; the same seed gives the same splits.
  ///
  /// Throws all errors of folders, lists and headers: `E0256`, `E0306`, `E0219`, `E0211` and those of tables; then `E0257` for training images of several
  /// sizes where the config gives none.
  public init(_ config: ImageFilesConfig, seed: UInt64) throws(Diagnostics) {
    var findings = Findings()
    func surveyed(_ path: String?) -> SurveyedImages? {
      path.flatMap { path in findings.gather { () throws(Diagnostics) in try SurveyedImages(path, config) } }
    }
    let random = RandomStreams(seed: seed).sequence("split")
    var parts: [DataSplit: Part] = [:]
    var all: [SurveyedImages] = []
    func split(_ images: SurveyedImages, validation: Double?, test: Double?, stratify: Bool = true) throws(Diagnostics) -> Split {
      let split = try images.labelled.split(
        validation: validation, test: test, stratify: stratify, ignoring: config.ignoredLabel, random: random)
      (parts[.train], parts[.validation]) = ((images.labelled, split.train), (images.labelled, split.validation))
      return split
    }
    switch config.source {
    case .single(let path, let validation, let test, let stratify):
      let images = surveyed(path)
      try findings.check()
      guard let images else { fail("no error for images that were not read") }
      parts[.test] = (images.labelled, try split(images, validation: validation, test: test, stratify: stratify).test)
      all = [images]
    case .parts(let train, let validation, let test, let heldOut):
      let read = (train: surveyed(train), validation: surveyed(validation), test: surveyed(test))
      try findings.check()
      guard let images = read.train else { fail("no error for images that were not read") }
      _ = try split(images, validation: read.validation == nil ? heldOut : nil, test: nil)
      for (part, own) in [(DataSplit.validation, read.validation), (.test, read.test)] {
        if let own { parts[part] = (own.labelled, own.labelled.rows(ignoring: config.ignoredLabel)) }
      }
      all = [images, read.validation, read.test].compactMap { $0 }
    }
    let fit = try all[0].fit(config)
    let count = all.reduce(0) { $0 + $1.survey.rows.count }
    self.init(
      parts, fit, files: all.map(\.survey.file), budget: config.cache,
      note: "\(counted(count, "image")), \(fit.isGrey ? "grey" : "in colours"), of \(fit.height) x \(fit.width) pixels, "
        + "\(parts[.validation]?.rows.count ?? 0) of them for validation, \(parts[.test]?.rows.count ?? 0) for the test",
      otherNotes: all.flatMap(\.notes))
  }
}

/// The images of a folder or a list with what their headers say.
private struct SurveyedImages {
  let list: ImageList
  let survey: ImageSurvey
  let labelled: LabelledImages

  init(_ path: String, _ config: ImageFilesConfig) throws(Diagnostics) {
    list = try ImageList(path, pathColumn: config.pathColumn, labelColumn: config.labelColumn)
    survey = try ImageSurvey(list, skips: config.skipsDamaged)
    labelled = list.labelled(usable: survey.rows)
  }

  /// The size and channels of the model's images, as the config or all images have them.
  func fit(_ config: ImageFilesConfig) throws(Diagnostics) -> ImageFit {
    let first = survey.headers[0]
    if config.size == nil, let other = survey.headers.firstIndex(where: { $0.width != first.width || $0.height != first.height }) {
      let header = survey.headers[other]
      throw Diagnostics(
        .imageSizesDiffer, at: list.place(ofImage: survey.rows[other]),
        "it has \(header.height) x \(header.width) pixels, but \(list.paths[survey.rows[0]]) has \(first.height) x \(first.width). Set data.size to "
          + "[height, width], to which all are resized.")
    }
    return ImageFit(
      height: config.size?.height ?? first.height, width: config.size?.width ?? first.width,
      isGrey: config.isGrey ?? survey.headers.allSatisfy(\.isGrey), resizing: config.resizing)
  }

  /// What was left out, a line each.
  var notes: [String] {
    var notes: [String] = []
    if let first = survey.skipped.first {
      notes.append(
        "\(counted(survey.skipped.count, "image")) of \(list.name) left out, since they cannot be read. The first is \(list.paths[first.row]): "
          + (first.problem.list.first?.message ?? ""))
    }
    if list.others > 0 {
      notes.append("\(counted(list.others, "file")) in \(list.name) passed over: no image by the name (\(listed(ImageList.endings)))")
    }
    return notes
  }
}

extension ImageList {
  /// The images with their classes, of which the `usable` ones are used.
  func labelled(usable: [Int]? = nil) -> LabelledImages {
    let labels = self.labels ?? []
    let names = Array(Set(labels)).sorted(by: bytesBefore)
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return LabelledImages(
      self, usable: usable, labels: labels.map { numbers[$0] ?? 0 }, names: names, labelsPlace: .wholeFile(path: name),
      place: { [self] in place(ofRow: $0) })
  }

  /// Reads the labelled images of `path`; see ``init(_:pathColumn:labelColumn:)``.
  public static func labelled(_ path: String, _ config: ImageFilesConfig) throws(Diagnostics) -> LabelledImages {
    try ImageList(path, pathColumn: config.pathColumn, labelColumn: config.labelColumn).labelled()
  }
}
