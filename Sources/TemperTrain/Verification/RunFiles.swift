import TemperFiles
import TemperJSON

/// The files of a run that are the same for the same seed: all but those that hold times.
struct RunFiles {
  /// The directory.
  let path: String
  /// Their names, relative to the directory, sorted.
  let names: [String]
  /// Whether what depends on the number of threads is left out.
  private let ignoresThreads: Bool

  /// Files and folders that hold the time, and the lock.
  private static let excluded: Set = [RunDirectory.manifestName, RunDirectory.timingName, RunDirectory.tensorBoardName, ".lock"]

  /// Lists the files of the run, or of the runs, in `path`.
  init(_ path: String, ignoresThreads: Bool = false) {
    (self.path, self.ignoresThreads) = (path, ignoresThreads)
    func files(_ folder: String) -> [String] {
      Files.names(in: path + "/" + folder).filter { !Self.excluded.contains($0) }.flatMap { name in
        Files.isFolder(path + "/" + folder + name) ? files(folder + name + "/") : [folder + name]
      }
    }
    names = files("")
  }

  /// The content of a file; of the config in a model folder, without the number of threads if that is left out.
  func content(_ name: String) throws(Diagnostics) -> [UInt8] {
    let bytes = try FileBytes(reading: path + "/" + name).bytes
    guard ignoresThreads else { return bytes }
    switch Paths.name(of: name) {
    case ModelFolder.configName, RunDirectory.resolvedName:
      var json = try JSON.parse(bytes, path: name)
      json.update("threads") { $0 = .null }
      return Array(json.serialized().utf8)
    case ModelFolder.factsName:
      // It holds the hash of the config beside it, and its own.
      var json = try JSON.parse(bytes, path: name)
      json.update("files") { $0.update(ModelFolder.configName) { $0 = .null } }
      json.update("sha256") { $0 = .null }
      return Array(json.serialized().utf8)
    default: return bytes
    }
  }

  /// The SHA-256 of the file called `name`, or of all files of this name, as in the folds of a cross-validation; nil if there is none.
  func fingerprint(_ name: String) throws(Diagnostics) -> String? {
    let found = names.filter { $0 == name || $0.hasSuffix("/" + name) }
    var hashes: [String] = []
    for name in found { hashes.append(SHA256.hex(try content(name))) }
    return hashes.count > 1 ? SHA256.hex(Array(hashes.joined(separator: "\n").utf8)) : hashes.first
  }
}
