import TemperRunSupport

/// What a run leaves that is the same every time.
enum RunFiles {
  /// The files of the directory `path` and of the folders in it, by name; of those that tell times the name alone.
  static func all(_ path: String) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in TestFiles.names(path) {
      if name.hasSuffix("/") {
        for (inner, bytes) in all(path + "/" + name.dropLast()) { files[name + inner] = bytes }
      } else {
        files[name] = ["manifest.json", "timing.jsonl"].contains(name) ? [] : TestFiles.bytes(path + "/" + name)
      }
    }
    return files
  }
}
