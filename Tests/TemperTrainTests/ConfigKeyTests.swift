import TemperJSON
import Testing

@testable import TemperTrain

/// What shows that a key of the config is used.
struct KeyCase: Sendable {
  /// The key as the table of all keys has it: `optimizer.betas (adamw)`.
  let key: String
  /// Fails unless the key does what it says.
  let check: @Sendable (Lab) throws -> Void

  /// A case with a check of its own.
  init(_ key: String, _ check: @escaping @Sendable (Lab) throws -> Void) {
    (self.key, self.check) = (key, check)
  }

  /// A case where every one of `values`, each a list of changes to the sample config, trains to other weights.
  init(_ key: String, givesOtherWeights values: [[String]], also check: @escaping @Sendable ([TrainedRun]) throws -> Void = { _ in }) {
    self.init(key) { lab in
      let runs = try values.map { try lab.train($0) }
      for (i, run) in runs.enumerated() {
        #expect(!run.last.isEmpty)
        for j in 0..<i { #expect(runs[j].last != run.last, "\(values[j]) and \(values[i]) give the same weights") }
      }
      try check(runs)
    }
  }
}

@Suite struct ConfigKeyTests {
  static let cases =
    dataCases + splitCases + columnCases + fileCases + imageCases + arrayCases + modelCases + tableModelCases + textEmbeddingCases
    + cnnCases + vitCases + imageFileCases
    + lossCases + optimizerCases
    + scheduleCases
    + regularizationCases + dropoutCases + averageCases + equalAverageCases + trainCases + trainingRowCases + checkpointCases
    + runCases + transformerCases + ngramCases + textCases + startCases + logCases + sweepCases + stoppingCases

  /// Every key needs a case; one that only holds others has theirs.
  @Test func everyKeyHasACase() {
    let rows = RunConfig.table
    let keys = rows.filter { row in !rows.contains { $0.path.hasPrefix(row.path + ".") } }.map(\.label)
    let tested = Self.cases.map(\.key)
    #expect(Set(keys).subtracting(tested).sorted() == [], "keys without a test")
    #expect(Set(tested).subtracting(rows.map(\.label)).sorted() == [], "tests without a key")
    #expect(Set(tested).count == tested.count)
  }

  @Test(arguments: cases) func aKeyIsUsed(_ example: KeyCase) throws {
    try example.check(Lab())
  }
}

extension KeyCase: CustomTestStringConvertible {
  var testDescription: String { key }
}
