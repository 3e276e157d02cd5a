import TemperFiles
import TemperJSON
import TemperText

extension Tokenizer {
  /// Writes the tokenizer as a `tokenizer.json` to `path`; throws `E0405` if something exists there.
  public func write(to path: String) throws(Diagnostics) {
    try Files.demandNew(path, .outputExists)
    try Files.makeFolder(Paths.folder(of: Paths.absolute(path)))
    try Files.write(json, to: path)
  }
}
