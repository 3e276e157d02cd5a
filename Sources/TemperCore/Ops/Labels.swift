/// A label that is no class.
public struct LabelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The global number of the row.
  public let row: Int32
  /// What it is labelled.
  public let label: Int32
  /// How many classes there are.
  public let classes: Int

  /// An error about one row.
  public init(row: Int32, label: Int32, classes: Int) {
    (self.row, self.label, self.classes) = (row, label, classes)
  }

  /// `row 17 has label 12, but there are 10 classes, 0 to 9`.
  public var description: String {
    "row \(row) has label \(label), but there \(classes == 1 ? "is 1 class, 0" : "are \(classes) classes, 0 to \(classes - 1)")"
  }
}

/// Throws for the first of `labels` that is neither in `0..<classes` nor `ignoreIndex`. Call it where labels come from a file, before any
/// computation: the losses themselves end the program.
///
/// `rowIDs` are the global numbers of the rows, for the message; nil where the rows are counted from 0.
public func checkLabels(_ labels: [Int32], classes: Int, rowIDs: [Int32]? = nil, ignoreIndex: Int32 = -100) throws(LabelError) {
  require(rowIDs == nil || rowIDs!.count == labels.count, "checkLabels: \(labels.count) labels need as many row numbers")
  for (index, label) in labels.enumerated() where label != ignoreIndex && !(label >= 0 && label < classes) {
    throw LabelError(row: rowIDs?[index] ?? Int32(index), label: label, classes: classes)
  }
}
