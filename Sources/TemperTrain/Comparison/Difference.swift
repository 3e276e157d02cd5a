import TemperData
import TemperJSON

/// A setting or a circumstance in which two runs differ.
package struct Difference {
  /// The key in resolved.json, or the name of the circumstance.
  package let name: String
  /// Its value in the first run; nil if there is none.
  package let first: JSON?
  /// Its value in the other run; nil if there is none.
  package let other: JSON?

  /// The form in `--json`.
  var json: JSON { ["name": .string(name), "a": first ?? .null, "b": other ?? .null] }

  /// The settings that differ, in the order of the first config and then of the other. What a run is called and where it lies is left out, and
  /// so is the number of threads, which is among the circumstances.
  package static func settings(_ first: JSON, _ other: JSON) -> [Difference] {
    let ignored: Set = ["name", "output_dir", "threads"]
    return values(first, other).filter { !ignored.contains($0.name) }
  }

  /// The values in two objects that differ, by their paths.
  static func values(_ first: JSON, _ other: JSON) -> [Difference] { between(leaves(first), leaves(other)) }

  /// The data that differ: files by content, initial weights, changed labels, and the number of rows of each split.
  static func data(_ first: ComparedRun, _ other: ComparedRun) -> [Difference] { between(first.dataFacts, other.dataFacts) }

  /// The circumstances that differ.
  static func environment(_ first: ComparedRun, _ other: ComparedRun) -> [Difference] {
    guard let own = first.manifest, let others = other.manifest else { return [] }
    return between(Self.environment.map { ($0, own.value(at: $0) ?? .null) }, Self.environment.map { ($0, others.value(at: $0) ?? .null) })
  }

  /// The circumstances that a manifest has.
  private static let environment = ["temper", "git_revision", "cpu", "blas.build", "blas.core", "threads"]

  private static func between(_ first: [(String, JSON)], _ other: [(String, JSON)]) -> [Difference] {
    let (own, others) = (Dictionary(first) { $1 }, Dictionary(other) { $1 })
    let names = first.map(\.0) + other.map(\.0).filter { own[$0] == nil }
    return names.compactMap { name in
      let (a, b) = (own[name], others[name])
      if let a, let b, a == b { return nil }
      return Difference(name: name, first: a, other: b)
    }
  }

  /// Every value of `json` that is not an object, by its path.
  private static func leaves(_ json: JSON, _ path: String = "") -> [(String, JSON)] {
    guard let members = json.members, !members.isEmpty else { return path.isEmpty ? [] : [(path, json)] }
    return members.flatMap { leaves($0.value, path.isEmpty ? $0.name : path + "." + $0.name) }
  }
}

extension ComparedRun {
  /// What identifies the data: the content of the files, and the number of rows of each split.
  fileprivate var dataFacts: [(String, JSON)] {
    let hashes = dataHashes ?? []
    var facts = hashes.enumerated().map { ("sha256 of file \($0 + 1)", JSON.string($1)) }
    if let start = manifest?["init"]?["sha256"] { facts.append(("sha256 of initial weights", start)) }
    if let changed = manifest?["changed_labels"]?.integer, changed > 0 { facts.append(("changed labels", .integer(changed))) }
    for split in DataSplit.allCases {
      let counts = results.compactMap { result in result[split.rawValue].flatMap { ($0["rows"] ?? $0["tokens"])?.integer } }
      if !counts.isEmpty { facts.append(("\(split.rawValue) rows", .integer(counts.reduce(0, +)))) }
    }
    return facts
  }
}
