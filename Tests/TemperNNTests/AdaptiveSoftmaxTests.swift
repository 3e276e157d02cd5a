import Glibc
import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// Adaptive softmax against adaptive_softmax.json and what it promises.
@Suite struct AdaptiveSoftmaxTests {
  private let counts = [3, 50, 7, 7, 900, 1, 20, 4, 0, 12]

  private func layer(_ store: ParameterStore, inputs: Int, _ clusters: ClassClusters) throws -> (Head, AdaptiveSoftmax) {
    let head = Head(store.root, inputs: inputs, outputs: clusters.classes, clusters: clusters, initializer: .kaimingUniform(gain: 1))
    guard case .adaptive(let layer) = head else { throw NotAdaptive() }
    _ = store.arena
    return (head, layer)
  }

  private struct NotAdaptive: Error {}

  @Test func goldens() throws {
    let json = try Goldens.json("adaptive_softmax.json")
    func integer(_ key: String) throws -> Int { try #require(json[key]?.integer) }
    let (inputs, classes) = (try integer("inputs"), try integer("classes"))
    let labels = try #require(json["labels"]?.integers).map { Int32($0) }
    let clusters = ClassClusters(
      counts: (0..<classes).map { classes - $0 }, cutoffs: try #require(json["cutoffs"]?.integers),
      divisor: Double(try integer("div_value")))
    let store = ParameterStore(random: RandomStreams(seed: 0))
    let (head, _) = try layer(store, inputs: inputs, clusters)
    #expect(store.parameters.map(\.name) == ["head.weight", "tail.0.0.weight", "tail.0.1.weight", "tail.1.0.weight", "tail.1.1.weight"])
    #expect(store.parameters.map(\.shape) == [[7, 16], [4, 16], [7, 4], [1, 16], [8, 1]])
    for parameter in store.parameters {
      for i in 0..<parameter.shape.count { parameter.value.pointer[i] = 0.5 * sinf(0.37 * Float(i)) }
    }
    let x = Tensor([3, inputs], (0..<3 * inputs).map { cosf(0.11 * Float($0)) })
    let logs = head(x)
    #expect(mismatch(logs.values.map(Double.init), try #require(json["log_probabilities"]?.numbers)) == nil)
    for row in 0..<3 { #expect(abs(logs.exp().rows(row..<row + 1).values.reduce(0) { $0 + Double($1) } - 1) < 1e-6) }

    let loss = AdaptiveSoftmaxLoss(clusters)
    let gradients = store.makeGradients()
    gradients.reset()
    let mean = store.addGradients(to: gradients) { loss(x, head, labels, rowWeights: nil, .evaluation()).sum * (1 / 3) }
    #expect(mismatch([Double(mean.scalar)], [try #require(json["loss"]?.number)]) == nil)
    for parameter in store.trainable {
      let expected = try #require(json["gradients"]?[parameter.name]?.numbers)
      #expect(mismatch(parameter.range.map { Double(gradients.values[$0]) }, expected) == nil, "\(parameter.name)")
    }
    let own = valueWithGradients(at: [x]) { loss($0[0], head, labels, rowWeights: nil, .evaluation()).sum * (1 / 3) }.gradients[0]
    #expect(mismatch(try #require(own).values.map(Double.init), try #require(json["gradients"]?["x"]?.numbers)) == nil)
  }

  /// In training only the clusters of the batch are computed; the loss is that of all probabilities, weights and ignored rows included.
  @Test(arguments: [CrossEntropyOptions.Normalization.weight, .count]) func trainingHasTheLossOfEvaluation(
    _ normalization: CrossEntropyOptions.Normalization
  ) throws {
    var random = RandomTensors("adaptive")
    let options = CrossEntropyOptions(
      ignoreIndex: -100, classWeights: counts.indices.map { 0.5 + 0.25 * Float($0) }, normalization: normalization)
    let clusters = ClassClusters(counts: counts, cutoffs: [2, 5], divisor: 2, hasHeadBias: true)
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let (head, layer) = try layer(store, inputs: 8, clusters)
    for i in 0..<layer.head.bias!.shape.count { layer.head.bias!.value.pointer[i] = 0.1 * Float(i) }
    let loss = AdaptiveSoftmaxLoss(clusters, options)
    for labels: [Int32] in [[4, 8, -100, 0, 9, 1], [4, 1, 4, -100, 1, 1], [8, 8, 5, 5, 0, 7]] {
      let x = random.normal([6, 8])
      let weights: [Float] = [1, 0.5, 3, 0, 2, 0.25]
      for rowWeights in [nil, weights] {
        let trained = loss(x, head, labels, rowWeights: rowWeights, .evaluation())
        let evaluated = loss(head(x), labels, rowWeights: rowWeights)
        #expect(mismatch([Double(trained.sum.scalar)], [Double(evaluated.sum.scalar)]) == nil)
        #expect(abs(trained.weight - evaluated.weight) < 1e-6)
        func gradient(_ f: @escaping (Tensor) -> Loss) -> Tensor? { valueWithGradients(at: [x]) { f($0[0]).sum }.gradients[0] }
        #expect(
          mismatch(
            gradient { loss($0, head, labels, rowWeights: rowWeights, .evaluation()) },
            try #require(gradient { loss(head($0), labels, rowWeights: rowWeights) })) == nil)
      }
    }
  }

  @Test func gradientsAreThoseOfDifferences() throws {
    var random = RandomTensors("adaptive differences")
    let clusters = ClassClusters(counts: counts, cutoffs: [2, 5], divisor: 2)
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let (head, _) = try layer(store, inputs: 8, clusters)
    let (x, labels): (Tensor, [Int32]) = (random.normal([5, 8]), [4, 8, 0, 9, 1])
    let loss = AdaptiveSoftmaxLoss(clusters)
    let start = store.trainable.map { $0.value.copy() }
    func set(_ values: [Tensor]) {
      for (parameter, value) in zip(store.trainable, values) { parameter.value.pointer.update(from: value.pointer, count: value.count) }
    }
    let ofParameters = DifferentiableFunction(
      { values in
        set(values)
        return loss(x, head, labels, rowWeights: nil, .evaluation()).sum
      },
      gradients: { values, upstream in
        set(values)
        let gradients = store.makeGradients()
        gradients.reset()
        _ = store.addGradients(to: gradients) { loss(x, head, labels, rowWeights: nil, .evaluation()).sum * upstream }
        return store.trainable.map { p in Tensor(p.shape, p.range.map { gradients.values[$0] }) }
      })
    #expect(ofParameters.dotProductMismatch(at: start) == nil)
    set(start)
    #expect(DifferentiableFunction { loss($0[0], head, labels, rowWeights: nil, .evaluation()).sum }.dotProductMismatch(at: [x]) == nil)
    // And of all logarithms of probabilities.
    #expect(DifferentiableFunction { head($0[0]) }.dotProductMismatch(at: [x]) == nil)
  }

  @Test func classesAreOrderedByFrequency() {
    let clusters = ClassClusters(counts: counts, cutoffs: [2, 5])
    // 900, 50 | 20, 12, 7 | 7, 4, 3, 1, 0: of equal ones the lower class first.
    #expect(clusters.frequency.order == [4, 1, 6, 9, 2, 3, 7, 0, 5, 8])
    #expect(clusters.frequency.order.map { clusters.frequency.rank[Int($0)] } == Array(0..<10))
    #expect(clusters.tails == [2..<5, 5..<10])
    #expect(mismatch(clusters.shares, [39.0 / 1004, 15.0 / 1004]) == nil)
    #expect([2, 3, 999, 1000, 10_000].map(ClassClusters.cutoffs) == [[1], [1], [200], [50, 250], [500, 2500]])
  }

  @Test func aTailWithoutFeaturesIsAProblem() {
    func problem(inputs: Int, divisor: Double = 4, cutoffs: [Int] = [2, 5]) -> String? {
      let clusters = ClassClusters(counts: counts, cutoffs: cutoffs, divisor: divisor)
      let model = MLP(ParameterStore.counting().root, inputs: inputs, hidden: [], classes: 10, clusters: clusters)
      return AdaptiveSoftmaxLoss(clusters).problem(with: model.head)
    }
    #expect(problem(inputs: 16) == nil)
    #expect(
      problem(inputs: 15)?.hasPrefix("leaves no features for tail 2 of 2: the last layer reads 15, and 15 / loss.div_value^2") == true)
    #expect(problem(inputs: 15, divisor: 3) == nil)
    #expect(problem(inputs: 15, cutoffs: [5]) == nil)
  }
}
