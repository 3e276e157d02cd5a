import Glibc
import TemperJSON

extension Files {
  /// Creates a folder for temporary files, whose name begins with `prefix`, in the folder of the environment variable `TMPDIR`, else in `/tmp`.
  public static func makeTemporaryFolder(_ prefix: String) throws(Diagnostics) -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array((Paths.absolute(parent) + "/\(prefix)-XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else { throw failure("a temporary folder cannot be created there (TMPDIR)", parent) }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
