import TemperJSON

// A small configuration with every form of key, read by the tests.

enum Activation: String, CaseIterable { case relu, gelu }

struct AdamConfig: Equatable {
  let learningRate: Double
  let betas: [Double]

  init(_ c: FieldReader) {
    learningRate = c.number("learning_rate", default: 1e-3, in: 0..., doc: "Step size.")
    betas = c.numbers("betas", default: [0.9, 0.999], in: 0..<1, count: 2...2, doc: "Decay of the averages.")
    if betas[0] > betas[1] { c.fail("betas", .invalidValue, "expected the first no greater than the second") }
  }
}

struct SGDConfig: Equatable {
  let learningRate: Double
  let momentum: Double

  init(_ c: FieldReader) {
    learningRate = c.number("learning_rate", default: 1e-3, in: 0..., doc: "Step size.")
    momentum = c.number("momentum", default: 0, in: 0..<1, doc: "Momentum.")
  }
}

enum OptimizerConfig: Equatable {
  case adam(AdamConfig)
  case sgd(SGDConfig)

  init(_ c: FieldReader) {
    self = c.variant(
      "type", default: "adam", doc: "Update rule.",
      [
        .init("sgd", "Gradient descent.") { .sgd(SGDConfig($0)) },
        .init("adam", "Adaptive moments.") { .adam(AdamConfig($0)) },
      ])
  }
}

struct SplitConfig: Equatable {
  let test: Double

  init(_ c: FieldReader) {
    test = c.number("test", in: .above(0, below: 1), doc: "Share of rows.")
  }
}

struct TrainConfig: Equatable {
  let epochs: Int?
  let maxSteps: Int?

  init(_ c: FieldReader) {
    c.exclusive("epochs", "max_steps")
    maxSteps = c.optionalInteger("max_steps", in: 1..., doc: "Steps at most.")
    epochs = maxSteps == nil ? c.integer("epochs", default: 50, in: 1..., doc: "Passes over the data.") : nil
  }
}

struct LayerConfig: Equatable {
  let units: Int
  let activation: Activation

  init(_ c: FieldReader) {
    units = c.integer("units", in: 1...4096, doc: "Width.")
    activation = c.choice("activation", default: .relu, doc: "Nonlinearity.")
  }
}

struct RunConfig: Equatable {
  let name: String
  let optimizer: OptimizerConfig
  let split: SplitConfig?
  let validation: Presence<String>
  let train: TrainConfig
  let layers: [LayerConfig]
  let kernel: [Int]
  let classWeights: Either<String, [MapEntry<Double>]>?
  let shuffle: Bool

  init(_ c: FieldReader) {
    name = c.string("name", doc: "The run's name.")
    optimizer = c.object("optimizer", doc: "How weights move.") { OptimizerConfig($0) }
    split = c.optionalObject("split", doc: "Rows held out.") { SplitConfig($0) }
    validation = c.presence("validation", .string, doc: "Validation file; null for none.")
    train = c.object("train", doc: "How long.") { TrainConfig($0) }
    layers = c.objects("layers", count: ...8, doc: "Hidden layers.") { LayerConfig($0) }
    kernel = c.integerOrIntegers("kernel", default: [3], in: 1..., count: 1...2, doc: "Kernel size.")
    classWeights = c.optional(
      "class_weights", .either(.choice(["balanced"]), .map(of: .number(in: 0...))), doc: "Weight of each class.")
    shuffle = c.bool("shuffle", default: true, doc: "New order every epoch.")
    if let steps = train.maxSteps, steps < layers.count {
      c.fail("train.max_steps", .invalidValue, "expected at least one step a layer", with: ["layers"])
    }
  }
}

let aliases = ["lr": "optimizer.learning_rate", "n_epochs": "train.epochs", "title": "name"]

func readRun(_ text: String) throws -> FieldReader.Outcome<RunConfig> {
  FieldReader.read(try JSON.parse(text, path: "c.json"), aliases: aliases) { RunConfig($0) }
}
