import TemperCore

/// The blocks of a transformer, in order.
///
/// With recomputation, a pass stores only the input of each block, and the backward pass computes the block again (Chen et al. 2016):
/// activation memory shrinks to about one block's, for one more forward pass. Dropout masks are functions of their position, so they
/// repeat.
struct BlockStack<Block> {
  private let entries: [(block: Block, parameters: [Parameter])]
  private let recomputes: Bool

  /// Makes `count` blocks in the scopes of `scope` that `named` names, by their numbers unless it is given.
  init(
    _ count: Int, in scope: ParameterScope, recomputes: Bool, named name: (_ layer: Int) -> String = { String($0) },
    _ make: (_ scope: ParameterScope, _ layer: Int) -> Block
  ) {
    entries = (0..<count).map { layer in
      let (block, parameters) = scope.collecting { make(scope[name(layer)], layer) }
      return (block, parameters)
    }
    self.recomputes = recomputes
  }

  var blocks: [Block] { entries.map(\.block) }

  /// Applies all blocks to `x`, each by `body`, in the pass of `context`.
  func callAsFunction(_ x: Tensor, _ context: Context, _ body: @escaping (_ block: Block, _ x: Tensor) -> Tensor) -> Tensor {
    entries.reduce(x) { x, entry in
      guard recomputes else { return body(entry.block, x) }
      return recomputed(x, entry.parameters) { x in
        context.terms?.closed { body(entry.block, x) } ?? body(entry.block, x)
      }
    }
  }
}

/// The names of a block's activations: the scopes that compute them.
struct BlockNames {
  /// The output of the block.
  let block: String
  /// The output of attention, before dropout.
  let attention: String
  /// The group of hidden units.
  let units: String
  /// The outputs of the hidden units.
  let activation: String

  init(_ block: ParameterScope, attention: ParameterScope, units: ParameterScope) {
    (self.block, self.attention, self.units) = (block.path, attention.path, units.path)
    activation = HiddenUnits.activation(of: units.path)
  }
}

/// `body` of `x`, whose only other traced inputs are `parameters`, without storing intermediate values: the backward pass runs it again.
private func recomputed(_ x: Tensor, _ parameters: [Parameter], _ body: @escaping (Tensor) -> Tensor) -> Tensor {
  let values = parameters.map(\.value)
  guard x.isTraced || values.contains(where: \.isTraced) else { return body(x) }
  func run(_ inputs: [Tensor]) -> Tensor {
    let before = parameters.map(\.value)
    for (parameter, value) in zip(parameters, inputs.dropFirst()) { parameter.value = value }
    defer { for (parameter, value) in zip(parameters, before) { parameter.value = value } }
    return body(inputs[0])
  }
  let constants = ([x] + values).map(\.detached)
  let targets = ([x] + values).map(\.target)
  return run(constants).recording([x] + values) { dy, into in
    let gradients = valueWithGradients(at: constants, seed: dy, run).gradients
    for (target, gradient) in zip(targets, gradients) {
      if let gradient { into.accumulate(target, consuming: gradient) }
    }
  }
}

extension ParameterScope {
  /// The result of `body`, with the parameters that it made in the store.
  func collecting<Made>(_ body: () -> Made) -> (made: Made, parameters: [Parameter]) {
    let first = store.parameters.count
    let made = body()
    return (made, Array(store.parameters[first...]))
  }
}

extension [Parameter] {
  /// The number of trainable values.
  var trainedElements: Int { filter(\.isTrainable).reduce(0) { $0 + $1.shape.count } }
}
