import Glibc
import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperSearch
import Testing

@testable import TemperStudies

@Suite("The database of a study") struct DatabaseTests {
  private let lab = StudyLab()

  /// Runs SQL on the file as another program would.
  private func sql(_ statements: String...) throws {
    let database = try Database(lab.path, mayCreate: true)
    for statement in statements { try database.run(statement) }
  }

  @Test func aNewFileHasAWriteAheadLogAndAForeignOneKeepsItsMode() throws {
    try sql("PRAGMA journal_mode=DELETE")
    _ = try lab.study()
    #expect(try mode() == "wal", "an empty file is new")
    _ = try lab.study(journal: .rollback)
    #expect(try mode() == "delete")
    _ = try lab.study("another")
    #expect(try mode() == "delete", "not asked, it is kept")
    _ = try Study(path: lab.path, name: "s", journal: .writeAhead)
    #expect(try mode() == "wal")
  }

  private func mode() throws -> String? { try Database(lab.path, mayCreate: false).first("PRAGMA journal_mode") { $0.text(0) } }

  @Test func whatIsMissingIsFilledInAndOtherVersionsAreRefused() throws {
    _ = try lab.study()
    for removal in ["DROP TABLE alembic_version", "DELETE FROM alembic_version", "DELETE FROM version_info", "DROP TABLE version_info"] {
      try sql(removal)
      #expect(try lab.study().trials() == [])
      let database = try Database(lab.path, mayCreate: false)
      #expect(try database.first("SELECT version_num FROM alembic_version") { $0.text(0) } == "v3.2.0.a")
      #expect(try database.first("SELECT schema_version FROM version_info") { $0.integer(0) } == 12)
    }
    for (revision, remedy) in [("v3.0.0.d", "optuna storage upgrade"), ("v9.0.0.a", "newer version of Temper")] {
      try sql("UPDATE alembic_version SET version_num = '\(revision)'")
      let error = #expect(throws: Diagnostics.self) { try Study(path: lab.path, name: "s") }
      #expect(error?.list[0].code.name == "E0298" && error?.description.contains(remedy) == true)
    }
    try sql("DROP TABLE alembic_version", "UPDATE version_info SET schema_version = 11")
    #expect(diagnosed { _ = try lab.study() } == ["E0298"])
  }

  @Test func filesOfOtherKindsAreRefusedAndLeftAsTheyAre() throws {
    let text = lab.folder.write(String(repeating: "name,value\n", count: 400), to: "table.csv")
    #expect(diagnosed { _ = try Study(path: text, name: "s", directions: [.minimize]) } == ["E0297"])
    #expect(TestFiles.text(text).hasPrefix("name,value\nname"))
    try sql("CREATE TABLE other (x)")
    #expect(diagnosed { _ = try lab.study() } == ["E0297"])
    #expect(try Database(lab.path, mayCreate: false).first("SELECT count(*) FROM sqlite_master") { $0.integer(0) } == 1)
    TestFiles.write([], to: lab.folder("empty.db"))
    #expect(diagnosed { _ = try Study.names(path: lab.folder("empty.db")) } == ["E0297"])
  }

  @Test func aDamagedFileIsSaidToBe() throws {
    let study = try lab.study(journal: .rollback)
    for number in 0..<40 {
      let trial = try #require(try study.claim(number: number, parameters: [StudyLab.rate(0.5)], worker: "w"))
      try study.finish(trial, .complete([1]))
    }
    var bytes = try #require(TestFiles.bytes(lab.path))
    for place in 4096..<bytes.count { bytes[place] = UInt8(truncatingIfNeeded: place &* 37) }
    TestFiles.write(bytes, to: lab.folder("damaged.db"))
    #expect(diagnosed { _ = try Study(path: lab.folder("damaged.db"), name: "s").trials() } == ["E0296"])
  }

