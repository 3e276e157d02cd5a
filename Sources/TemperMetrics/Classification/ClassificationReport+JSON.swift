import TemperJSON

extension ClassificationReport {
  /// What is left out if there are very many classes, a line each.
  public var notes: [String] {
    var notes: [String] = []
    if lacksAreas {
      notes.append(
        "roc_auc is not computed for more than \(ClassificationAccumulator.classLimit) classes, or more than "
          + "\(ClassificationAccumulator.scoreLimit) probabilities")
    }
    if isCut {
      notes.append(
        "of \(scores.count) classes the \(shownClasses.count) with the most rows are listed; of \(confusion.cells.count) cells of the "
          + "confusion matrix that have rows, the \(shownCells.count) with the most")
    }
    return notes
  }

  /// Whether there are more classes than are listed one by one.
  private var isCut: Bool { scores.count > ClassificationAccumulator.classLimit }

  /// The classes that are listed: all, or those with the most rows, of equal ones the first.
  private var shownClasses: [ClassScore] {
    guard isCut else { return scores }
    let order = scores.indices.sorted { (-scores[$0].support, $0) < (-scores[$1].support, $1) }
    return order.prefix(ClassificationAccumulator.classLimit).map { scores[$0] }
  }

  /// The cells of the confusion matrix that are listed if it is not written in full: those with the most rows.
  private var shownCells: [ConfusionMatrix.Cell] {
    let cells = confusion.cells
    let order = cells.indices.sorted { (-cells[$0].count, $0) < (-cells[$1].count, $1) }
    return order.prefix(ClassificationAccumulator.classLimit).map { cells[$0] }
  }

  /// The report as it is printed and stored. Of more than ``ClassificationAccumulator/classLimit`` classes, as many are listed, with `notes`
  /// that say so, and of the confusion matrix only cells.
  public var json: JSON {
    var members: [(String, JSON)] = [("count", .integer(count))] + metrics.map { ($0.name, .number($0.value)) }
    members.append(
      (
        "classes",
        .array(
          shownClasses.map { score in
            .object([
              ("name", .string(score.name)), ("precision", .number(score.precision)), ("recall", .number(score.recall)),
              ("f1", .number(score.f1)), ("roc_auc", .number(score.rocAUC)), ("support", .integer(score.support)),
              ("predicted", .integer(score.predicted)),
            ])
          })
      ))
    if isCut {
      members.append(("confusion", .null))
      members.append(
        (
          "confusion_cells",
          .array(
            shownCells.map { cell in
              .object([
                ("class", .string(scores[cell.label].name)), ("predicted", .string(scores[cell.predicted].name)),
                ("count", .integer(cell.count)),
              ])
            })
        ))
    } else {
      members.append(("confusion", .array(confusion.dense.map { row in .array(row.map { .integer($0) }) })))
    }
    if !notes.isEmpty { members.append(("notes", .array(notes.map { .string($0) }))) }
    return .object(members)
  }
}
