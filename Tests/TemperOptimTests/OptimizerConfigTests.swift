import TemperCore
import TemperJSON
import TemperNN
import TemperOptim
import Testing

@Suite struct OptimizerConfigTests {
  private func config(_ text: String) throws -> OptimizerConfig {
    try FieldReader.read(JSON.parse(text, path: "optimizer.json"), OptimizerConfig.init).get().value
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
    #expect(settings.betas == (0.9, 0.999) && settings.eps == 1e-8 && settings.weightDecay == 0.01)
    #expect(config.learningRate == 1e-3 && config.decayOn == .matrices)
  }

  @Test func everyKeyIsUsed() throws {
    let adamw = try config(
      #"{"type": "adamw", "learning_rate": 0.1, "betas": [0.8, 0.9], "eps": 1e-6, "weight_decay": 0.2, "decay_on": "all"}"#)
    let settings = try #require(adamW(adamw))
    #expect(settings.betas == (0.8, 0.9) && settings.eps == 1e-6 && settings.weightDecay == 0.2)
    #expect(adamw.learningRate == 0.1 && adamw.decayOn == .all)
    let sgd = try config(#"{"type": "sgd", "momentum": 0.5, "weight_decay": 0.3}"#)
    let others = try #require(self.sgd(sgd))
    #expect(others.momentum == 0.5 && others.weightDecay == 0.3)
  }

  @Test func theRuleDecidesTheOptimizer() throws {
    let store = ParameterStore(random: RandomStreams(seed: 1))
    _ = Linear(store.root, inputs: 2, outputs: 2)
    #expect(try config(#"{"type": "sgd"}"#).optimizer(for: store) is SGD)
    #expect(try config(#"{"type": "adamw"}"#).optimizer(for: store) is AdamW)
  }

  @Test(arguments: [
    #"{"type": "sgd", "betas": [0.9, 0.99]}"#, #"{"type": "adamw", "momentum": 0.9}"#, #"{"learning_rate": 0}"#, #"{"betas": [0.9]}"#,
    #"{"betas": [0.9, 1]}"#, #"{"eps": 0}"#, #"{"weight_decay": -1}"#, #"{"decay_on": "biases"}"#, #"{"type": "adam"}"#,
    #"{"type": "sgd", "momentum": 1}"#,
  ])
  func whatDoesNotFitIsRefused(text: String) {
    #expect(throws: Diagnostics.self) { try config(text) }
  }
}