  @Test(arguments: [
    "UPDATE trials SET state = 'LOST'", "UPDATE trial_values SET value = NULL", "UPDATE trial_values SET value_type = 'ODD'",
    "UPDATE trials SET number = 7", "UPDATE study_directions SET direction = 'NOT_SET'", "DELETE FROM study_directions",
  ])
  func contentThatNoProgramWritesIsDamage(_ change: String) throws {
    let study = try lab.study()
    let trial = try #require(try study.claim(number: 0, parameters: [], worker: "w"))
    try study.finish(trial, .complete([1]))
    try sql(change)
    #expect(diagnosed { _ = try Study(path: lab.path, name: "s").trials() } == ["E0296"])
  }

  @Test func attributesThatPythonWroteAndJSONLacksAreNoDamage() throws {
    let study = try lab.study()
    let trial = try #require(try study.claim(number: 0, parameters: [], worker: "w"))
    try study.finish(trial, .complete([1]), constraints: [2])
    try sql(
      "INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES (\(trial), 'x', 'NaN')",
      "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (\(trial), 'constraints:size', '-Infinity')")
    let read = try #require(try Study(path: lab.path, name: "s").trials().first)
    #expect(read.userAttributes["x"] == "NaN" && read.userAttribute("x") == nil)
    #expect(read.constraints == [2, -.infinity])
  }

  @Test func aWaitForALockEnds() throws {
    let study = try lab.study()
    let holder = try Database(lab.path, mayCreate: false)
    try holder.run("BEGIN IMMEDIATE")
    try study.database.run("PRAGMA busy_timeout=20")
    #expect(diagnosed { _ = try study.claim(number: 0, parameters: [], worker: "w") } == ["E0420"])
    #expect(try study.trials() == [], "reading does not wait")
    try holder.run("ROLLBACK")
    #expect(try study.claim(number: 0, parameters: [], worker: "w") != nil)
  }

  @Test func aFullDiskLosesNothing() throws {
    let study = try lab.study()
    let trial = try #require(try study.claim(number: 0, parameters: [], worker: "w"))
    let pages = try #require(try study.database.first("PRAGMA page_count") { $0.integer(0) })
    try study.database.run("PRAGMA max_page_count=\(pages)")
    let long = JSON.string(String(repeating: "x", count: 100_000))
    #expect(diagnosed { try study.finish(trial, .complete([1]), userAttributes: [("long", long)]) } == ["E0423"])
    #expect(try study.trials().map(\.state) == [.running])
    try study.database.run("PRAGMA max_page_count=100000")
    try study.finish(trial, .complete([1]), userAttributes: [("long", long)])
    #expect(try lab.study().trials()[0].userAttribute("long") == long)
  }

  @Test func aFolderThatMayNotBeWrittenIsNamed() throws {
    #expect(diagnosed { _ = try Study(path: "/proc/sweep.db", name: "s", directions: [.minimize]) } == ["E0422"])
    let study = try lab.study()
    try study.database.run("PRAGMA query_only=1")
    let error = #expect(throws: Diagnostics.self) { try study.claim(number: 0, parameters: [], worker: "w") }
    #expect(error?.description.contains("permissions") == true && error?.list[0].code.name == "E0422")
    // The superuser may write everywhere.
    guard geteuid() != 0 else { return }
    try Files.makeFolder(lab.folder("locked"))
    chmod(lab.folder("locked"), 0o555)
    #expect(diagnosed { _ = try Study(path: lab.folder("locked/s.db"), name: "s", directions: [.minimize]) } == ["E0422"])
    #expect(diagnosed { _ = try WorkerLock(folder: lab.folder("locked/workers")) } == ["E0401"])
  }

  @Test func timesAreLocalAndReadInEveryFormThatOptunaReads() {
    let noon = timespec(tv_sec: 1_700_000_000, tv_nsec: 123_456_789)
    let text = LocalTime.text(noon)
    #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.123456/) != nil)
    #expect(abs((LocalTime.seconds(text) ?? 0) - 1_700_000_000.123456) < 1e-5)
    let whole = text.dropLast(7)
    for form in ["\(whole)", "\(whole.replacing(" ", with: "T"))", "\(whole)Z", "\(whole).000+00:00", "\(whole)+00:00"] {
      #expect(LocalTime.seconds(form) == 1_700_000_000, "\(form)")
    }
    for other in ["", "now", "2026-01-01"] { #expect(LocalTime.seconds(other) == nil) }
  }
}
