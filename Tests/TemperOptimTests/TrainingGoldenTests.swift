import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import TemperTestSupport
import Testing

/// One run of training.json.
struct TrainingGolden: Sendable, CustomTestStringConvertible {
  let name: String
  let run: JSON
  let file: JSON

  var testDescription: String { name }

  static let all: [TrainingGolden] = {
    guard let file = try? Goldens.json("training.json") else { return [] }
    return (file["runs"]?.members ?? []).map { TrainingGolden(name: $0.name, run: $0.value, file: file) }
  }()
}

/// The two networks of training.json: each layer has a norm and an activation of its own.
private struct Network {
  private let layers: [(linear: Linear, norm: Norm, activation: Activation)]
  private let output: Linear

  init(_ scope: ParameterScope, _ description: JSON) throws {
    let sizes = try #require(description["sizes"]?.integers)
    let norms = try #require(description["norms"]?.array).map { try #require($0.string.flatMap(NormKind.init(rawValue:))) }
    let activations = try #require(description["activations"]?.array).map { try #require($0.string.flatMap(Activation.init(rawValue:))) }
    layers = norms.indices.map { index in
      let place = scope["layers"][index]
      return (
        Linear(place["linear"], inputs: sizes[index], outputs: sizes[index + 1]), Norm(place["norm"], norms[index], size: sizes[index + 1]),
        activations[index]
      )
    }
    output = Linear(scope["output"], inputs: sizes[norms.count], outputs: sizes[norms.count + 1])
  }

  func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
    output(layers.reduce(x) { h, layer in layer.activation(layer.norm(layer.linear(h), context)) })
  }
}

/// Twenty steps of two networks under each update rule against PyTorch in float64.
@Suite struct TrainingGoldenTests {
  @Test func everyRunIsThere() {
    #expect(TrainingGolden.all.count >= 41)
  }

  @Test(arguments: TrainingGolden.all) func twentySteps(_ golden: TrainingGolden) throws {
    let (file, run) = (golden.file, golden.run)
    let kind = try #require(run["network"]?.string)
    let initial = try #require(file["initial"]?[kind]?.members).map { ($0.name, try GoldenTensor($0.value).tensor) }
    let store = ParameterStore(loading: SafeTensors(tensors: initial))
    let network = try Network(store.root, try #require(file["networks"]?[kind]))
    try store.finishLoading()

    let x = try GoldenTensor(file["rows"]).tensor
    let labels = try #require(file["labels"]?.integers).map { Int32($0) }
    let loss = SparseCategoricalCrossEntropy(
      CrossEntropyOptions(
        classWeights: run["loss"]?["class_weights"]?.numbers.map { $0.map { Float($0) } },
        labelSmoothing: Float(run["loss"]?["label_smoothing"]?.number ?? 0)))
    let (optimizer, schedule) = try (makeOptimizer(run, store), makeSchedule(golden))
    let pass = GradientPass(store, l2: run["l2"]?.number ?? 0, penalizing: .all)
    let gradients = store.makeGradients()

    var (losses, norms): ([Double], [Double]) = ([], [])
    for step in 0..<schedule.total {
      gradients.reset()
      var weight = 0.0
      let sum = store.addGradients(to: gradients) {
        let loss = loss(network(x, .training(step: step, rows: Array(0..<Int32(labels.count)))), labels)
        weight = loss.weight
        return loss.sum
      }
      losses.append(Double(sum.scalar) / weight)
      let (norm, pending) = pass.prepare(gradients, scale: Float(1 / weight))
      var scale = pending
      if let most = run["max_grad_norm"]?.number {
        norms.append(norm)
        scale *= Float(min(1, most / (norm + 1e-6)))
      }
      optimizer.step(gradients, scale: scale, learningRate: schedule(step))
    }

    #expect(mismatch(losses, try #require(run["losses"]?.numbers)) == nil, "losses")
    #expect(mismatch(norms, run["grad_norms"]?.numbers ?? []) == nil, "norms")
    // The bias before a batch norm has no true gradient: rules that divide by its size move it by rounding noise over eps, here by up to
    // 1e-5, and the running mean and the logits in evaluation with it. Everything else is held to the usual tolerance.
    let hasIdleBias = kind == "normalised" && run["optimizer"]?["type"] != "sgd"
    let loose = Tolerance(absolute: 2e-5, relative: 1e-5)
    let final = try #require(run["final"]?.members)
    #expect(final.count == store.parameters.count)
    for (parameter, reference) in zip(store.parameters, final) {
      #expect(parameter.name == reference.name)
      let isIdle = hasIdleBias && ["layers.1.linear.bias", "layers.1.norm.running_mean"].contains(parameter.name)
      let problem = mismatch(parameter.value, try GoldenTensor(reference.value), isIdle ? loose : .float32)
      #expect(problem == nil, "\(parameter.name)")
    }
    let problem = mismatch(network(x, .evaluation()), try GoldenTensor(run["final_logits"]), hasIdleBias ? loose : .float32)
    #expect(problem == nil, "logits")
  }

  private func makeOptimizer(_ run: JSON, _ store: ParameterStore) throws -> any Optimizer {
    try FieldReader.read(try #require(run["optimizer"])) { OptimizerConfig($0, metrics: ["validation.loss"]) }.get().value.optimizer(
      for: store)
  }

  private func makeSchedule(_ golden: TrainingGolden) throws -> Schedule {
    let config = try FieldReader.read(golden.run["schedule"] ?? .object([])) { ScheduleConfig($0, metrics: ["validation.loss"]) }.get()
      .value
    return config.schedule(
      peak: try #require(golden.run["optimizer"]?["learning_rate"]?.number), total: try #require(golden.file["steps"]?.integer),
      stepsPerEpoch: 1)
  }
}
