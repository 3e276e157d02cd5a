import TemperJSON

/// A model that a starter config may have.
public enum DraftModel: String, Sendable, CaseIterable {
  /// Ridge or logistic regression.
  case linear
  /// A multilayer perceptron.
  case mlp
  /// An ensemble of them with embedded numbers and categories.
  case tabm
  /// A linear classifier of the n-grams of the one column to learn from.
  case ngrams = "ngram_linear"

  /// Whether it is fitted to convergence, so that no validation rows are needed.
  var converges: Bool { self == .linear }
  /// Whether it can have an embedding of the texts beside other features.
  var embedsTexts: Bool { self == .mlp || self == .tabm }
}
