import TemperCore
import TemperFiles
import TemperJSON
import TemperRunSupport
import Testing

import TemperData

@Suite("Folds and groups") struct GroupTests {
  private static func groups(_ labels: [Int], _ numbers: [Int]) -> RowGroups {
    let classes = Set(labels).sorted().map { label in labels.indices.filter { labels[$0] == label } }
    var order: [Int] = []
    for number in numbers where !order.contains(number) { order.append(number) }
    let members = order.map { number in numbers.indices.filter { numbers[$0] == number } }
    return RowGroups(members, classes: classes, name: "\"g\"", place: .wholeFile(path: "t.csv"))
  }

  @Test("stratified folds differ by a row at most, in all and in each class", arguments: [2, 3, 5, 10])
  func stratified(count: Int) throws {
    let lists = [Array(0..<47), Array(47..<70), Array(70..<81)]
    var random = RandomStreams(seed: 3).sequence("folds")
    let folds = try Folds.deal(lists, into: count, random: &random, place: .wholeFile(path: "t.csv"))
    #expect(folds.flatMap { $0 }.sorted() == Array(0..<81))
    for list in [Array(0..<81)] + lists {
      let sizes = folds.map { Set($0).intersection(list).count }
      #expect(sizes.max()! - sizes.min()! <= 1, "\(sizes)")
    }
    #expect(folds[0] != Array(folds[0][0]..<(folds[0][0] + folds[0].count)), "the rows are shuffled")
  }

  /// Against StratifiedGroupKFold: Goldens/make_group_folds.py.
  @Test(arguments: 0..<4) func groupsAreDealtAsEvenlyAsByScikitLearn(number: Int) throws {
    let path = Repository.path("Tests/TemperDataTests/Goldens/group_folds.json")
    let example = try #require(try JSON.parse(FileBytes(reading: path).bytes, path: path)["cases"]?.array)[number]
    let count = try #require(example["folds"]?.integer)
    let (labels, numbers) = ((example["labels"]?.array ?? []).compactMap(\.integer), (example["groups"]?.array ?? []).compactMap(\.integer))
    let groups = Self.groups(labels, numbers)
    var total = 0.0
    for seed in 0..<20 {
      var random = RandomStreams(seed: UInt64(seed)).sequence("folds")
      let folds = try groups.folds(count, random: &random)
      #expect(folds.flatMap { $0 }.sorted() == Array(labels.indices))
      let owners = folds.map { Set($0.map { numbers[$0] }) }
      #expect(owners.reduce(0) { $0 + $1.count } == Set(numbers).count, "a group is in two folds")
      let spreads = Set(labels).sorted().map { label in
        let shares = folds.map { rows in
          Double(rows.count { labels[$0] == label }) / Double(labels.count { $0 == label })
        }
        let mean = 1 / Double(count)
        return (shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
      }
      total += spreads.reduce(0, +) / Double(spreads.count)
    }
    #expect(total / 20 <= 1.15 * (try #require(example["spread"]?.number)), "\(total / 20)")
  }

  @Test func groupsOfARatioSplitStayWhole() throws {
    let (labels, numbers) = ((0..<300).map { $0 * 7 % 3 }, (0..<300).map { $0 * $0 % 41 })
    let groups = Self.groups(labels, numbers)
    var tests: Set<[Int]> = []
    for seed in 0..<10 {
      var dealer = SplitTests.dealer(0.15, 0.25, seed: UInt64(seed))
      let split = try dealer.deal(groups)
      SplitTests.checkPartition(split, of: 300)
      let owners = [split.train, split.validation, split.test].map { Set($0.map { numbers[$0] }) }
      #expect(owners.reduce(0) { $0 + $1.count } == Set(numbers).count)
      #expect(abs(split.test.count - 75) <= 6 && abs(split.validation.count - 45) <= 6, "\(split.test.count), \(split.validation.count)")
      for label in 0..<3 {
        let share = Double(split.test.count { labels[$0] == label }) / Double(split.test.count)
        #expect(abs(share - 1.0 / 3) < 0.1, "class \(label) has \(share) of the test rows")
      }
      tests.insert(split.test)
    }
    #expect(tests.count == 10, "the seed decides")
  }

  @Test func aLargeGroupIsHeldOutWhereThereIsNoOther() throws {
    let groups = Self.groups((0..<30).map { $0 % 2 }, (0..<30).map { $0 / 10 })
    var dealer = SplitTests.dealer(0.1, 0.1)
    let split = try dealer.deal(groups)
    #expect([split.train.count, split.validation.count, split.test.count] == [10, 10, 10])
  }
}
