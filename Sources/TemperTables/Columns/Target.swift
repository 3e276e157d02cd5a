/// Which columns of a table are to be predicted, and as what.
public enum TargetColumns: Sendable, Equatable {
  /// One class a row: the name of the column with the classes.
  case classes(String)
  /// One number a row: the name of its column.
  case value(String)
  /// Any number of labels a row: the names of their columns, which hold 1 where a row has the label and 0 where not.
  case multilabel([String])

  /// The names of the columns.
  public var names: [String] {
    switch self {
    case .classes(let name), .value(let name): [name]
    case .multilabel(let names): names
    }
  }

  /// The key of a config that names the columns.
  var key: String {
    if case .multilabel = self { "data.labels" } else { "data.label" }
  }
}

/// What rows are labelled with.
public enum TargetKind: Sendable {
  /// One class a row.
  case classes
  /// One number a row.
  case value
  /// Any number of labels a row.
  case labels
}

/// What a model predicts, as the training rows have it.
public enum Target: Sendable, Equatable {
  /// One of the classes `names`: the labels of the training rows, each once, by value if all are numbers, else by bytes. A class is
  /// its number in this list.
  case classes(label: String, names: [String])
  /// A number, of which the model learns (value - mean) / deviation.
  case value(label: String, mean: Double, deviation: Double)
  /// Any of these labels, each with a probability of its own.
  case multilabel([String])

  /// What rows are labelled with.
  public var kind: TargetKind {
    switch self {
    case .classes: .classes
    case .value: .value
    case .multilabel: .labels
    }
  }

  /// The columns that hold it.
  public var columns: TargetColumns {
    switch self {
    case .classes(let label, _): .classes(label)
    case .value(let label, _, _): .value(label)
    case .multilabel(let labels): .multilabel(labels)
    }
  }

  /// The names of the classes, by number; empty where no classes are predicted.
  public var classes: [String] {
    if case .classes(_, let names) = self { names } else { [] }
  }

  /// Finds the number of a class by its name, however that is written: `1.0` is the class `1`.
  public var classFinder: (String) -> Int? {
    guard case .classes(_, let names) = self else { return { _ in nil } }
    let index = ValueIndex(names)
    return { index.find($0) }
  }

  /// How many outputs a model has for it: a logit for each class or label, or the scaled value.
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
    case .value(let label, _, _): [label]
    }
  }

  /// The same with the classes of `other` that it lacks.
  package func joined(with other: Target) -> Target {
    guard case .classes(let label, let names) = self else { return self }
    return .classes(label: label, names: names + other.outputNames.filter { !names.contains($0) })
  }

  /// What a model says of `value`s, in the unit of the label: `outputs` times the deviation plus the mean, as doubles, since 32 bits do not hold
  /// a small spread far from 0. Other targets are not scaled.
  public func unscaled(_ outputs: [Float]) -> [Double] {
    guard case .value(_, let mean, let deviation) = self else { return outputs.map { Double($0) } }
    return outputs.map { Double($0) * deviation + mean }
  }

  /// Whether numbers of 32 bits tell values apart that differ by a small part of the deviation; if not, predictions are written as doubles.
  var fits32Bits: Bool {
    guard case .value(_, let mean, let deviation) = self else { return true }
    return Double(Float(abs(mean)).ulp) <= deviation / 4096
  }
}
