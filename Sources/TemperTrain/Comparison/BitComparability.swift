import TemperJSON

/// Whether two runs of the same config could have the same bytes.
enum BitComparability {
  /// What changes the last digits of results. The number of threads is not among them.
  private static let causes = [
    ("temper", "versions of Temper"), ("cpu", "processors"), ("blas.build", "builds of OpenBLAS"), ("blas.core", "BLAS kernels"),
  ]

  /// Why `other` cannot be compared with `first` bit for bit, a cause each; empty if it can.
  static func reasons(_ first: ComparedRun, _ other: ComparedRun, _ environment: [Difference]) -> [String] {
    let unknown = [first, other].filter { $0.manifest == nil }.map { "\($0.path) has no manifest.json that says where it was trained" }
    return unknown
      + causes.compactMap { key, name in
        environment.first { $0.name == key }.map { "other \(name) (\(shown($0.first)) and \(shown($0.other)))" }
      }
  }
}

/// A value in a table: text without quotes, nothing where there is no value.
func shown(_ value: JSON?) -> String { value.map { $0.string ?? $0.serialized() } ?? "" }
