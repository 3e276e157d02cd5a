import TemperJSON

/// Courses of numbers that belong into one plot: the loss of the training and of the validation rows, the rates of all layers, a number of several
/// runs.
struct CurveGroup {
  /// A line.
  struct Line {
    let name: String
    /// The number of its run.
    let run: Int
    /// `train`, `validation` or `test`; empty for what is of no split.
    let split: String
    /// The path of its series.
    let path: [String]
    let values: ThinSeries
  }

  /// What is measured.
  let title: String
  private(set) var lines: [Line]

  private static let splits: Set = ["train", "validation", "test"]

  /// The groups of all series of `runs`, in the order of their first appearance.
  static func all(_ runs: [[LineScan.Series]]) -> [CurveGroup] {
    var groups: [CurveGroup] = []
    var places: [String: Int] = [:]
    for (run, series) in runs.enumerated() {
      for one in series where one.path != ["epoch"] {
        let (title, line) = place(one, run)
        if let place = places[title] {
          groups[place].lines.append(line)
        } else {
          places[title] = groups.count
          groups.append(CurveGroup(title: title, lines: [line]))
        }
      }
    }
    return groups
  }

  /// A number of a split belongs to the same number of the others, an element to its array, a member of a member to its siblings.
  private static func place(_ series: LineScan.Series, _ run: Int) -> (title: String, line: Line) {
    var rest = series.path[...]
    let split = series.path.count > 1 && splits.contains(series.path[0]) ? rest.removeFirst() : ""
    var element = ""
    if let last = rest.last, rest.count > 1, Int(last) != nil {
      element = "\((Int(rest.removeLast()) ?? 0) + 1)"
    } else if rest.count > (split.isEmpty ? 2 : 1) {
      element = rest.removeLast()
    }
    let name = [split, element].filter { !$0.isEmpty }.joined(separator: " ")
    return (rest.joined(separator: "."), Line(name: name, run: run, split: split, path: series.path, values: series.values))
  }

  /// The least and the greatest value of all lines; nil without values.
  var range: ClosedRange<Double>? {
    let ranges = lines.compactMap(\.values.range)
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else { return nil }
    return low...high
  }

  /// The value, if it never changes.
  var constant: Double? {
    guard let range, range.lowerBound == range.upperBound, lines.allSatisfy({ $0.values.count > 1 }) else { return nil }
    return range.lowerBound
  }

  /// How many values are not numbers.
  var undefined: Int { lines.reduce(0) { $0 + $1.values.undefined } }
}
