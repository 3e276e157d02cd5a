import Glibc

/// Files that are too large, or not ours, to lie in the project. Tests that need one are skipped where it is absent.
public enum OutsideData {
  /// The folder that the environment variable TEMPER_OUTSIDE_DATA names.
  public static let folder = getenv("TEMPER_OUTSIDE_DATA").map { String(cString: $0) }

  /// Where the file called `name` lies; nil where it is absent.
  public static func path(_ name: String) -> String? {
    guard let path = folder.map({ $0 + "/" + name }), access(path, R_OK) == 0 else { return nil }
    return path
  }

  /// What a skipped test says.
  public static func reason(_ name: String) -> String {
    "needs the file \(name) in the folder that TEMPER_OUTSIDE_DATA names"
  }
}
