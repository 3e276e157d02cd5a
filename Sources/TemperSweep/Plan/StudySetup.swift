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

  /// Opens the study of `plan` in its folder, or creates one. A study of the same name but for other settings, data or another version is left as it is,
  /// and another one is made beside it.
  init(_ plan: SweepPlan, journal: JournalMode? = nil) throws(Diagnostics) {
    self.plan = plan
    data = try plan.checkData()
    try Files.makeFolder(plan.directory)
    let definition = plan.definition(data: data)
    let names = Files.exists(plan.storage) ? try Study.names(path: plan.storage) : []
    let goals = plan.sweep.objective.goals
    let name = plan.file.config.name
    for candidate in [name] + (2...(names.count + 2)).map({ "\(name)-\($0)" }) {
      let isThere = names.contains(candidate)
      if isThere {
        let known = try Study(path: plan.storage, name: candidate).userAttribute(SweepAttribute.definition)?.string
        // A study that another program began is continued.
        guard known == definition || known == nil else { continue }
      }
      study = try Study(
        path: plan.storage, name: candidate, directions: goals.map(\.direction), metricNames: goals.map(\.metric), journal: journal)
      let (plan, data) = (plan, data)
      let study = study
      try study.batch { () throws(Diagnostics) in
        try study.setAttribute(.string(definition), SweepAttribute.definition)
        try study.setAttribute(plan.file.portable, SweepAttribute.config)
        try study.setAttribute(.array(data.map { .string($0) }), SweepAttribute.data)
      }
      return
    }
    fatalError("one of \(names.count + 2) names is free")
  }

  /// Opens the study `name` in the file `storage`, which a sweep has set up.
  public init(storage: String, study name: String, journal: JournalMode? = nil) throws(Diagnostics) {
    study = try Study(path: storage, name: name, journal: journal)
    guard let config = try study.userAttribute(SweepAttribute.config) else {
      throw Diagnostics(
        .studyMissing, at: .wholeFile(path: storage),
        "the study \(quoted(name)) has no config. Begin it with temper sweep CONFIG; workers continue it.")
    }
    plan = try SweepPlan(try ConfigFile(portable: config, path: storage))
    data = (try study.userAttribute(SweepAttribute.data)?.array ?? []).compactMap(\.string)
  }
}
