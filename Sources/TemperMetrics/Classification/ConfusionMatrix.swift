import TemperJSON

/// The number of rows of each class that were predicted to be of each class. Only cells with rows are kept, so it grows with the rows and the
/// classes, not with the square of the classes.
public struct ConfusionMatrix: Sendable, Equatable {
  /// A class, the class predicted for some of its rows, and the number of these.
  public struct Cell: Sendable, Equatable {
    /// The true class.
    public let label: Int
    /// The predicted class.
    public let predicted: Int
    /// The rows.
    public let count: Int
  }

  /// The cells that have rows, by true class and then by predicted class.
  public let cells: [Cell]
  /// The number of rows of each class.
  public let support: [Int]
  /// The number of rows predicted to be of each class.
  public let predicted: [Int]
  /// The number of rows of each class that were predicted correctly.
  public let hits: [Int]
  /// The start of the cells of each class in ``cells``, then the end of the last.
  private let starts: [Int]

  /// The matrix of `classes` classes for rows with these `labels` that were predicted to be of these classes.
  public init(classes: Int, labels: [Int32], predicted: [Int32]) {
    precondition(labels.count == predicted.count, "there must be a prediction for every label")
    var (support, counts, hits) = (
      [Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes)
    )
    for (label, guess) in zip(labels, predicted) {
      support[Int(label)] += 1
      counts[Int(guess)] += 1
      if label == guess { hits[Int(label)] += 1 }
    }
    // The predictions for the rows of each class, one class after the other.
    var ends = [0]
    ends.reserveCapacity(classes + 1)
    for count in support { ends.append(ends[ends.count - 1] + count) }
    let bounds = ends
    var grouped = [Int32](repeating: 0, count: labels.count)
    for (label, guess) in zip(labels, predicted) {
      grouped[ends[Int(label)]] = guess
      ends[Int(label)] += 1
    }
    var (cells, starts) = ([Cell](), [0])
    for label in 0..<classes {
      var run: (guess: Int32, count: Int)?
      for guess in grouped[bounds[label]..<bounds[label + 1]].sorted() {
        if let last = run, last.guess == guess {
          run = (guess, last.count + 1)
        } else {
          if let last = run { cells.append(Cell(label: label, predicted: Int(last.guess), count: last.count)) }
          run = (guess, 1)
        }
      }
      if let last = run { cells.append(Cell(label: label, predicted: Int(last.guess), count: last.count)) }
      starts.append(cells.count)
    }
    (self.cells, self.starts, self.support, self.predicted, self.hits) = (cells, starts, support, counts, hits)
  }

  /// The number of classes.
  public var classes: Int { support.count }

  /// The cells of the rows of one class.
  public subscript(label: Int) -> ArraySlice<Cell> { cells[starts[label]..<starts[label + 1]] }

  /// All cells, also those without rows: rows by true class (first index) and predicted class (second).
  public var dense: [[Int]] {
    (0..<classes).map { label in
      var row = [Int](repeating: 0, count: classes)
      for cell in self[label] { row[cell.predicted] = cell.count }
      return row
    }
  }
}
