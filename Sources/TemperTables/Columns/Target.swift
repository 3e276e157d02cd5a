/// The target columns of a table, with their kind.
public enum TargetColumns: Sendable, Equatable {
  /// One class per row: the name of the class column.
  case classes(String)
  /// One number per row: the name of its column.
  case value(String)
  /// Any number of labels per row: the names of their columns, which are 1 if a row has the label and 0 if not.
  case multilabel([String])

  /// The names of the columns.
  public var names: [String] {
    switch self {
    case .classes(let name), .value(let name): [name]
    case .multilabel(let names): names
    }
  }

  /// The config key that names the columns.
  var key: String {
    if case .multilabel = self { "data.labels" } else { "data.label" }
  }
}

/// How a numeric target is fitted on the training rows.
public struct TargetRules: Sendable {
  /// The scaling for the model, a linear one; predictions are scaled back.
  public var normalize = Normalization.standard
  /// Whether predictions are moved to the range of the training rows.
  public var clamps = false

  /// Rules; the defaults are those of a config.
  public init(normalize: Normalization = .standard, clamps: Bool = false) {
    (self.normalize, self.clamps) = (normalize, clamps)
  }
}

/// The kind of target.
public enum TargetKind: Sendable {
  /// One class per row.
  case classes
  /// One number per row.
  case value
  /// Any number of labels per row.
  case labels
}

/// The target of a model, as fitted on the training rows.
public enum Target: Sendable, Equatable {
  /// One of the classes `names`: the distinct labels of the training rows, sorted by value if all are numbers, else by bytes. A class
  /// is represented by its index in this list.
  case classes(label: String, names: [String])
  /// A number, scaled to (value - mean) / deviation for the model. Predictions are moved to `bounds`, if there are any.
  case value(label: String, mean: Double, deviation: Double, bounds: ClosedRange<Double>? = nil)
  /// Any of these labels, each with its own probability.
  case multilabel([String])

  /// The kind of target.
  public var kind: TargetKind {
    switch self {
    case .classes: .classes
    case .value: .value
    case .multilabel: .labels
    }
  }

  /// The columns that contain it.
  public var columns: TargetColumns {
    switch self {
    case .classes(let label, _): .classes(label)
    case .value(let label, _, _, _): .value(label)
    case .multilabel(let labels): .multilabel(labels)
    }
  }

  /// The names of the classes, by index; empty unless the target is a class.
  public var classes: [String] {
    if case .classes(_, let names) = self { names } else { [] }
  }

  /// Finds the index of a class by its name in any notation: `1.0` is the class `1`.
  public var classFinder: (String) -> Int? {
    guard case .classes(_, let names) = self else { return { _ in nil } }
    let index = ValueIndex(names)
    return { index.find($0) }
  }

  /// The number of model outputs: a logit per class or label, or the scaled value.
  public var width: Int {
    switch self {
    case .classes(_, let names): names.count
    case .value: 1
    case .multilabel(let labels): labels.count
    }
  }

  /// A name for each output.
  package var outputNames: [String] {
    switch self {
    case .classes(_, let names), .multilabel(let names): names
    case .value(let label, _, _, _): [label]
    }
  }

  /// The same with additional classes from `other`.
  package func joined(with other: Target) -> Target {
    guard case .classes(let label, let names) = self else { return self }
    return .classes(label: label, names: names + other.outputNames.filter { !names.contains($0) })
  }

  /// Model outputs or targets in the unit of the label: for `value`, `outputs` times the deviation plus the mean, as doubles, because 32 bits
  /// cannot represent a small spread far from 0. Other targets are not scaled.
  public func unscaled(_ outputs: [Float]) -> [Double] {
    guard case .value(_, let mean, let deviation, _) = self else { return outputs.map { Double($0) } }
    return outputs.map { Double($0) * deviation + mean }
  }

  /// Predictions in the unit of the label: ``unscaled(_:)``, and for `value` within its bounds. NaN stays NaN.
  public func predicted(_ outputs: [Float]) -> [Double] {
    let numbers = unscaled(outputs)
    guard case .value(_, _, _, let bounds?) = self else { return numbers }
    return numbers.map { $0 < bounds.lowerBound ? bounds.lowerBound : $0 > bounds.upperBound ? bounds.upperBound : $0 }
  }

  /// Whether 32-bit numbers resolve a small fraction of the deviation; if not, predictions are written as doubles.
  var fits32Bits: Bool {
    guard case .value(_, let mean, let deviation, _) = self else { return true }
    return Double(Float(abs(mean)).ulp) <= deviation / 4096
  }
}
