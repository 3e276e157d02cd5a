import Glibc
import TemperCore
import TemperData
import TemperJSON
import TemperMetrics
import TemperNN
import Testing

@testable import TemperTrain

/// What layers add to the loss reaches the objective, the weights and the log.
@Suite struct LossTermTrainingTests {
  private let lab = Lab()

  /// A layer of one's own: h = w x, with a share of the mean of h² added to the loss.
  private struct Quiet {
    let weight: Parameter
    let share: Double

    func callAsFunction(_ x: [Float], _ context: Context) -> Tensor {
      let h = weight.value * Tensor([x.count], x)
      context.terms?.add("quiet", weight: share, h.squared().mean())
      return h
    }
  }

  private static let x: [Float] = [1, -2, 0.5, 3, -1]
  private static let target: Float = 0.4

  /// A trainer of that layer on five rows, of which a batch takes `rows`, with the loss (h - 0.4)².
  private func trainer(rows: Int, accumulating steps: Int = 1, share: Double = 0.2) throws -> Trainer {
    let config = try lab.config([
      #"optimizer={"type": "sgd", "learning_rate": 0.1, "momentum": 0}"#, "train.gradient_accumulation_steps=\(steps)", "train.max_steps=3",
      "-train.epochs",
    ]).config
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let layer = Quiet(weight: store.root["quiet"].parameter("weight", [1], .constant(0.7)), share: share)
    let plan = BatchPlan(rows: 5, batchSize: rows)
    return Trainer(store, plan, config: config) { _, first in
      var number = first
      return TrainingBatches {
        let start = number % plan.batches * rows
        number += 1
        let batch = Array(Self.x[start..<min(start + rows, 5)])
        return (
          batch.indices.map { Int32(start + $0) },
          { context, _ in
            let errors = layer(batch, context) - Self.target
            return Loss(sum: errors.squared().sum(), weight: Double(batch.count))
          }
        )
      }
    }
  }

  /// d/dw of the mean of (w x - 0.4)² + 0.2 (w x)².
  private func stepped(from w: Double) -> Double {
    let x = Self.x.map { Double($0) }
    let gradient = x.map { 2 * (w * $0 - Double(Self.target)) * $0 + 0.4 * w * $0 * $0 }.reduce(0, +) / 5
    return w - 0.1 * gradient
  }

  @Test(arguments: [(5, 1), (2, 3), (1, 5)]) func aStepFollowsTheWholeObjective(rows: Int, accumulating: Int) throws {
    let trainer = try trainer(rows: rows, accumulating: accumulating)
    var w = 0.7
    for _ in 0..<3 {
      let x = Self.x.map { Double($0) }
      let step = try trainer.step()
      #expect(step.terms.map(\.name) == ["quiet"])
      #expect(abs((step.terms.first?.value ?? 0) - 0.2 * w * w * x.map { $0 * $0 }.reduce(0, +) / 5) < 1e-5)
      let loss = x.map { (w * $0 - 0.4) * (w * $0 - 0.4) }.reduce(0, +) / 5
      #expect(abs((step.loss ?? 0) - loss) < 1e-5, "the loss is told without the term")
      w = stepped(from: w)
      #expect(abs(Double(trainer.store.arena.pointer[0]) - w) < 1e-5)
    }
  }

  @Test func aTermThatIsNotFiniteEndsTheRunByItsName() throws {
    let trainer = try trainer(rows: 5, share: .infinity)
    #expect { try trainer.step() } throws: { ($0 as? Divergence)?.problem == "the loss term \"quiet\" is not finite" }
  }

  /// The penalty of concrete dropout is told by name, and is what the objective has more than the loss.
  @Test(arguments: [[], Lab.regression]) func theLogNamesEveryTerm(task: [String]) throws {
    let run = try lab.train(task + [#"regularization.dropout={"type": "concrete"}"#])
    let lines = try run.metrics().map { $0["train"] ?? .null }
    #expect(lines.count > 1 && lines[0]["loss_terms"] == nil)
    let rows = Double(run.outcome.train.report.count)
    for line in lines.dropFirst() {
      let terms = line["loss_terms"]?.members ?? []
      #expect(terms.map(\.name) == ["concrete_dropout"])
      let (value, loss) = (try #require(terms.first?.value.number), try #require(line["loss"]?.number))
      #expect(try #require(line["objective"]?.number) == loss + value)
      // One layer: nothing but the entropy of its rate matters, which a squared error counts twice.
      let p = try #require(line["dropout_rates"]?.array?.first?.number)
      let units = Double(run.outcome.hiddenUnits)
      let expected = (task.isEmpty ? 1 : 2) / rows * units * (p * log(p) + (1 - p) * log(1 - p))
      #expect(abs(value - expected) < 1e-3 * abs(expected))
    }
    let plain = try lab.train(task)
    #expect(try plain.metrics().allSatisfy { $0["train"]?["loss_terms"] == nil })
  }
}
