import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperData

@Suite("Splits") struct SplitTests {
  static func dealer(_ validation: Double, _ test: Double, seed: UInt64 = 1) -> RandomSplit {
    RandomSplit(
      validation: validation, test: test, random: RandomStreams(seed: seed).sequence("split"), place: .wholeFile(path: "t.csv"))
  }

  /// Classes of the given sizes over shuffled row numbers.
  static func classes(_ sizes: [Int]) -> [(name: String, rows: [Int])] {
    var rows = Array(0..<sizes.reduce(0, +))
    var random = RandomStreams(seed: 9).sequence("rows")
    random.shuffle(&rows)
    var start = 0
    return sizes.enumerated().map { number, size in
      start += size
      return ("c\(number)", rows[(start - size)..<start].sorted())
    }
  }

  static func checkPartition(_ split: Split, of count: Int) {
    #expect((split.train + split.validation + split.test).sorted() == Array(0..<count))
    for part in [split.train, split.validation, split.test] { #expect(part == part.sorted()) }
  }

  @Test("sizes of a random split", arguments: [10, 11, 99, 1000])
  func sizes(count: Int) throws {
    var dealer = Self.dealer(0.1, 0.2)
    let split = try dealer.deal(Array(0..<count))
    Self.checkPartition(split, of: count)
    #expect(split.test.count == Int((0.2 * Double(count)).rounded()))
    #expect(split.validation.count == Int((0.1 * Double(count)).rounded()))
  }

  @Test func theSeedDecides() throws {
    func deal(_ seed: UInt64) throws -> [Split] {
      var (plain, stratified) = (Self.dealer(0.2, 0.2, seed: seed), Self.dealer(0.2, 0.2, seed: seed))
      return [try plain.deal(Array(0..<50)), try stratified.deal(Self.classes([20, 30]))]
    }
    #expect(try deal(4) == deal(4))
    #expect(try deal(4)[0] != deal(5)[0])
    #expect(try deal(4)[1] != deal(5)[1])
  }

  @Test("the same rows on every machine and in every version") func knownRows() throws {
    var dealer = Self.dealer(0.2, 0.2, seed: 42)
    let split = try dealer.deal(Array(0..<10))
    #expect(split == Split(train: [1, 2, 4, 5, 8, 9], validation: [0, 3], test: [6, 7]))
  }

  @Test("classes keep their shares", arguments: [[50, 30, 20], [97, 2, 1], [3, 3, 3, 3], [500, 499, 7]])
  func shares(sizes: [Int]) throws {
    let classes = Self.classes(sizes)
    let count = sizes.reduce(0, +)
    var dealer = Self.dealer(0.15, 0.25)
    let split = try dealer.deal(classes)
    Self.checkPartition(split, of: count)
    for (part, share) in [(split.test, 0.25), (split.validation, 0.15)] {
      #expect(part.count == Int((share * Double(count)).rounded()))
      for (item, size) in zip(classes, sizes) {
        let quota = Double(size) * Double(part.count) / Double(count)
        let got = Set(part).intersection(item.rows).count
        #expect(abs(Double(got) - quota) < 1.5, "\(item.name): \(got) of \(quota)")
      }
    }
    for item in classes { #expect(!Set(split.train).isDisjoint(with: item.rows)) }
  }

  @Test func largestRemaindersFirst() {
    #expect(RandomSplit.apportion(5, counts: [10, 10, 10], capacities: [9, 9, 9]) == [2, 2, 1])
    #expect(RandomSplit.apportion(10, counts: [55, 29, 16], capacities: [54, 28, 15]) == [5, 3, 2])
    #expect(RandomSplit.apportion(3, counts: [1, 1, 4], capacities: [0, 0, 3]) == [0, 0, 3])
    #expect(RandomSplit.apportion(4, counts: [1, 1, 4], capacities: [0, 0, 3]) == nil)
    #expect(RandomSplit.apportion(0, counts: [1], capacities: [0]) == [0])
  }

  @Test func splitsThatCannotBe() {
    func deal(_ validation: Double, _ test: Double, _ sizes: [Int]) -> [String] {
      errors {
        var dealer = Self.dealer(validation, test)
        return try dealer.deal(Self.classes(sizes))
      }
    }
    #expect(
      deal(0.3, 0.3, [1, 2, 2]) == [
        "t.csv: too few rows of some classes to hold 4 out and keep one of each for training: \"c0\" has 1 row. "
          + "Hold out fewer rows, set data.split.stratify to false, or check that data.label has classes. [E0231]"
      ])
    #expect(
      deal(0.5, 0.5, [10]) == [
        "t.csv: data.split.validation 0.5 and data.split.test 0.5 must be 0 or more and leave rows for training: their sum must be below 1. [E0231]"
      ])
    #expect(
      deal(0.1, 0.1, [2]) == [
        "t.csv: 2 rows cannot be split: with 1 for test and 1 for validation, none are left for training. Hold out fewer rows. [E0231]"
      ])
    #expect(deal(.nan, 0, [10]).count == 1)
    #expect(deal(-0.1, 0, [10]).count == 1)
  }
}
