import TemperFiles
import TemperJSON
import TemperText

extension Tokenizer {
  /// Writes the tokenizer as a `tokenizer.json` to `path`; throws `E0405` if something exists there.
  public func write(to path: String) throws(Diagnostics) {
    if Files.exists(path) {
      throw Diagnostics(.outputExists, at: .wholeFile(path: path), "there is such a file already. Name another by --output, or remove it.")
    }
    try Files.makeFolder(Paths.folder(of: Paths.absolute(path)))
    try Files.write(json.serialized(pretty: true) + "\n", to: path)
  }
}
