import TemperCore
import TemperData
import Testing

@Suite struct RepeatedRowsTests {
  private func keys(_ features: [Int], _ labels: [Int]) -> RepeatedRows.Keys {
    RepeatedRows.Keys(features: features.map { RowKey($0) }, labels: labels.map { RowKey($0) })
  }

  private func row(_ split: DataSplit, _ index: Int) -> RepeatedRows.Row { .init(split: split, index: index) }

  @Test func rowsThatRepeatOthersAreFoundInAndAcrossSplits() {
    let found = RepeatedRows([
      .train: keys([1, 2, 1, 3, 2], [0, 0, 0, 1, 1]), .validation: keys([3, 9], [1, 0]), .test: keys([9, 8, 1], [0, 0, 1]),
    ])
    #expect(found.duplicates.mapValues(\.count) == [.train: 1])
    #expect(
      found.duplicates[.train]?.shown.first?.first == row(.train, 0) && found.duplicates[.train]?.shown.first?.second == row(.train, 2))
    #expect(found.heldOutInTraining.mapValues(\.count) == [.validation: 1, .test: 1])
    #expect(found.copiesOfTraining.mapValues(\.count) == [.validation: 1])
    #expect(found.heldOutInTraining[.test]?.shown.first?.second == row(.test, 2))
    #expect(found.testInValidation.shown.map(\.second) == [row(.test, 0)])
    // The second 2 of the training rows, and the 1 of the test rows.
    #expect(found.conflicts.shown.map(\.second) == [row(.train, 4), row(.test, 2)])
    #expect(found.distinctTraining == 3)
  }

  @Test func differentRowsHaveNoFindings() {
    let found = RepeatedRows([.train: keys([1, 2], [0, 0]), .test: keys([3], [0])])
    #expect(found.duplicates.isEmpty && found.heldOutInTraining.isEmpty && found.conflicts.count == 0 && found.testInValidation.count == 0)
  }

  /// A repeated row with another label is kept, because it says something else.
  @Test func rowsToKeepRepeatNeitherOthersNorHeldOutOnes() {
    let kept = RepeatedRows.kept(keys([1, 2, 1, 1, 3, 7, 7], [0, 0, 0, 1, 0, 1, 0]), heldOut: [keys([3], [0]), keys([7], [1])])
    #expect(kept.rows == [0, 1, 3] && kept.repeated == 1 && kept.heldOut == 3)
    // The last row, whose label no held-out row with its features has.
    #expect(kept.contradicting == 1)
  }

  @Test func roundedFeaturesHaveTheSameKeys() throws {
    let data = Dataset(features: [0, 1, 0.004, 1.001, 0.3, 1, -0.0, 1], width: 2, labels: [0, 0, 0, 1], rowIDs: [0, 1, 2, 3])
    let exact = try #require(data.keys { false })
    #expect(exact[0] != exact[1] && exact[0] == exact[3])
    let near = try #require(data.keys(step: 0.05) { false })
    #expect(near[0] == near[1] && near[0] != near[2])
    #expect(data.keys { true } == nil)
    #expect(data.targets.keys[0] == data.targets.keys[1] && data.targets.keys[0] != data.targets.keys[3])
  }

  @Test func permutedTargetsKeepTheirRows() {
    let targets = RowTargets(.classes([0, 1, 2]), rowIDs: [5, 6, 7]).permuted([2, 0, 1])
    #expect(targets.labels == [2, 0, 1] && targets.rowIDs == [5, 6, 7])
  }
}
