import TemperCore

/// A part of a gradient buffer outside of which all gradients are zero.
enum TouchedPart {
  /// Everything in a range: leaves that are not kept by rows, and the space between them.
  case whole(Range<Int>)
  /// Some rows of the leaf that begins at `start`.
  case rows([Int32], width: Int, start: Int)
}

/// Which rows of a leaf whose gradient is kept by rows an update visits; of other leaves it visits all. The raw value is the name in a config.
public enum VisitedRows: String, CaseIterable, Sendable {
  /// Every row.
  case all
  /// Those that a batch of the step used; the state of the others does not change.
  case touched
}

extension GradientBuffer {
  /// Calls `body` with the parts that may hold anything but zero, in order. Unless it `keepsToRows`, a leaf is visited by rows only if less than
  /// half of them are touched: beyond that one run over all is faster.
  func forEachTouchedPart(keepingToRows keepsToRows: Bool = false, _ body: (TouchedPart) -> Void) {
    var first = 0
    for index in 0..<leafCount {
      let range = layout[index]
      guard let rows = touchedRows(index), keepsToRows || 2 * rows.count * rowWidth(index) < range.count else { continue }
      if first < range.lowerBound { body(.whole(first..<range.lowerBound)) }
      body(.rows(rows, width: rowWidth(index), start: range.lowerBound))
      first = range.upperBound
    }
    if first < count { body(.whole(first..<count)) }
  }
}
