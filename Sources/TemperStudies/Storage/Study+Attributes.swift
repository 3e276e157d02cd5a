import TemperJSON

extension Study {
  static let metricNamesAttribute = "study:metric_names"

  /// The names of the objectives, which Optuna and its dashboard show; nil if there are none.
  public var metricNames: [String]? {
    get throws(Diagnostics) {
      try systemAttribute(Self.metricNamesAttribute)?.array?.compactMap(\.string)
    }
  }

  /// A user attribute of the study; nil if there is none, or if it is not JSON.
  public func userAttribute(_ name: String) throws(Diagnostics) -> JSON? { try attribute(name, "study_user_attributes") }

  /// A system attribute of the study; nil if there is none, or if it is not JSON.
  public func systemAttribute(_ name: String) throws(Diagnostics) -> JSON? { try attribute(name, "study_system_attributes") }

  /// Sets a user attribute of the study, or a system attribute, which Optuna's own parts read.
  public func setAttribute(_ value: JSON, _ name: String, isSystem: Bool = false) throws(Diagnostics) {
    try database.write { () throws(Diagnostics) in
      try database.run(
        "INSERT INTO study_\(isSystem ? "system" : "user")_attributes (study_id, \"key\", value_json) VALUES (?, ?, ?) "
          + "ON CONFLICT (study_id, \"key\") DO UPDATE SET value_json = excluded.value_json",
        [.integer(id), .text(name), .text(value.serialized())])
    }
  }

  private func attribute(_ name: String, _ table: String) throws(Diagnostics) -> JSON? {
    let text = try database.first("SELECT value_json FROM \(table) WHERE study_id = ? AND \"key\" = ?", [.integer(id), .text(name)]) {
      $0.text(0)
    }
    return text.flatMap { try? JSON.parse($0, path: path) }
  }
}
