import TemperCore
import TemperJSON
import Testing

import TemperMetrics

/// Reports of very many classes grow with the classes and the rows, and not with their products.
@Suite struct ManyClassesTests {
  private func probabilities(_ rows: Int, _ classes: Int) -> (values: [Float], labels: [Int32]) {
    var random = RandomStreams(seed: 3).sequence("many")
    var (values, labels) = ([Float](), [Int32]())
    for _ in 0..<rows {
      var row = (0..<classes).map { _ in Float(random.below(1000)) + 1 }
      let sum = row.reduce(0, +)
      for c in row.indices { row[c] /= sum }
      values += row
      labels.append(Int32(random.below(classes)))
    }
    return (values, labels)
  }

  /// Batches in any order give the report of all rows at once, to the last bit.
  @Test func batchesInAnyOrder() {
    let (classes, rows) = (7, 50)
    let names = (0..<classes).map { "c\($0)" }
    let (values, labels) = probabilities(rows, classes)
    let whole = ClassificationReport(probabilities: values, labels: labels, classes: names)
    var parts = ClassificationAccumulator(classes: classes, rows: rows)
    let order = (0..<rows).sorted { $0 * 37 % rows < $1 * 37 % rows }
    for start in stride(from: 0, to: rows, by: 8) {
      let places = order[start..<min(start + 8, rows)]
      let own = places.flatMap { values[$0 * classes..<($0 + 1) * classes] }
      parts.add(own, labels: places.map { labels[$0] }, places: places)
    }
    #expect(ClassificationReport(parts, classes: names) == whole)
    #expect(whole.notes.isEmpty)
  }

  @Test func confusionOfFewCells() {
    let matrix = ConfusionMatrix(classes: 4, labels: [2, 0, 2, 2, 3, 0], predicted: [1, 0, 2, 1, 3, 1])
    #expect(matrix.dense == [[1, 1, 0, 0], [0, 0, 0, 0], [0, 2, 1, 0], [0, 0, 0, 1]])
    #expect(matrix.support == [2, 0, 3, 1] && matrix.predicted == [1, 3, 1, 1] && matrix.hits == [1, 0, 1, 1])
    #expect(matrix[1].isEmpty && matrix[2].map(\.count) == [2, 1] && matrix.cells.count == 5)
    #expect(ConfusionMatrix(classes: 1_000_000, labels: [999_999], predicted: [0]).cells.count == 1)
  }

  @Test func beyondAThousandClasses() throws {
    let (classes, rows) = (1001, 40)
    let names = (0..<classes).map { "c\($0)" }
    let (values, labels) = probabilities(rows, classes)
    let report = ClassificationReport(probabilities: values, labels: labels, classes: names)
    #expect(report.rocAUC == nil && report.accuracy != nil && report.logLoss != nil && report.top5Accuracy != nil)
    #expect(report.notes.count == 2 && report.notes[0].hasPrefix("roc_auc is not computed for more than 1000 classes"))
    #expect(report.json["classes"]?.array?.count == 1000 && report.json["confusion"]?.isNull == true)
    #expect(report.json["confusion_cells"]?.array?.count == report.confusion.cells.count && report.json["notes"]?.array?.count == 2)
    #expect(report.json["classes"]?.array?.first?["support"]?.integer == report.scores.map(\.support).max())

    // One class less, and all is there.
    let fewer = ClassificationReport(
      probabilities: probabilities(rows, 1000).values, labels: labels.map { min($0, 999) }, classes: Array(names.dropLast()))
    #expect(fewer.notes.isEmpty && fewer.json["confusion"]?.array?.count == 1000 && fewer.json["notes"] == nil)
    #expect(fewer.scores.contains { $0.rocAUC != nil })
  }

  @Test func beyondAThousandLabels() {
    let names = (0..<1001).map { "l\($0)" }
    let targets = (0..<2002).map { Float($0 % 3 == 0 ? 1 : 0) }
    let report = MultilabelReport(probabilities: targets, targets: targets, labels: names)
    #expect(report.rocAUC == nil && report.macroF1 != nil && report.subsetAccuracy == 1 && report.notes.count == 1)
    #expect(report.json["notes"]?.array?.count == 1)
  }
}
