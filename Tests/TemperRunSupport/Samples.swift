/// Where things are in this repository.
public enum Repository {
  /// Its root.
  public static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

  /// The path of `name` in it.
  public static func path(_ name: String) -> String { root + "/" + name }
}

/// Small tables to learn from, the same at every call.
public enum SampleTable {
  /// Rows of `x0`, `x1`, `x2`, `color`, `part` and `kind`: three kinds, of which `a` has half the rows, in overlapping clouds; `part` is
  /// train, validation or test by 6, 2 and 2 of 10.
  public static func csv(rows: Int = 60, delimiter: String = ",", seed: UInt64 = 1) -> String {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func uniform() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / 0x1p53
    }
    let centers: [String: [Double]] = ["a": [0, 0, 1], "b": [1.5, 0, -1], "c": [0, 1.5, 0]]
    var lines = [["x0", "x1", "x2", "color", "part", "kind"]]
    for row in 0..<rows {
      let kind = ["a", "b", "a", "c"][row % 4]
      let x = (centers[kind] ?? []).map { "\((($0 + 2 * uniform() - 1) * 1000).rounded() / 1000)" }
      let part = row * 7 % 10 < 6 ? "train" : row * 7 % 10 < 8 ? "validation" : "test"
      lines.append(x + [["red", "green", "blue"][Int(3 * uniform())], part, kind])
    }
    return lines.map { $0.joined(separator: delimiter) + "\n" }.joined()
  }

  /// A config that learns `t.csv` in a moment.
  public static let config = """
    {
      "data": {"path": "t.csv", "label": "kind", "columns": {"part": "ignore"}},
      "model": {"hidden": [8]},
      "train": {"epochs": 2, "batch_size": 16}
    }
    """
}

extension String {
  /// The text with the first `part` in it replaced.
  public func replacingFirst(_ part: String, with other: String) -> String {
    guard let start = indices.first(where: { self[$0...].hasPrefix(part) }) else { return self }
    return self[..<start] + other + self[index(start, offsetBy: part.count)...]
  }
}
