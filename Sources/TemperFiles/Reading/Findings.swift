import TemperCore
import TemperJSON

/// Collects errors in data, up to a limit, because a file with the wrong delimiter has an error on every line.
package struct Findings {
  /// More than anyone will read; twenty are printed.
  package static let limit = 1000

  package private(set) var list: [Diagnostic] = []

  package init() {}

  package var isFull: Bool { list.count >= Self.limit }

  package mutating func add(_ code: Diagnostic.Code, at place: @autoclosure () -> Place, _ message: @autoclosure () -> String) {
    if !isFull { list.append(Diagnostic(code, at: place(), message())) }
  }

  /// Adds the findings of `other`.
  package mutating func append(_ other: Findings) { list += other.list.prefix(Self.limit - list.count) }

  /// Calls `body` and keeps the errors that it throws.
  package mutating func gather<Value>(_ body: () throws(Diagnostics) -> Value) -> Value? {
    do {
      return try body()
    } catch {
      list += error.list.prefix(Self.limit - list.count)
      return nil
    }
  }

  /// Adds findings in the same file. Only one encoding error is kept, because such a file has another encoding throughout.
  package mutating func gather(_ others: Findings) {
    let hasEncoding = list.contains { $0.code == .notUTF8 }
    list += others.list.filter { !hasEncoding || $0.code != .notUTF8 }.prefix(Self.limit - list.count)
  }

  /// Throws all findings, if any, each file's in line order.
  package func check() throws(Diagnostics) {
    guard !list.isEmpty else { return }
    var order: [String: Int] = [:]
    let keyed = list.enumerated().map { number, finding in
      let (path, line, column) =
        switch finding.place {
        case .file(let path, let line, let column): (path, line, column)
        case .wholeFile(let path): (path, 0, 0)
        case .option(let text): (text, 0, 0)
        }
      let file = order[path] ?? order.count
      order[path] = file
      return (key: (file, line, column, number), finding: finding)
    }
    throw Diagnostics(keyed.sorted { $0.key < $1.key }.map(\.finding))
  }
}

/// `1 row`, `2 rows`; `several` is an irregular plural.
package func counted(_ count: Int, _ noun: String, _ several: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : several ?? noun + "s")"
}
