import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import Testing

@Suite struct OptimizerConfigTests {
  private func config(_ text: String) throws -> OptimizerConfig {
    try FieldReader.read(JSON.parse(text, path: "optimizer.json")) { OptimizerConfig($0, metrics: ["validation.loss"]) }.get().value
  }

  private func adamW(_ config: OptimizerConfig) -> AdamWConfig? {
    if case .adamw(let settings) = config.rule { settings } else { nil }
  }

  private func sgd(_ config: OptimizerConfig) -> SGDConfig? {
    if case .sgd(let settings) = config.rule { settings } else { nil }
  }

  @Test func adamWIsTheDefault() throws {
    let config = try config("{}")
    let settings = try #require(adamW(config))
    #expect(settings.betas == (0.9, 0.999) && settings.eps == 1e-8 && settings.weightDecay?.constant == 0.01)
    #expect(config.learningRate == 1e-3 && config.decayOn == .matrices)
  }

  @Test func everyKeyIsUsed() throws {
    let adamw = try config(
      #"{"type": "adamw", "learning_rate": 0.1, "betas": [0.8, 0.9], "eps": 1e-6, "weight_decay": 0.2, "decay_on": "all"}"#)
    let settings = try #require(adamW(adamw))
    #expect(settings.betas == (0.8, 0.9) && settings.eps == 1e-6 && settings.weightDecay?.constant == 0.2)
    #expect(adamw.learningRate == 0.1 && adamw.decayOn == .all)
    let sgd = try config(#"{"type": "sgd", "momentum": 0.5, "weight_decay": 0.3}"#)
    let others = try #require(self.sgd(sgd))
    #expect(others.momentum == 0.5 && others.weightDecay.constant == 0.3 && !others.nesterov)
    let nesterov = self.sgd(try config(#"{"type": "sgd", "nesterov": true}"#))
    #expect(nesterov?.nesterov == true && nesterov?.momentum == 0.9)
    guard
      case .rmsprop(let rmsprop) = try config(
        #"{"type": "rmsprop", "alpha": 0.8, "eps": 1e-6, "momentum": 0.7, "centered": true}"#
      ).rule
    else { Issue.record("not RMSProp"); return }
    #expect(rmsprop.alpha == 0.8 && rmsprop.eps == 1e-6 && rmsprop.momentum == 0.7 && rmsprop.centered)
    guard
      case .adagrad(let adagrad) = try config(
        #"{"type": "adagrad", "lr_decay": 0.1, "eps": 1e-6, "initial_accumulator": 0.2}"#
      ).rule
    else { Issue.record("not Adagrad"); return }
    #expect(adagrad.learningRateDecay == 0.1 && adagrad.eps == 1e-6 && adagrad.initialAccumulator == 0.2)
    guard case .lion(let lion) = try config(#"{"type": "lion", "betas": [0.8, 0.7], "weight_decay": 0.2}"#).rule else {
      Issue.record("not Lion")
      return
    }
    #expect(lion.betas == (0.8, 0.7) && lion.weightDecay.constant == 0.2)
  }

  @Test func defaultsAreThoseOfPyTorchAndTheAuthors() throws {
    guard case .rmsprop(let rmsprop) = try config(#"{"type": "rmsprop"}"#).rule,
      case .adagrad(let adagrad) = try config(#"{"type": "adagrad"}"#).rule, case .lion(let lion) = try config(#"{"type": "lion"}"#).rule
    else { Issue.record("not the rules asked for"); return }
    #expect(rmsprop.alpha == 0.99 && rmsprop.eps == 1e-8 && rmsprop.momentum == 0 && !rmsprop.centered)
    #expect(adagrad.learningRateDecay == 0 && adagrad.eps == 1e-10 && adagrad.initialAccumulator == 0)
    #expect(lion.betas == (0.9, 0.99) && lion.weightDecay.constant == 0)
  }

  @Test func decayMayBeASchedule() throws {
    let config = try self.config(#"{"weight_decay": {"type": "linear", "from": 0.1, "to": 0.3}}"#)
    let decay = try #require(config.weightDecay)
    #expect(abs(decay.value(step: 5, totalSteps: 10, stepsPerEpoch: 1) - 0.2) < 1e-12)
    #expect(try self.config(#"{"type": "adam"}"#).weightDecay == nil && self.config(#"{"type": "rmsprop"}"#).weightDecay == nil)
  }

  @Test func theRuleDecidesTheOptimizer() throws {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = Linear(store.root, inputs: 2, outputs: 2)
    #expect(try config(#"{"type": "sgd"}"#).optimizer(for: store) is SGD)
    #expect(try config(#"{"type": "adamw"}"#).optimizer(for: store) is AdamW)
    #expect(try (config(#"{"type": "adam"}"#).optimizer(for: store) as? AdamW)?.weightDecay == 0)
    #expect(try config(#"{"type": "rmsprop"}"#).optimizer(for: store) is RMSProp)
    #expect(try config(#"{"type": "adagrad"}"#).optimizer(for: store) is Adagrad)
    #expect(try config(#"{"type": "lion"}"#).optimizer(for: store) is Lion)
  }

  @Test(arguments: [
    #"{"type": "sgd", "betas": [0.9, 0.99]}"#, #"{"type": "adamw", "momentum": 0.9}"#, #"{"learning_rate": 0}"#, #"{"betas": [0.9]}"#,
    #"{"betas": [0.9, 1]}"#, #"{"eps": 0}"#, #"{"weight_decay": -1}"#, #"{"decay_on": "biases"}"#, #"{"type": "adamax"}"#,
    #"{"type": "sgd", "momentum": 1}"#, #"{"type": "adam", "weight_decay": 0.1}"#, #"{"type": "rmsprop", "weight_decay": 0.1}"#,
    #"{"type": "adagrad", "momentum": 0.1}"#, #"{"type": "lion", "eps": 1e-8}"#, #"{"type": "sgd", "momentum": 0, "nesterov": true}"#,
  ])
  func whatDoesNotFitIsRefused(text: String) {
    #expect(throws: Diagnostics.self) { try config(text) }
  }
}
