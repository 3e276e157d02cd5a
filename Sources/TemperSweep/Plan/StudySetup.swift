import TemperFiles
import TemperJSON
import TemperStudies
import TemperTrain

/// A study with the plan and data that its trials have.
public struct StudySetup {
  /// The plan.
  public let plan: SweepPlan
  /// The study.
  public let study: Study
  /// The SHA-256 of each data file.
  let data: [String]
  /// What was decided, a line each.
  let notes: [String]
  /// Warnings about the config and its data.
  let warnings: [Warning]

  /// Opens the study of `plan` in the file `storage`, or creates one, called `wanted` if that is given. A study of the same name but for other settings, data or another version is left as it is,
  /// and another one is made beside it.
  init(_ plan: SweepPlan, storage: String, study wanted: String?, mayBegin: Bool, journal: JournalMode?) throws(Diagnostics) {
    var plan = plan
    (data, warnings) = try plan.checkData()
    try Files.makeFolder(plan.directory)
    let definition = plan.definition(data: data)
    let names = Files.exists(storage) ? try Study.names(path: storage, mayBegin: mayBegin, journal: journal) : []
    let goals = plan.sweep.objective.goals
    let name = plan.file.config.name
    for candidate in wanted.map({ [$0] }) ?? [name] + (2...(names.count + 2)).map({ "\(name)-\($0)" }) {
      if names.contains(candidate) {
        let known = try Study(path: storage, name: candidate).userAttribute(SweepAttribute.definition)?.string
        // A study that another program began is continued.
        guard known == definition || known == nil else {
          if wanted == nil { continue }
          throw Diagnostics(
            .studyDiffers, at: .wholeFile(path: storage),
            "the study \(quoted(candidate)) was begun with other settings, data or another version of Temper. Use another --study.")
        }
      }
      if !mayBegin, !names.contains(candidate) {
        throw Diagnostics(
          .noRun, at: .wholeFile(path: storage),
          "has no sweep with these settings, data and version of Temper to resume. Begin one without --resume.")
      }
      notes =
        candidate == wanted ?? name
        ? []
        : [
          "settings, data or version are not those of the study \(quoted(name)): this is \(quoted(candidate)), and workers need --study \(candidate)"
        ]
      study = try Study(
        path: storage, name: candidate, directions: goals.map(\.direction), metricNames: goals.map(\.metric), journal: journal)
      try study.demandChoices(of: plan.space)
      plan.trialsFolder = Self.trialsFolder(candidate, of: plan)
      self.plan = plan
      let (study, data, config) = (study, data, plan.file.portable)
      try study.batch { () throws(Diagnostics) in
        try study.setAttribute(.string(definition), SweepAttribute.definition)
        try study.setAttribute(config, SweepAttribute.config)
        try study.setAttribute(.array(data.map { .string($0) }), SweepAttribute.data)
      }
      return
    }
    fatalError("one of \(names.count + 2) names is free")
  }

  /// Each study of a sweep has a folder of its own for its trials, which have the same numbers.
  private static func trialsFolder(_ study: String, of plan: SweepPlan) -> String {
    let name = plan.file.config.name
    return study == name
      ? "trials" : "trials" + (study.hasPrefix(name + "-") ? String(study.dropFirst(name.count)) : "-" + study.folderName)
  }

  /// Opens the study `name` in the file `storage`, which a sweep has set up.
  public init(storage: String, study name: String, journal: JournalMode? = nil) throws(Diagnostics) {
    study = try Study(path: storage, name: name, journal: journal)
    (notes, warnings) = ([], [])
    guard let config = try study.userAttribute(SweepAttribute.config) else {
      throw Diagnostics(
        .studyMissing, at: .wholeFile(path: storage),
        "the study \(quoted(name)) has no config. Begin it with temper sweep CONFIG; workers continue it.")
    }
    var plan = try SweepPlan(try ConfigFile(portable: config, path: storage))
    plan.trialsFolder = Self.trialsFolder(name, of: plan)
    self.plan = plan
    data = (try study.userAttribute(SweepAttribute.data)?.array ?? []).compactMap(\.string)
  }
}

extension String {
  /// The text without characters that a folder's name cannot have.
  fileprivate var folderName: String { String(map { $0 == "/" || $0 == "\0" ? "_" : $0 }) }
}
