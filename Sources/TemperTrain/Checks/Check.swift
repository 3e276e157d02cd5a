import TemperFiles
import TemperJSON

/// Trains configs, each in processes of its own, and compares their metrics with their bounds and with a baseline.
public struct Check {
  /// What to check.
  public struct Options: Sendable {
    /// The config files, each once.
    public var configs: [String]
    /// Changes to every config, as `key=value`.
    public var overrides: [String] = []
    /// How many runs to train at a time; they share the processors.
    public var jobs = 1
    /// How many seeds to train each config with, from its own on.
    public var seeds = 1
    /// The baseline file; nil to check the expectations alone.
    public var baseline: String?
    /// Files that are written when the check has ended.
    public var reports: [String] = []
    /// Whether the results become the baseline.
    public var updatesBaseline = false
    /// The smallest difference that counts, for all metrics; nil for those of the baseline file and the defaults.
    public var minDelta: Double?
    /// The folder of the folder `check` with the runs.
    public var outputDirectory = "runs"

    /// The options of a check of `configs`.
    public init(configs: [String]) { self.configs = configs }
  }

  private let options: Options
  private let files: [ConfigFile]
  /// A unique name for each config.
  private let labels: [String]
  private let expectations: [[Expectation]]
  private let baseline: BaselineFile?
  private var notes: [String] = []

  /// Reads the configs and the baseline, and throws what is wrong with any of them.
  public init(_ options: Options) throws(Diagnostics) {
    self.options = options
    var (files, mistakes) = ([ConfigFile](), [Diagnostic]())
    for path in options.configs {
      do throws(Diagnostics) {
        let file = try ConfigFile(path: path, overrides: options.overrides)
        if file.config.seed > Int.max - options.seeds {
          throw Diagnostics(
            .invalidValue, at: file.place(of: "seed") ?? .wholeFile(path: path),
            "seed: is so large that there are no \(options.seeds) seeds from there on; use a smaller one")
        }
        files.append(file)
      } catch {
        for mistake in error.list where !mistakes.contains(mistake) { mistakes.append(mistake) }
      }
    }
    if !mistakes.isEmpty { throw Diagnostics(mistakes) }
    self.files = files
    try Self.checkReports(options, files)
    var labels: [String] = []
    for file in files {
      let numbered = [file.config.name] + (2...files.count + 1).map { "\(file.config.name)-\($0)" }
      let label = numbered.first { !labels.contains($0) } ?? file.config.name
      if label != file.config.name { notes.append("\(file.path) is called \(label), because another config has the same name") }
      labels.append(label)
    }
    self.labels = labels
    let isUnwritten = options.updatesBaseline && options.baseline.map { !Files.exists($0) } ?? false
    baseline = try options.baseline.map { path throws(Diagnostics) in
      isUnwritten ? BaselineFile(path: path) : try BaselineFile(reading: path)
    }
    let written = isUnwritten ? options.baseline.map { Paths.absolute($0) } : nil
    expectations = try files.map { file throws(Diagnostics) in try file.expectations(besides: written) }
    for (file, label) in zip(files, labels) where file.config.expectations.contains(where: { $0.reference?.path == written }) {
      if let written { notes.append("\(label): what it expects relative to \(written) is not checked, because the file is new") }
    }
  }

  /// Throws if a report would be written over what the check reads, over another report, or cannot be a file.
  private static func checkReports(_ options: Options, _ files: [ConfigFile]) throws(Diagnostics) {
    func paths(_ json: JSON?) -> [String] { json?.string.map { [$0] } ?? (json?.array ?? json?.members?.map(\.value) ?? []).flatMap(paths) }
    let data = files.flatMap { paths($0.resolved["data"]) }.filter { $0.hasPrefix("/") }
    var taken = (options.configs + [options.baseline].compactMap { $0 }).map { Paths.absolute($0) } + data
    for report in options.reports {
      let path = Paths.absolute(report)
      if Files.isFolder(path) {
        throw Diagnostics(.cannotWrite, at: .wholeFile(path: report), "is a folder, and the report needs a file. Name one in it.")
      }
      if taken.contains(path) {
        throw Diagnostics(
          .contradiction, at: .wholeFile(path: report),
          "is read by the check, or written by another option, so no report can be written to it. "
            + "Use another file.")
      }
      taken.append(path)
    }
  }

