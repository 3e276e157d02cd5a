import TemperJSON

/// The tables of Optuna's RDB storage: those of its revision `v3.2.0.a`, which Optuna 3.2 to 5.0 use.
enum Schema {
  /// The number that `version_info` holds.
  static let version = 12
  /// The version of Optuna whose files these are like.
  static let library = "5.0.0"
  /// The revision that `alembic_version` holds.
  static let revision = "v3.2.0.a"
  /// Revisions before it, which `optuna storage upgrade` can bring to it.
  private static let older: Set = [
    "v0.9.0.a", "v1.2.0.a", "v1.3.0.a", "v2.4.0.a", "v2.6.0.a", "v3.0.0.a", "v3.0.0.b", "v3.0.0.c", "v3.0.0.d",
  ]

  /// Makes the tables that are missing in a new file, or in one that a program wrote without those of the revision, as Optuna does.
  static func prepare(_ database: Database, mayCreate: Bool) throws(Diagnostics) {
    if try isComplete(database) { return try check(database) }
    try database.write { () throws(Diagnostics) in
      var names: Set<String> = []
      try database.run("SELECT name FROM sqlite_master WHERE type = 'table'") { names.insert($0.text(0)) }
      guard names.isEmpty ? mayCreate : names.contains("studies") else {
        let what = names.isEmpty ? "the database is empty" : "the database has other tables: \(listed(names.sorted()))"
        throw Diagnostics(.notAStudy, at: .wholeFile(path: database.path), "\(what). Name a file that Temper or Optuna made.")
      }
      for (name, columns) in tables where !names.contains(name) { try database.run("CREATE TABLE \(name) (\n\t\(columns)\n)") }
      try database.run("CREATE UNIQUE INDEX IF NOT EXISTS ix_studies_study_name ON studies (study_name)")
      try database.run("CREATE INDEX IF NOT EXISTS ix_trials_study_id ON trials (study_id)")
      try database.run(
        "INSERT OR IGNORE INTO version_info VALUES (1, ?, ?)", [.integer(version), .text(library)])
      let stored = try database.first("SELECT schema_version FROM version_info") { $0.integer(0) }
      if stored == version {
        try database.run(
          "INSERT INTO alembic_version SELECT ? WHERE NOT EXISTS (SELECT 1 FROM alembic_version)", [.text(revision)])
      }
      try check(database)
    }
  }

  /// Whether all tables and the two rows of versions are there.
  private static func isComplete(_ database: Database) throws(Diagnostics) -> Bool {
    let names = tables.map { "'\($0.name)'" }.joined(separator: ", ")
    let count = try database.first("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN (\(names))") { $0.integer(0) }
    guard count == tables.count else { return false }
    return try database.first("SELECT 1 WHERE EXISTS (SELECT 1 FROM version_info) AND EXISTS (SELECT 1 FROM alembic_version)") { _ in }
      != nil
  }

  private static func check(_ database: Database) throws(Diagnostics) {
    let found = try database.first("SELECT version_num FROM alembic_version") { $0.text(0) }
    if found == revision { return }
    let writer = try database.first("SELECT library_version FROM version_info") { $0.text(0) } ?? "unknown"
    let isOlder = found.map(older.contains) ?? true
    throw Diagnostics(
      .studySchema, at: .wholeFile(path: database.path),
      "the schema is \(found.map(quoted) ?? "too old to have a revision"), of Optuna \(writer), not \(revision). "
        + (isOlder ? "Run `optuna storage upgrade --storage sqlite:///FILE` on a copy." : "Use a newer version of Temper, or another file.")
    )
  }

  /// The names and columns of the tables, in Optuna's order.
  private static let tables: [(name: String, columns: String)] = [
    ("studies", columns("study_id INTEGER NOT NULL", "study_name VARCHAR(512) NOT NULL", "PRIMARY KEY (study_id)")),
    (
      "version_info",
      columns(
        "version_info_id INTEGER NOT NULL", "schema_version INTEGER", "library_version VARCHAR(256)", "PRIMARY KEY (version_info_id)",
        "CHECK (version_info_id=1)")
    ),
    (
      "study_directions",
      columns(
        "study_direction_id INTEGER NOT NULL", "direction VARCHAR(8) NOT NULL", "study_id INTEGER NOT NULL", "objective INTEGER NOT NULL",
        "PRIMARY KEY (study_direction_id)", "UNIQUE (study_id, objective)", ofStudy)
    ),
    ("study_user_attributes", attributes("study_user_attribute_id", "study_id", ofStudy)),
    ("study_system_attributes", attributes("study_system_attribute_id", "study_id", ofStudy)),
    (
      "trials",
      columns(
        "trial_id INTEGER NOT NULL", "number INTEGER", "study_id INTEGER", "state VARCHAR(8) NOT NULL", "datetime_start DATETIME",
        "datetime_complete DATETIME", "PRIMARY KEY (trial_id)", ofStudy)
    ),
    ("trial_user_attributes", attributes("trial_user_attribute_id", "trial_id", ofTrial)),
    ("trial_system_attributes", attributes("trial_system_attribute_id", "trial_id", ofTrial)),
    (
      "trial_params",
      columns(
        "param_id INTEGER NOT NULL", "trial_id INTEGER", "param_name VARCHAR(512)", "param_value FLOAT", "distribution_json TEXT",
        "PRIMARY KEY (param_id)", "UNIQUE (trial_id, param_name)", ofTrial)
    ),
    (
      "trial_values",
      columns(
        "trial_value_id INTEGER NOT NULL", "trial_id INTEGER NOT NULL", "objective INTEGER NOT NULL", "value FLOAT",
        "value_type VARCHAR(7) NOT NULL", "PRIMARY KEY (trial_value_id)", "UNIQUE (trial_id, objective)", ofTrial)
    ),
    (
      "trial_intermediate_values",
      columns(
        "trial_intermediate_value_id INTEGER NOT NULL", "trial_id INTEGER NOT NULL", "step INTEGER NOT NULL", "intermediate_value FLOAT",
        "intermediate_value_type VARCHAR(7) NOT NULL", "PRIMARY KEY (trial_intermediate_value_id)", "UNIQUE (trial_id, step)", ofTrial)
    ),
    (
      "trial_heartbeats",
      columns(
        "trial_heartbeat_id INTEGER NOT NULL", "trial_id INTEGER NOT NULL", "heartbeat DATETIME NOT NULL",
        "PRIMARY KEY (trial_heartbeat_id)",
        "UNIQUE (trial_id)", ofTrial)
    ),
    ("alembic_version", columns("version_num VARCHAR(32) NOT NULL", "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)")),
  ]

  private static let ofStudy = "FOREIGN KEY(study_id) REFERENCES studies (study_id)"
  private static let ofTrial = "FOREIGN KEY(trial_id) REFERENCES trials (trial_id)"

  private static func attributes(_ id: String, _ owner: String, _ reference: String) -> String {
    columns(
      "\(id) INTEGER NOT NULL", "\(owner) INTEGER", "\"key\" VARCHAR(512)", "value_json TEXT", "PRIMARY KEY (\(id))",
      "UNIQUE (\(owner), \"key\")", reference)
  }

  /// Separated as SQLAlchemy does it, so that the stored text of the schema is the same.
  private static func columns(_ lines: String...) -> String { lines.joined(separator: ", \n\t") }
}
