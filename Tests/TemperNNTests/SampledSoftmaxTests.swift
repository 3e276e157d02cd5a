import Glibc
import TemperCore
import TemperNN
import TemperTestSupport
import Testing

@Suite struct SampledSoftmaxTests {
  private let counts = [3, 50, 7, 7, 900, 1, 20, 4]

  @Test func frequentClassesAreDrawnMoreOften() {
    let sampler = LogUniformSampler(counts: counts)
    #expect(abs((0..<8).map { sampler.probability($0) }.reduce(0, +) - 1) < 1e-12)
    // By rank: 4, 1, 6, 2, 3, 7, 0, 5.
    let expected = (0..<8).map { log((Double($0) + 2) / (Double($0) + 1)) / log(9) }
    #expect(mismatch([4, 1, 6, 2, 3, 7, 0, 5].map { sampler.probability($0) }, expected) == nil)
    // The first draw follows the distribution.
    var hits = [Int32: Double]()
    let draws = 20_000
    for draw in 0..<draws {
      var random = RandomStreams(seed: 3).sequence("draw", draw)
      hits[sampler.sample(1, using: &random).classes[0], default: 0] += 1 / Double(draws)
    }
    for c in 0..<Int32(8) { #expect(abs((hits[c] ?? 0) - sampler.probability(c)) < 0.015, "class \(c)") }
  }

  @Test func samplesAreOfDifferentClasses() {
    let sampler = LogUniformSampler(counts: Array(repeating: 1, count: 200))
    var all = Set<[Int32]>()
    for position in 0..<20 {
      var (one, other) = (RandomStreams(seed: 1).sequence("s", position), RandomStreams(seed: 1).sequence("s", position))
      let sample = sampler.sample(50, using: &one)
      #expect(Set(sample.classes).count == 50 && sample.tries >= 50)
      let again = sampler.sample(50, using: &other)
      #expect(again.classes == sample.classes && again.tries == sample.tries)
      all.insert(sample.classes)
    }
    #expect(all.count == 20)
    var random = RandomStreams(seed: 1).sequence("s")
    #expect(sampler.sample(1000, using: &random).classes.count == 200)
    // As often as classes are expected they come, in the mean over classes.
    #expect(abs(sampler.expectedCount(0, tries: 1) - sampler.probability(0)) < 1e-12)
    #expect(sampler.expectedCount(199, tries: 1_000_000) > 0.999)
  }

  @Test func trainingSamplesAndEvaluationDoesNot() throws {
    var random = RandomTensors("sampled")
    let store = ParameterStore(random: RandomStreams(seed: 2))
    let model = MLP(store.root, inputs: 6, hidden: [5], classes: 8)
    let (x, labels) = (random.normal([4, 6]), random.labels(4, classes: 8))
    let loss = SampledSoftmaxLoss(samples: 3, counts: counts)
    let logits = model(x, .evaluation())
    #expect(loss(logits, labels).sum.bits == softmaxCrossEntropy(logits, labels).sum.bits)
    func trained(step: Int, rows: [Int32] = [0, 1, 2, 3], samples: Int = 3, seed: UInt64 = 2) -> [UInt32] {
      let context = Context.training(step: step, rows: rows, random: RandomStreams(seed: seed))
      let loss = SampledSoftmaxLoss(samples: samples, counts: counts)
      return loss(model.features(x, context), model.head, labels, rowWeights: nil, context).sum.bits
    }
    #expect(trained(step: 5) == trained(step: 5))
    #expect(Set((0..<20).map { trained(step: $0) }).count > 10)
    #expect(Set((0..<20).map { trained(step: 5, rows: [$0, 1, 2, 3]) }).count > 10)
    #expect(Set((0..<20).map { trained(step: 5, seed: $0) }).count > 10)
    // All of the classes are no sample.
    #expect(trained(step: 5, samples: 8) == softmaxCrossEntropy(logits, labels).sum.bits)
    // Its mean is below the loss over all classes.
    let mean = (0..<300).map { Float(bitPattern: trained(step: $0)[0]) }.reduce(0, +) / 300
    #expect(mean < softmaxCrossEntropy(logits, labels).sum.scalar)
  }

  /// The gradient goes to the classes of the batch and of the sample alone.
  @Test func onlyDrawnClassesGetGradients() {
    var random = RandomTensors("sampled gradients")
    let inputs = [random.normal([2, 3]), random.normal([20, 3]), random.normal([20])]
    let gradients = valueWithGradients(at: inputs) {
      sampledCrossEntropy($0[0], $0[1], $0[2], [4, 9], candidates: [0, 4, 17], expectedCount: { 1 / (1 + Double($0)) }).sum
    }.gradients
    let touched = (0..<20).filter { c in gradients[1]!.rows(c..<c + 1).values.contains { $0 != 0 } }
    #expect(touched == [0, 4, 9, 17])
    #expect(gradients[2]!.values.indices.filter { gradients[2]!.values[$0] != 0 } == [0, 4, 9, 17])
  }
}
