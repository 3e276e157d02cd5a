import Glibc

/// File paths as text.
public enum Paths {
  /// Everything before the last slash; `.` if there is none.
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part.
  public static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The last part, without its extension.
  public static func stem(of path: String) -> String {
    let last = name(of: path)
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }

  /// The absolute path of `path`, relative to `base`; `.` and `..` are resolved as text.
  public static func absolute(_ path: String, in base: String = ".") -> String {
    if path.hasPrefix("/") { return normalized(path) }
    if base.hasPrefix("/") { return normalized(base + "/" + path) }
    return normalized(workingFolder + "/" + base + "/" + path)
  }

  /// The path `path` relative to `folder`; both may be relative to the working directory.
  public static func relative(_ path: String, to folder: String) -> String {
    let (parts, base) = (absolute(path).split(separator: "/"), absolute(folder).split(separator: "/"))
    let common = zip(parts, base).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: base.count - common) + parts[common...]).joined(separator: "/")
  }

  /// The working directory of the process.
  public static var workingFolder: String {
    guard let buffer = getcwd(nil, 0) else { return "/" }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", !parts.isEmpty { parts.removeLast() } else if part != ".." { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
