import Glibc
import TemperSearch
import TemperStudies

// A worker of a study, for tests that need processes: `TemperStudyWorker DATABASE TRIALS` runs as many trials, each with two reports. With `hold` in
// place of a number, it claims one trial, says so, and waits to be killed.

try run(CommandLine.arguments[1], CommandLine.arguments[2])

func run(_ path: String, _ task: String) throws {
  let study = try Study(path: path, name: "s", directions: [.minimize])
  let worker = try WorkerLock(folder: WorkerLock.folder(besides: path))
  try withExtendedLifetime(worker) {
    guard let count = Int(task) else { return try hold(study, worker) }
    var done = 0
    while done < count {
      let number = try study.searchTrials().count
      guard let trial = try claim(number, study, worker) else { continue }
      try study.report([.init(step: 0, value: 1)], of: trial)
      try study.report([.init(step: 1, value: 0.5)], of: trial)
      try study.finish(trial, .complete([Double(number)]))
      done += 1
    }
  }
}

func hold(_ study: Study, _ worker: WorkerLock) throws {
  guard let trial = try claim(study.searchTrials().count, study, worker) else { exit(1) }
  try study.report([.init(step: 0, value: 1), .init(step: 1, value: 0.5)], of: trial)
  write(1, "holds\n", 6)
  while true { pause() }
}

func claim(_ number: Int, _ study: Study, _ worker: WorkerLock) throws -> Int? {
  let distribution = #"{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}"#
  let rate = StoredTrial.Parameter(name: "rate", value: Double(number % 100) / 100, distribution: distribution)
  return try study.claim(number: number, parameters: [rate], worker: worker.id)
}
