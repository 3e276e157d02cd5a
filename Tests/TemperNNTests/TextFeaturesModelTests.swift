import TemperCore
import Testing

@testable import TemperNN

@Suite struct TextFeaturesModelTests {
  private let bags = TokenBags(ids: [1, 2, 1, 3], starts: [0, 2, 2])
  private let features = Tensor([3, 2], [0.5, -1, 2, 0.25, -0.5, 1])

  private func mixed(_ store: ParameterStore, dropout: Double = 0) -> (model: TextFeaturesModel<MLP>, base: MLP) {
    let base = MLP(store.root, inputs: 5, hidden: [4], classes: 2)
    let place = store.root["texts"]
    return (TextFeaturesModel(base, place, TextEmbedding(place, buckets: 5, width: 3, pooling: .sqrt, dropout: dropout)), base)
  }

  private static func areClose(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  /// The numbers of the texts are the last features, and gradients reach the rows of the table that were used.
  @Test func textsAreFeatures() throws {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    let (model, base) = mixed(store)
    let table = try #require(store.parameters.first { $0.name == "texts.weight" })
    for index in 0..<15 { table.value.pointer[index] = Float(index) / 10 }
    let root = Float(2).squareRoot()
    func row(_ id: Int) -> [Float] { (0..<3).map { Float(3 * id + $0) / 10 } }
    let sums = [zip(row(1), row(2)).map { ($0 + $1) / root }, [0, 0, 0], zip(row(1), row(3)).map { ($0 + $1) / root }]
    let bias = try #require(store.parameters.first { $0.name == "texts.bias" })
    for index in 0..<3 { bias.value.pointer[index] = 0 }
    let joined = Tensor([3, 5], (0..<3).flatMap { features.values[2 * $0..<2 * $0 + 2] + sums[$0] })
    let inputs = FeaturesAndTexts(features: features, texts: bags)
    let outputs = model(inputs, .evaluation())
    #expect(Self.areClose(outputs, base(joined, .evaluation())))
    #expect(Self.areClose(model.features(inputs, .evaluation()), base.features(joined, .evaluation())))
    #expect(model.units.map(\.count) == [4] && model.head.weightsPerRow == base.head.weightsPerRow)
  }

  /// Without other features the first layer has something to rectify.
  @Test func textsAloneReachTheHiddenUnits() throws {
    let store = ParameterStore(random: RandomStreams(seed: 4))
    let place = store.root["texts"]
    let base = MLP(store.root, inputs: 3, hidden: [8], classes: 2)
    let model = TextFeaturesModel(base, place, TextEmbedding(place, buckets: 5, width: 3, pooling: .mean))
    let gradients = store.makeGradients()
    gradients.reset()
    let none = FeaturesAndTexts(features: Tensor([3, 0], []), texts: bags)
    _ = store.addGradients(to: gradients) { softmaxCrossEntropy(model(none, .training(step: 0, rows: [0, 1, 2])), [0, 1, 0]).sum }
    #expect(Set(gradients.touchedRows(store.trainable.firstIndex { $0.name == "texts.weight" } ?? 0) ?? []) == [1, 2, 3])
    gradients.zeroFillUntouched()
    #expect((0..<store.trainableCount).contains { gradients.values[$0] != 0 })
  }

  /// Dropout of the texts leaves the features alone, and is off in evaluation.
  @Test func textsAreDroppedInTraining() throws {
    let store = ParameterStore(random: RandomStreams(seed: 3))
    let embedding = TextEmbedding(store.root["texts"], buckets: 5, width: 3, pooling: .sum, dropout: 0.25)
    let table = try #require(store.parameters.first)
    for index in 0..<5 * 3 { table.value.pointer[index] = 1 }
    let texts = TokenBags(ids: [Int32](repeating: 1, count: 400), starts: (0..<400).map { $0 })
    #expect(embedding(texts, .evaluation()).values.allSatisfy { $0 == 1 })
    let kept = embedding(texts, .training(step: 0, rows: (0..<400).map { $0 })).values
    let rows = (0..<400).map { Array(kept[3 * $0..<3 * $0 + 3]) }
    #expect(rows.allSatisfy { row in row == [0, 0, 0] || row.allSatisfy { abs($0 - 1) < 1e-3 } })
    #expect((60...140).contains(rows.count { $0[0] == 0 }))
  }
}
