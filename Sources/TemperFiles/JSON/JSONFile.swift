import TemperJSON

/// Files that hold one JSON value.
extension JSON {
  /// Reads the file at `path`. Throws what ``FileBytes`` throws, and what is wrong with the JSON.
  public init(reading path: String) throws(Diagnostics) {
    try self.init(FileBytes(reading: path))
  }

  /// The value that `file` holds.
  public init(_ file: FileBytes) throws(Diagnostics) {
    self = try JSON.parse(file.bytes, path: file.name)
  }

  /// The text of a file: indented, with a line break at the end.
  public var fileText: String { serialized(pretty: true) + "\n" }
}

extension Files {
  /// Writes a file of JSON whole or not at all.
  public static func write(_ json: JSON, to path: String) throws(Diagnostics) {
    try write(json.fileText, to: path)
  }
}
