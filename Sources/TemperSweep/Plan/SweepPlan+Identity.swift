import TemperFiles
import TemperJSON
import TemperTrain

extension SweepPlan {
  /// Keys of a resolved config that results do not depend on.
  private static let incidental: Set = ["name", "output_dir", "threads", "expect", "strict", "sweep"]

  /// What identifies a trial: a hash of its config, of the data, of this version, and of what is measured. Trials with the same have the same values,
  /// in any sweep.
  func identity(_ file: ConfigFile, data: [String]) -> String {
    let objective = sweep.objective
    let measured = objective.goals.map(\.metric) + objective.limits.map { "\($0.metric) \($0.min ?? -.infinity) \($0.max ?? .infinity)" }
    return Self.hash([
      Self.settings(file.resolved), .array(data.map { .string($0) }), .string(temperVersion), .integer(sweep.seeds),
      .array(measured.map { .string($0) }),
    ])
  }

  /// What makes two sweeps one study, so that the second continues the first: everything that trials depend on. The budget, the number of jobs
  /// and what is expected of the winner may change.
  func definition(data: [String]) -> String {
    var block = file.resolved["sweep"] ?? .null
    for key in ["budget", "jobs"] { try? block.remove(key: key) }
    return Self.hash([Self.settings(file.resolved), block, .array(data.map { .string($0) }), .string(temperVersion)])
  }

  /// How far trial `number` has got: the checkpoints of its runs, and which have ended.
  func progress(ofTrial number: Int) -> String {
    let folder = directory + "/" + trialsFolder + "/\(number)"
    return ([folder] + Files.names(in: folder).sorted().map { folder + "/" + $0 }).map { run in
      let checkpoints = Files.names(in: run + "/checkpoints").sorted().joined(separator: ",")
      return checkpoints + (Files.exists(run + "/" + RunDirectory.resultsName) ? " ended" : "")
    }.joined(separator: ";")
  }

  private static func settings(_ resolved: JSON) -> JSON {
    .object((resolved.members ?? []).filter { !incidental.contains($0.name) }.map { ($0.name, $0.value) })
  }

  private static func hash(_ parts: [JSON]) -> String { String(SHA256.hex(Array(JSON.array(parts).serialized().utf8)).prefix(32)) }
}
