import TemperCore
import TemperJSON

/// A folder verified by SHA-256: a record that is written last lists its files with their hashes, and is sealed itself
/// (``SealedJSON``). If any bit of the folder changes on disk or in transfer, reading it is an error.
public struct SealedFolder {
  /// Why a file is rejected.
  public struct Damage: Error {
    /// The file's path.
    public let path: String
    /// The reason, as a sentence without a full stop.
    public let reason: String
  }

  /// Its path.
  public let path: String
  /// The content of the record.
  public let facts: JSON
  private static let filesKey = "files"

  /// Reads the record called `record` in the folder at `path`. Throws if it is missing or was changed.
  public init(reading path: String, record: String) throws(Damage) {
    self.path = path
    let bytes = try Self.bytes(path + "/" + record)
    guard SealedJSON.isIntact(bytes), let json = try? JSON.parse(bytes, path: path + "/" + record) else {
      throw Damage(path: path + "/" + record, reason: Self.changed)
    }
    facts = json
  }

  /// Whether the record lists a file called `name`.
  public func has(_ name: String) -> Bool { facts[Self.filesKey]?[name] != nil }

  /// The bytes of the file called `name`. Throws if it is missing or was changed.
  public func file(_ name: String) throws(Damage) -> [UInt8] {
    let file = path + "/" + name
    guard let entry = facts[Self.filesKey]?[name] else { throw Damage(path: file, reason: "it does not belong to the folder") }
    let bytes = try Self.bytes(file)
    guard bytes.count == entry["bytes"]?.integer, SHA256.hex(bytes) == entry["sha256"]?.string else {
      throw Damage(path: file, reason: Self.changed)
    }
    return bytes
  }

  private static let changed = "its SHA-256 differs from the recorded one: the file is damaged or was changed"

  private static func bytes(_ path: String) throws(Damage) -> [UInt8] {
    guard Files.exists(path) else { throw Damage(path: path, reason: "the file is missing") }
    do { return try FileBytes(reading: path).bytes } catch { throw Damage(path: path, reason: "it cannot be read: \(error)") }
  }

  /// Writes the files of a folder and finally its record.
  public final class Writer {
    /// The existing folder.
    public let path: String
    private var files: [(String, JSON)] = []

    /// Starts with the empty folder `path`.
    public init(_ path: String) { self.path = path }

    /// Writes a file, and hashes it on another thread meanwhile. If one of the files `twins`, which must not be written to any more,
    /// has the same bytes, it is hard-linked and takes no space.
    public func write(_ bytes: [UInt8], to name: String, orLink twins: [String] = []) throws(Diagnostics) {
      let hash = Hash(of: bytes)
      defer { files.append((name, .object([("bytes", .integer(bytes.count)), ("sha256", .string(hash.value))]))) }
      if twins.contains(where: { Files.link($0, as: path + "/" + name, ifItHolds: bytes) }) { return }
      try Files.write(bytes, to: path + "/" + name)
    }

    /// Writes a JSON file.
    public func write(_ json: JSON, to name: String) throws(Diagnostics) {
      try write(Array(json.fileText.utf8), to: name)
    }

    /// Writes the record with `facts`.
    public func finish(_ record: String, _ facts: [(String, JSON)]) throws(Diagnostics) {
      try Files.write(SealedJSON.bytes(facts + [(SealedFolder.filesKey, .object(files))]), to: path + "/" + record)
    }
  }

  /// A SHA-256 computed on a separate thread if the data are large enough.
  private final class Hash: @unchecked Sendable {
    private static let worthAThread = 1 << 18
    private var digest = ""
    private var thread: BackgroundThread?

    init(of bytes: [UInt8]) {
      if bytes.count < Self.worthAThread {
        digest = SHA256.hex(bytes)
      } else {
        thread = BackgroundThread { [unowned self] in digest = SHA256.hex(bytes) }
      }
    }

    /// The digest, waiting for it if necessary; call once.
    var value: String {
      thread?.join()
      return digest
    }
  }
}

/// JSON text that ends with its own SHA-256, computed with zeros in place of its 64 digits.
public enum SealedJSON {
  private static let digits = 64
  private static let ending = Array("\"\n}\n".utf8)

  /// The text of an object with `members`, followed by `sha256`.
  public static func bytes(_ members: [(String, JSON)]) -> [UInt8] {
    let zeros = String(repeating: "0", count: digits)
    var bytes = Array(JSON.object(members + [("sha256", .string(zeros))]).fileText.utf8)
    let seal = place(in: bytes)
    bytes.replaceSubrange(seal, with: Array(SHA256.hex(bytes).utf8))
    return bytes
  }

  /// Whether `bytes` are exactly what ``bytes(_:)`` returned.
  public static func isIntact(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > digits + ending.count, bytes.suffix(ending.count).elementsEqual(ending) else { return false }
    let seal = place(in: bytes)
    var zeroed = bytes
    zeroed.replaceSubrange(seal, with: repeatElement(UInt8(ascii: "0"), count: digits))
    return bytes[seal].elementsEqual(SHA256.hex(zeroed).utf8)
  }

  private static func place(in bytes: [UInt8]) -> Range<Int> {
    bytes.count - ending.count - digits..<bytes.count - ending.count
  }
}
