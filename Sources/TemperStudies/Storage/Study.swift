import TemperFiles
import TemperJSON
import TemperSearch

/// A hyperparameter study in an SQLite file with the tables of Optuna's RDB storage (revision `v3.2.0.a`, Optuna 3.2 to 5.0). Optuna and
/// its dashboard read and continue what this writes, and the reverse.
///
/// Any number of processes may use one study, each with a connection of its own. A study is used by one thread at a time. While it is open, the
/// process must not open the file by other means: closing that would drop SQLite's locks.
///
/// Errors are `Diagnostics` with codes of their own (`DatabaseProblem`); where a method says nothing else, it throws those of SQLite only.
public final class Study {
  /// The path of the file, as given.
  public let path: String
  /// The name in the file.
  public let name: String
  /// Whether small or large values are better, for each objective.
  public let directions: [Direction]
  let id: Int
  let database: Database
  var cache = TrialCache()

  /// Opens an existing study, also of Optuna's. The journal mode of the file is kept unless `journal` is given.
  ///
  /// - Throws: `E0301` without a file, `E0297` if it is of another kind, `E0298` if its schema is of another version, `E0314` if it has no such
  ///   study.
  public convenience init(path: String, name: String, journal: JournalMode? = nil) throws(Diagnostics) {
    let database = try Self.open(path, journal: journal)
    guard let id = try Self.find(name, in: database) else {
      let names = try Self.names(in: database)
      throw Diagnostics(
        .studyMissing, at: .wholeFile(path: path),
        "no study \(quoted(name)). " + (names.isEmpty ? "The file has none." : "The file has \(listed(names))."))
    }
    try self.init(database, id, name)
  }

  /// Opens a study, or creates it if there is none, and the file if there is none. A file that is created gets `journal`, by default
  /// ``JournalMode/writeAhead``; that of an existing file is kept unless `journal` is given.
  ///
  /// - Throws: `E0427` if the study exists with other directions, `E0297` if the file is of another kind, `E0298` if its schema is of another
  ///   version.
  public convenience init(
    path: String, name: String, directions: [Direction], metricNames: [String]? = nil, journal: JournalMode? = nil
  ) throws(Diagnostics) {
    precondition(!directions.isEmpty, "a study has an objective")
    precondition(metricNames.map { $0.count == directions.count } ?? true, "each objective has a name")
    let database = try Self.open(path, journal: journal, mayCreate: true)
    let id = try database.write { () throws(Diagnostics) in
      if let id = try Self.find(name, in: database) { return id }
      try database.run("INSERT INTO studies (study_name) VALUES (?)", [.text(name)])
      let id = database.lastRow
      for (objective, direction) in directions.enumerated() {
        try database.run(
          "INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)",
          [.text(direction.rawValue), .integer(id), .integer(objective)])
      }
      return id
    }
    try self.init(database, id, name)
    guard self.directions == directions else {
      let found = self.directions.map(\.rawValue).joined(separator: ", ")
      throw Diagnostics(
        .studyDiffers, at: .wholeFile(path: path),
        "the study \(quoted(name)) exists with the directions \(found). Use another name, or the same objectives.")
    }
    if let metricNames, try self.metricNames == nil {
      try setAttribute(.array(metricNames.map(JSON.string)), Self.metricNamesAttribute, isSystem: true)
    }
  }

  private init(_ database: Database, _ id: Int, _ name: String) throws(Diagnostics) {
    (self.database, self.id, self.name, path) = (database, id, name, database.path)
    var directions: [Direction] = []
    try database.run("SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective", [.integer(id)]) {
      (row) throws(Diagnostics) in
      guard let direction = Direction(rawValue: row.text(0)) else {
        throw database.damaged("the study \(quoted(name)) has the direction \(quoted(row.text(0)))")
      }
      directions.append(direction)
    }
    if directions.isEmpty { throw database.damaged("the study \(quoted(name)) has no direction") }
    self.directions = directions
  }

  /// The names of the studies in a file, in the order of their creation. One that `mayBegin` may be empty, as it is for a moment when another process
  /// begins a study, and then gets its tables and `journal`.
  ///
  /// - Throws: `E0301` without a file, `E0297` if it is of another kind, `E0298` if its schema is of another version.
  public static func names(path: String, mayBegin: Bool = false, journal: JournalMode? = nil) throws(Diagnostics) -> [String] {
    try names(in: open(path, journal: journal, mayCreate: mayBegin))
  }

  /// Runs `body` as one transaction: what it writes is stored as a whole, with one wait for the disk, or not at all if it throws. Other
  /// processes wait meanwhile, so that it must be short.
  public func batch<Result>(_ body: () throws(Diagnostics) -> Result) throws(Diagnostics) -> Result {
    do throws(Diagnostics) {
      return try database.write(body)
    } catch {
      // Trials that were read within it may be gone.
      cache = TrialCache()
      throw error
    }
  }

  private static func open(_ path: String, journal: JournalMode?, mayCreate: Bool = false) throws(Diagnostics) -> Database {
    guard mayCreate || Files.exists(path) else {
      throw Diagnostics(.inputMissing, at: .wholeFile(path: path), "no such file. Check the path of the study.")
    }
    let database = try Database.open(path, mayCreate: mayCreate, journal: journal)
    try Schema.prepare(database, mayCreate: mayCreate)
    return database
  }

  static func find(_ name: String, in database: Database) throws(Diagnostics) -> Int? {
    try database.first("SELECT study_id FROM studies WHERE study_name = ?", [.text(name)]) { $0.integer(0) }
  }

  private static func names(in database: Database) throws(Diagnostics) -> [String] {
    var names: [String] = []
    try database.run("SELECT study_name FROM studies ORDER BY study_id") { names.append($0.text(0)) }
    return names
  }
}
