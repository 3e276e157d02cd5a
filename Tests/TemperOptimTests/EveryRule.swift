import TemperJSON
import TemperNN
import TemperOptim
import Testing

/// Every update rule with every kind of state it may keep, for tests of what holds for all of them.
struct EveryRule: Sendable, CustomTestStringConvertible {
  let name: String
  let config: String

  var testDescription: String { name }

  func optimizer(for store: ParameterStore) throws -> any Optimizer {
    try FieldReader.read(JSON.parse(config, path: "optimizer.json")) { OptimizerConfig($0, metrics: ["validation.loss"]) }
      .get().value.optimizer(for: store)
  }

  static let all = [
    EveryRule(name: "sgd", config: #"{"type": "sgd", "momentum": 0, "weight_decay": 0.1}"#),
    EveryRule(name: "momentum", config: #"{"type": "sgd", "weight_decay": 0.1, "decay_on": "all"}"#),
    EveryRule(name: "nesterov", config: #"{"type": "sgd", "nesterov": true}"#),
    EveryRule(name: "adam", config: #"{"type": "adam"}"#),
    EveryRule(name: "adamw", config: #"{"type": "adamw", "weight_decay": 0.1, "decay_on": "all"}"#),
    EveryRule(name: "rmsprop", config: #"{"type": "rmsprop"}"#),
    EveryRule(name: "rmsprop_momentum", config: #"{"type": "rmsprop", "momentum": 0.9}"#),
    EveryRule(name: "rmsprop_centered", config: #"{"type": "rmsprop", "centered": true}"#),
    EveryRule(name: "rmsprop_all", config: #"{"type": "rmsprop", "centered": true, "momentum": 0.9}"#),
    EveryRule(name: "adagrad", config: #"{"type": "adagrad", "lr_decay": 0.1, "initial_accumulator": 0.1}"#),
    EveryRule(name: "rowwise_adagrad", config: #"{"type": "rowwise_adagrad", "lr_decay": 0.1, "initial_accumulator": 0.1}"#),
    EveryRule(name: "lion", config: #"{"type": "lion", "weight_decay": 0.1}"#),
  ]
}
