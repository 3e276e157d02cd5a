import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// Ten steps of AdamW of a network on all rows at once, by PyTorch: see make_cnn.py.
struct NetworkGolden {
  private let record: JSON

  init(_ file: String, _ name: String) throws { record = try #require(try Goldens.json(file)[name]) }

  /// Fails unless `model`, whose parameters are in `store`, learns alike; `renamed` gives the names of the file, and `idle` the elements of a parameter whose
  /// gradient is zero but for rounding, which Adam makes as large as any other.
  func expectSteps(
    of model: any Model<Tensor>, _ store: ParameterStore, renamed: (String) -> String = { $0 }, idle: (String) -> Range<Int>? = { _ in nil }
  ) throws {
    func values(_ name: String, in set: JSON?) throws -> [Double] { try GoldenTensor(set?[renamed(name)]).data }
    for parameter in store.trainable {
      for (i, value) in try values(parameter.name, in: record["initial"]).enumerated() { parameter.value.pointer[i] = Float(value) }
    }
    let labels = try #require(record["labels"]?.integers).map { Int32($0) }
    let given = try GoldenTensor(record["x"]).tensor
    let x = given.reshaped([labels.count, given.count / labels.count])
    let optimizer = AdamW(store, AdamWConfig(weightDecay: 0.01), decaying: .all)
    let gradients = store.makeGradients()
    for (step, expected) in try #require(record["losses"]?.numbers).enumerated() {
      gradients.reset()
      let loss = store.addGradients(to: gradients) {
        let logits = model(x, .training(step: step, rows: Array(0..<Int32(labels.count))))
        if step == 0 {
          #expect((try? mismatch(logits, GoldenTensor(record["logits"]), Tolerance(absolute: 1e-5, relative: 1e-5))) == .some(nil))
        }
        return softmaxCrossEntropy(logits, labels).sum / Float(labels.count)
      }
      #expect(abs(Double(loss.scalar) / expected - 1) < 1e-5, "step \(step)")
      if step == 0 {
        for (index, parameter) in store.trainable.enumerated() {
          let found = try #require(gradients.gradient(index, shape: parameter.shape)).values.map { Double($0) }
          #expect(
            mismatch(found, try values(parameter.name, in: record["gradients"]), Tolerance(absolute: 3e-6, relative: 1e-5)) == nil,
            "\(parameter.name)")
        }
      }
      optimizer.step(gradients, scale: 1, learningRate: 0.01)
    }
    // Adam divides by the size of gradients, of which small ones are rounded.
    let tolerance = Tolerance(absolute: 2e-4, relative: 1e-4)
    for parameter in store.parameters {
      var (found, expected) = (parameter.value.values.map { Double($0) }, try values(parameter.name, in: record["final"]))
      if let idle = idle(parameter.name) {
        found.removeSubrange(idle)
        expected.removeSubrange(idle)
      }
      #expect(mismatch(found, expected, tolerance) == nil, "\(parameter.name)")
    }
    #expect(mismatch(model(x, .evaluation()), try GoldenTensor(record["evaluated"]), Tolerance(absolute: 1e-3, relative: 1e-3)) == nil)
  }
}
