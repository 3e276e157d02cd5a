import TemperJSON

/// Files that contain one JSON value.
extension JSON {
  /// Reads the file at `path`. Throws what ``FileBytes`` throws, and JSON errors.
  public init(reading path: String) throws(Diagnostics) {
    try self.init(FileBytes(reading: path))
  }

  /// Parses the value in `file`.
  public init(_ file: FileBytes) throws(Diagnostics) {
    self = try JSON.parse(file.bytes, path: file.name)
  }

  /// The file content: indented, with a line break at the end.
  public var fileText: String { serialized(pretty: true) + "\n" }
}

extension Files {
  /// Writes a JSON file atomically.
  public static func write(_ json: JSON, to path: String) throws(Diagnostics) {
    try write(json.fileText, to: path)
  }
}
