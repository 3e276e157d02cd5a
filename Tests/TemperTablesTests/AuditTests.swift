import TemperData
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite struct AuditTests {
  /// Σ (b - a) ln(b / a) of .5, .5 and .25, .75, which is .2747; with half a row more in each bin it is a little less.
  @Test func driftIsThePopulationStabilityIndex() {
    let drift = Drift(reference: [50_000, 50_000], current: [25_000, 75_000])
    #expect(abs(drift.index - 0.274653) < 1e-4)
    #expect(drift.isLarge)
    #expect(Drift(reference: [50, 50], current: [500, 500]).index < 1e-9)
    // With so few rows such a difference is chance.
    #expect(!Drift(reference: [50, 50], current: [2, 6]).isLarge)
  }

  @Test func oneExtremeValueDoesNotHideADrift() throws {
    let reference = (0..<1000).map { Double($0 % 100) }
    let shifted = (0..<200).map { Double($0 % 100) * 0.6 + 40 }
    let drift = try #require(Drift(numbers: reference, current: shifted))
    let extreme = try #require(Drift(numbers: reference, current: shifted + [1e9]))
    #expect(drift.isLarge && extreme.isLarge && abs(drift.index - extreme.index) < 0.05)
    let same = try #require(Drift(numbers: reference, current: (0..<200).map { Double($0 * 37 % 100) }))
    #expect(!same.isLarge && same.index < 0.05)
    #expect(Drift(numbers: reference, current: []) == nil)
  }

  @Test func missingValuesAndNewCategoriesAreBins() throws {
    let reference = (0..<1000).map { Double($0 % 100) }
    let holed = (0..<200).map { $0 % 3 == 0 ? Double.nan : Double($0 % 100) }
    #expect(try #require(Drift(numbers: reference, current: holed)).isLarge)
    let categories = (0..<300).map { Int?($0 % 3) }
    #expect(try #require(Drift(categories: categories, current: (0..<100).map { $0 % 2 == 0 ? 7 : $0 % 3 })).isLarge)
    #expect(try #require(Drift(categories: categories, current: (0..<100).map { $0 % 2 == 0 ? nil : $0 % 3 })).isLarge)
    #expect(try !#require(Drift(categories: categories, current: (0..<100).map { $0 % 3 })).isLarge)
  }

  /// A column of one value has one bin.
  @Test func constantColumnsDoNotDrift() throws {
    #expect(try !#require(Drift(numbers: Array(repeating: 3, count: 50), current: Array(repeating: 3, count: 20))).isLarge)
  }

  @Test func numbersFarFromTheRestAreOutliers() throws {
    var numbers = (0..<200).map { Double($0 * 37 % 100) / 10 }
    #expect(Outliers(numbers) == nil)
    numbers[17] = 500
    numbers[30] = -90
    numbers[3] = .nan
    let found = try #require(Outliers(numbers))
    #expect(found.positions == [17, 30] && found.scores[0] > 100 && found.scores[1] < -20 && abs(found.median - 5) < 0.2)
  }

  /// Many large numbers are a long tail, and few numbers have no bulk.
  @Test func tailsAndShortColumnsHaveNoOutliers() {
    #expect(Outliers((0..<200).map { $0 % 20 == 0 ? 1000 : Double($0 % 10) }) == nil)
    #expect(Outliers([1, 2, 1, 2, 900]) == nil)
    #expect(Outliers(Array(repeating: 0, count: 99) + [7]) == nil)
  }

  @Test func keysAreThoseOfValuesInAnyNotation() throws {
    try withFile("a,b,c\n1,x,\n1.0, x ,NA\n1,y,\n01,x,2\n") { path in
      let table = try Table(paths: [path], options: TableOptions())
      let keys = try #require(RowKeys(table, columns: ["a", "b", "c"], missingValues: ["NA"]).keys([0, 1, 2, 3]) { false })
      #expect(keys[0] == keys[1] && keys[0] != keys[2] && keys[0] != keys[3])
      let fewer = try #require(RowKeys(table, columns: ["a", "b"], missingValues: []).keys([0, 3]) { false })
      #expect(fewer[0] == fewer[1])
      #expect(RowKeys(table, columns: ["a"], missingValues: []).keys([0]) { true } == nil)
    }
  }
}
