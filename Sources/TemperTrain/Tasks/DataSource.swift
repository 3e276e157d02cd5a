import TemperData
import TemperFiles
import TemperJSON

/// A file that was read, as the manifest records it.
public struct DataSource: Sendable {
  /// Its path.
  public let path: String
  /// Its size.
  public let bytes: Int
  /// The SHA-256 of its bytes.
  public let sha256: String

  /// Records `file`.
  public init(_ file: FileBytes) {
    (path, bytes, sha256) = (file.name, file.storedCount, SHA256.hex(of: file))
  }

  var json: JSON { .object([("path", .string(path)), ("bytes", .integer(bytes)), ("sha256", .string(sha256))]) }
}