  /// Trains all runs, reporting each to `progress` as it ends, compares, and updates the baseline.
  public func run(isInterrupted: () -> Bool = { false }, progress: (String) -> Void = { _ in }) throws(Diagnostics) -> CheckResult {
    Interruptions.mayEndAtOnce(false)
    let plan = zip(files, labels).flatMap { file, label in
      (0..<options.seeds).map { (file: file, label: label, seed: file.config.seed + $0) }
    }
    let names = plan.map { "\($0.label)/seed-\($0.seed)" }
    let folder = try CheckFolder(Paths.absolute(options.outputDirectory) + "/check", runs: names)
    let threads = max(1, Machine.processors / options.jobs)
    let commands = zip(plan, names).map { part, name in
      // What is expected concerns all seeds together, and is checked here.
      let changes = options.overrides.map { ["--set", $0] } + [["--set", "expect={}"]]
      return ChildProcess.Command(
        ["train", "--config", part.file.path] + changes.flatMap { $0 } + [
          "--seed", "\(part.seed)", "--threads", "\(threads)", "--output-dir", folder.path + "/" + part.label, "--name",
          Paths.name(of: name),
        ], output: "/dev/null", errors: folder.log(of: name))
    }
    var runs: [Int: CheckedRun] = [:]
    try ChildProcess.run(commands, jobs: options.jobs, isInterrupted: isInterrupted) { index, ending in
      let run = CheckedRun(
        seed: plan[index].seed, directory: folder.path + "/" + names[index], log: folder.log(of: names[index]), ending: ending)
      runs[index] = run
      progress("\(names[index]): \(run.failure.map { "FAILED: \($0)" } ?? "finished") (\(runs.count) of \(commands.count))")
    }
    if isInterrupted(), runs.count < commands.count || runs.values.contains(where: { $0.failure != nil }) {
      let finished = runs.values.count { $0.failure == nil }
      return CheckResult(
        interruption: "interrupted after \(finished) of \(commands.count) runs; the next check trains all of them again")
    }
    let checked = files.indices.map { index in
      let own = (index * options.seeds..<(index + 1) * options.seeds).compactMap { runs[$0] }
      return compare(index, own, threads: threads)
    }
    var notes = notes
    if let note = try update(checked, threads: threads) { notes.append(note) }
    return CheckResult(configs: checked, baseline: options.baseline, notes: notes)
  }

  /// The entry of the config number `index` in `baseline`.
  private func entry(_ index: Int, in baseline: BaselineFile?) -> BaselineFile.Entry? {
    let others = files.indices.filter { $0 != index }.map { Paths.absolute(files[$0].path) }
    return baseline?.entry(files[index].config.name, config: Paths.absolute(files[index].path), besides: Set(others))
  }

  private func compare(_ index: Int, _ runs: [CheckedRun], threads: Int) -> CheckedConfig {
    let (entry, path) = (entry(index, in: baseline), Paths.absolute(files[index].path))
    guard runs.allSatisfy({ $0.failure == nil }) else {
      return CheckedConfig(label: labels[index], path: path, runs: runs, cases: [], notes: [])
    }
    let values = Self.values(runs)
    var names = values.map(\.name)
    for name in (entry?.metrics.map(\.name) ?? []) + expectations[index].map(\.metric) where !names.contains(name) { names.append(name) }
    let cases = names.map { name in
      CheckCase(
        name, baseline: entry?[name], now: values.first { $0.name == name }?.values ?? [], expectations: expectations[index],
        minDelta: options.minDelta, hasBaseline: baseline != nil, accepts: options.updatesBaseline)
    }
    return CheckedConfig(
      label: labels[index], path: path, runs: runs, cases: cases,
      notes: CheckNotes.all(cases, entry, origin(runs, threads), seeds: runs.map(\.seed), hasBaseline: baseline != nil))
  }

  /// The values of every metric that some run has.
  private static func values(_ runs: [CheckedRun]) -> [(name: String, values: [Double])] {
    var names: [String] = []
    for name in runs.flatMap(\.metrics).map(\.name) where !names.contains(name) { names.append(name) }
    return names.map { name in
      (name, runs.compactMap { run in run.metrics.first { $0.name == name }?.value })
    }
  }

  private func origin(_ runs: [CheckedRun], _ threads: Int) -> BaselineFile.Origin {
    .init(version: temperVersion, processor: Machine.processor, threads: threads, data: runs.first?.data ?? [])
  }

  /// Writes the baseline if asked to, unless a run has failed; returns which of the two.
  private func update(_ checked: [CheckedConfig], threads: Int) throws(Diagnostics) -> String? {
    guard options.updatesBaseline, let path = options.baseline else { return nil }
    if checked.contains(where: { !$0.failedRuns.isEmpty }) { return "\(path) is not updated, because a run failed" }
    // Another check may have written other configs to the file meanwhile.
    try BaselineFile.update(path) { baseline in
      for (index, config) in checked.enumerated() {
        let values = Self.values(config.runs).filter { !$0.values.isEmpty }
        baseline.replace(
          entry(index, in: baseline),
          with: .init(
            name: files[index].config.name, config: config.path, origin: origin(config.runs, threads), seeds: config.runs.map(\.seed),
            metrics: values.map { ($0.name, .init(values: $0.values, minDelta: nil)) }))
      }
    }
    return "wrote \(path)"
  }
}
