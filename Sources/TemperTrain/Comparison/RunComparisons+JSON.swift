import TemperData
import TemperJSON

extension RunComparisons {
  /// The output of `--json`: the runs, and every one against the first.
  public var json: JSON {
    ["runs": .array(runs.map(\.json)), "comparisons": .array(comparisons.map(\.json))]
  }
}

extension ComparedRun {
  fileprivate var json: JSON {
    [
      "run": .string(path), "task": .string(task.name), "state": record.map { .string($0.state.rawValue) } ?? .null,
      "weights_sha256": .array(weights.map { .string($0) }), "metrics": .object(metrics.map { ($0.name, .number($0.value)) }),
    ]
  }
}

extension RunComparison {
  fileprivate var json: JSON {
    func list(_ differences: [Difference]) -> JSON { .array(differences.map(\.json)) }
    return .object([
      ("a", .string(first.path)), ("b", .string(other.path)), ("config", list(settings)), ("data", list(data)),
      ("same_data", hasSameData.map { .bool($0) } ?? .null), ("environment", list(environment)), ("same_weights", .bool(hasSameWeights)),
      ("not_comparable_bit_for_bit", .array(bitReasons.map { .string($0) })), ("metrics", .array(metrics.map(\.json))),
      ("classes", classes.isEmpty ? .null : ["split": .string(split.rawValue), "scores": .array(classes.map(\.json))]),
      ("rows", rowsJSON),
    ])
  }

  private var rowsJSON: JSON {
    do {
      return try rows.get().json
    } catch {
      return ["not_compared": .string(error.reason)]
    }
  }
}

extension RowComparison {
  fileprivate var json: JSON {
    .object([
      ("split", .string(split.rawValue)), ("count", .integer(count)),
      ("flips", flips.map { .array($0.map(\.json)) } ?? .null), ("test", test?.json ?? .null),
    ])
  }
}

extension RowComparison.Flip {
  fileprivate var json: JSON {
    [
      "file": .string(origin.path), "line": origin.line.map { .integer($0) } ?? .null, "row": .integer(origin.row),
      "truth": .string(truth), "a": .string(first), "b": .string(other), "right": isGain ? "b" : "a",
    ]
  }
}
