import TemperCore
import TemperNN
import TemperTestSupport
import Testing

@Suite struct ParameterStoreTests {
  private func makeMLP(_ store: ParameterStore, hidden: [Int] = [8, 8], norm: NormKind = .none) -> MLP {
    MLP(store.root, inputs: 6, hidden: hidden, classes: 3, norm: norm)
  }

  @Test func namesComeInTheOrderOfConstruction() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = makeMLP(store, norm: .batch)
    let layer = { (n: Int) in
      ["linear.weight", "linear.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"].map { "layers.\(n).\($0)" }
    }
    #expect(store.parameters.map(\.name) == layer(0) + layer(1) + ["output.weight", "output.bias"])
    #expect(store.trainable.map(\.name) == store.parameters.map(\.name).filter { !$0.contains("running") })
    #expect(store.parameters.filter { !$0.isTrainable }.count == 4)
    #expect(store.trainable.filter(\.isMatrix).map(\.name) == ["layers.0.linear.weight", "layers.1.linear.weight", "output.weight"])
  }

  @Test func parametersAreViewsOfTheArena() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = makeMLP(store, norm: .batch)
    let before = store.parameters.map(\.value.values)
    let arena = store.arena
    #expect(store.parameters.map(\.value.values) == before)
    var end = 0
    for parameter in store.trainable + store.parameters.filter({ !$0.isTrainable }) {
      #expect(parameter.range.lowerBound >= end && parameter.range.lowerBound % 16 == 0)
      #expect(parameter.range.count == parameter.shape.count)
      #expect(parameter.value.pointer == arena.pointer + parameter.range.lowerBound)
      for gap in end..<parameter.range.lowerBound { #expect(arena.pointer[gap] == 0) }
      end = parameter.range.upperBound
    }
    #expect(store.trainableCount == store.trainable.last?.range.upperBound)
    #expect(store.trainableElements == 6 * 8 + 8 + 16 + 8 * 8 + 8 + 16 + 8 * 3 + 3)
    #expect(store.makeGradients().count == store.trainableCount)
    #expect(store.makeGradients().layout == store.trainable.map(\.range))
  }

  @Test func parametersAreTracedOnlyInside() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let model = makeMLP(store)
    let gradients = store.makeGradients()
    let x = Tensor.filled([4, 6], 0.5)
    let value = store.addGradients(to: gradients) {
      #expect(store.trainable.allSatisfy { $0.value.isTraced })
      return model(x, .evaluation()).sum()
    }
    #expect(!value.isTraced)
    #expect(store.trainable.allSatisfy { !$0.value.isTraced })
    #expect((0..<gradients.leafCount).allSatisfy { gradients.isTouched($0) })
    #expect(gradients.gradient(5, shape: [3])?.values == [4, 4, 4])
  }

  private struct Interrupted: Error {}

  @Test func parametersAreUntracedAfterAnError() {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = makeMLP(store)
    let gradients = store.makeGradients()
    #expect(throws: Interrupted.self) { try store.addGradients(to: gradients) { throw Interrupted() } }
    #expect(store.trainable.allSatisfy { !$0.value.isTraced })
    #expect((0..<gradients.leafCount).allSatisfy { !gradients.isTouched($0) })
  }

  @Test func oneNameTwiceIsRefused() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let store = ParameterStore(random: RandomStreams(seed: 1))
      _ = Linear(store.root["a"], inputs: 2, outputs: 2)
      _ = Linear(store.root["a"], inputs: 2, outputs: 2)
    }
    #expect(String(decoding: try #require(result).standardErrorContent, as: UTF8.self).contains("\"a.weight\""))
  }

  @Test func parametersCannotBeAddedToAStoreInUse() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let store = ParameterStore(random: RandomStreams(seed: 1))
      _ = Linear(store.root["a"], inputs: 2, outputs: 2)
      _ = store.arena
      _ = Linear(store.root["b"], inputs: 2, outputs: 2)
    }
    #expect(String(decoding: try #require(result).standardErrorContent, as: UTF8.self).contains("\"b.weight\""))
  }

  @Test func loadingGivesTheSavedValues() throws {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    let model = makeMLP(store, norm: .batch)
    let x = Tensor.filled([4, 6], 0.25)
    let file = try SafeTensors(parsing: store.saved(metadata: [("format", "pt")]).bytes, path: "model.safetensors")
    let other = ParameterStore(loading: file)
    let loaded = makeMLP(other, norm: .batch)
    try other.finishLoading()
    #expect(other.arena.bits == store.arena.bits)
    #expect(loaded(x, .evaluation()).bits == model(x, .evaluation()).bits)
  }

  @Test func everythingThatDoesNotFitIsNamedAtOnce() throws {
    let file = SafeTensors(tensors: [
      ("layers.0.linear.weight", .filled([8, 5], 1)), ("layers.0.linear.bias", .filled([8], 1)), ("output.bias", .filled([4], 1)),
      ("stranger", .filled([2], 1)), ("another", .filled([2], 1)),
    ])
    let store = ParameterStore(loading: file)
    _ = makeMLP(store, hidden: [8])
    let error = #expect(throws: WeightMismatch.self) { try store.finishLoading() }
    let mismatch = try #require(error)
    #expect(mismatch.missing == ["output.weight"])
    #expect(mismatch.unexpected == ["stranger", "another"])
    #expect(mismatch.misshapen.map(\.name) == ["layers.0.linear.weight", "output.bias"])
    #expect(mismatch.misshapen.map(\.expected) == [[8, 6], [3]])
    #expect(mismatch.misshapen.map(\.found) == [[8, 5], [4]])
    for word in ["output.weight", "stranger", "another", "[8, 6]", "[8, 5]"] { #expect(mismatch.description.contains(word)) }
  }

  @Test func integersAreNoWeights() throws {
    let file = try SafeTensors(parsing: Goldens.bytes("safetensors/small.safetensors"), path: "small.safetensors")
    let store = ParameterStore(loading: file)
    _ = store.root.parameter("steps", [4], .zeros)
    let error = #expect(throws: WeightMismatch.self) { try store.finishLoading() }
    #expect(try #require(error).mistyped.map(\.name) == ["steps"])
    #expect(try #require(error).unexpected == ["layers.0.weight", "scale"])
  }

  @Test func aStoreThatLoadsNothingHasNothingToFinish() throws {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = makeMLP(store)
    try store.finishLoading()
  }
}
