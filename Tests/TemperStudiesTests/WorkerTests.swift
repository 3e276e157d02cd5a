import Glibc
import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperSearch
import Testing

@testable import TemperStudies

@Suite("Workers of a study") struct WorkerTests {
  private let lab = StudyLab()

  @Test(arguments: [JournalMode.writeAhead, .rollback]) func eightProcessesShareTheNumbers(_ journal: JournalMode) throws {
    let study = try lab.study(journal: journal)
    let share = journal == .writeAhead ? 25 : 8
    let workers = (0..<8).map { StudyWorker([lab.path, "\(share)"], folder: lab.folder, name: "worker\($0)") }
    for worker in workers {
      #expect(worker.wait() == 0)
      #expect(TestFiles.text(worker.output) == "")
    }
    let trials = try study.trials()
    #expect(trials.map(\.number) == Array(0..<8 * share))
    #expect(trials.allSatisfy { $0.state == .complete && $0.values == [Double($0.number)] && $0.reports.count == 2 })
    #expect(Set(trials.map(\.worker)).count == 8)
    #expect(try study.database.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
    #expect(try study.database.first("PRAGMA journal_mode") { $0.text(0) } == journal.rawValue)
    #expect(Files.names(in: lab.folder("workers")) == [], "workers that end remove their files")
  }

  @Test func processesThatCreateOneFileAtOnceShareIt() throws {
    let workers = (0..<6).map { StudyWorker([lab.path, "2"], folder: lab.folder, name: "worker\($0)") }
    for worker in workers {
      #expect(worker.wait() == 0)
      #expect(TestFiles.text(worker.output) == "")
    }
    #expect(try lab.study().trials().map(\.number) == Array(0..<12))
    #expect(try Study.names(path: lab.path) == ["s"])
  }

  @Test func aKilledWorkersTrialIsBegunAgainByOne() throws {
    let study = try lab.study()
    let worker = StudyWorker([lab.path, "hold"], folder: lab.folder)
    try #require(worker.prints("holds"))
    #expect(try study.abandonedTrials() == [])
    #expect(worker.kill() == 137)
    let abandoned = try study.abandonedTrials()
    let trial = try #require(abandoned.first)
    #expect((abandoned.count, trial.number, trial.reports.count) == (1, 0, 2))

    let (own, other) = (try WorkerLock(folder: lab.folder("workers")), try lab.study())
    #expect(try study.restart(trial, worker: own.id))
    #expect(try other.restart(trial, worker: "other") == false)
    #expect(try study.abandonedTrials() == [])
    let again = try #require(try other.trials().first)
    #expect((again.state, again.worker, again.reports, again.parameters) == (.running, own.id, trial.reports, trial.parameters))
    try study.finish(trial.id, .complete([2]))
    #expect(try other.restart(trial, worker: "other") == false)
  }

  @Test(.timeLimit(.minutes(1))) func aKillInTheMiddleOfWritesLosesNothingThatWasStored() throws {
    let study = try lab.study()
    for round in 0..<6 {
      let before = try study.trials().count
      let worker = StudyWorker([lab.path, "1000000"], folder: lab.folder)
      while try study.trials().count < before + 3 { usleep(1000) }
      usleep(UInt32(round * 300))
      #expect(worker.kill() == 137)
      #expect(try study.database.first("PRAGMA integrity_check") { $0.text(0) } == "ok")
      let trials = try study.trials()
      #expect(trials.map(\.number) == Array(0..<trials.count))
      for trial in trials where trial.state == .complete {
        #expect(trial.reports.count == 2 && trial.values == [Double(trial.number)] && trial.parameters.count == 1)
      }
      for trial in try study.abandonedTrials() { try study.finish(trial.id, .failed(reason: "killed")) }
      #expect(try study.trials().allSatisfy { $0.state != .running })
    }
    #expect(try study.trials().contains { $0.state == .complete })
  }

  @Test func aLockTellsLifeFromDeath() throws {
    let folder = lab.folder("workers")
    var lock: WorkerLock? = try WorkerLock(folder: folder)
    let id = try #require(lock?.id)
    #expect(try WorkerLock.isDead(id, in: folder) == false)
    // Another part of the process that opens and closes the file does not drop the lock.
    _ = TestFiles.bytes("\(folder)/\(id).lock")
    #expect(WorkerLock.removeDead(in: folder) == 0)
    #expect(try WorkerLock.isDead(id, in: folder) == false)
    TestFiles.write([], to: folder + "/host-1-dead.lock")
    TestFiles.write([], to: folder + "/notes.lock")
    #expect(try WorkerLock.isDead("host-1-dead", in: folder))
    #expect(WorkerLock.removeDead(in: folder) == 1)
    #expect(Set(Files.names(in: folder)) == ["\(id).lock", "notes.lock"])
    #expect(try WorkerLock.isDead("host-1-dead", in: folder))
    lock = nil
    #expect(try WorkerLock.isDead(id, in: folder))
    #expect(Files.names(in: folder) == ["notes.lock"])
    for foreign in ["", "../s", "a/b-c-d", "somebody"] { #expect(try WorkerLock.isDead(foreign, in: folder) == false) }
  }

  @Test func theFolderIsBesideTheFileThatALinkNames() throws {
    _ = try lab.study()
    #expect(symlink(lab.path, lab.folder("link.db")) == 0)
    try Files.makeFolder(lab.folder("far"))
    #expect(symlink(lab.path, lab.folder("far/link.db")) == 0)
    #expect(WorkerLock.folder(besides: lab.folder("far/link.db")) == WorkerLock.folder(besides: lab.path))
  }
}
