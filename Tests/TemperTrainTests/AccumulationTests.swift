import TemperCore
import Testing

@testable import TemperTrain

/// Several small batches make the step that one big batch makes, to 1e-6: sums and weights are added up, and divided once.
@Suite struct AccumulationTests {
  private let lab = Lab()

  /// 54 rows: the big batches are 24, 24 and 6 rows, the small ones 8, of which the last step has but one, with 6.
  private func difference(_ changes: [String]) throws -> Float {
    let optimizer = "optimizer={\"type\": \"sgd\", \"learning_rate\": 0.05}"
    let big = try lab.train([optimizer, "train.batch_size=24", "train.epochs=3"] + changes)
    let small = try lab.train([optimizer, "train.batch_size=8", "train.gradient_accumulation_steps=3", "train.epochs=3"] + changes)
    #expect(big.outcome.steps == 9)
    #expect(small.outcome.steps == 9)
    return try relativeDifference(big, small)
  }

  @Test(arguments: [
    [], ["model.norm=layer", "model.hidden=[16, 16]"], ["regularization.l2=0.01"], ["train.max_grad_norm=0.1"],
    ["loss.class_weights=balanced"], ["loss.class_weights={\"b\": 7.5, \"c\": 0.25}"],
    ["loss.class_weights={\"b\": 7.5, \"c\": 0.25}", "loss.normalize=count"],
    ["loss.label_smoothing=0.2", "loss.class_weights={\"a\": 3}"],
    ["loss.class_weights={\"a\": 0}"], ["train.sampling=balanced"], ["train.augment={\"noise\": 0.1, \"mixup\": 0.4}"],
  ])
  func smallBatchesEqualABigOne(changes: [String]) throws {
    #expect(try difference(changes) < 1e-6)
  }

  /// The test can fail: batch normalisation looks at the small batches.
  @Test func batchStatisticsAreOfTheSmallBatches() throws {
    #expect(try difference(["model.norm=batch"]) > 1e-4)
  }

  /// Dropout depends on the row and the step, not on the row's place in a batch.
  @Test(arguments: [
    "{\"rate\": 0.5}", "{\"type\": \"gaussian\", \"rate\": 0.5}", "{\"type\": \"standout\"}",
    "{\"type\": \"variational\", \"kl_weight\": 0.5}",
    "{\"type\": \"concrete\", \"weight_regularizer\": 0.01, \"dropout_regularizer\": 0.1}",
  ])
  func dropoutIsThatOfTheBigBatch(dropout: String) throws {
    #expect(try difference(["regularization.dropout=\(dropout)"]) < 1e-6)
  }
}
