import TemperCore

/// All parameters of a model, in the order they were made, over one stretch of memory: clipping, updating, averaging and saving are single
/// passes over it. Trainable parameters come first in it, buffers after.
public final class ParameterStore {
  /// Every parameter and buffer, in the order the constructors named them; also the order in a file.
  public private(set) var parameters: [Parameter] = []
  /// Where first values and masks come from.
  public let random: RandomStreams
  private let weights: SafeTensors?
  private let fresh: [NamePattern]
  private let frozen: [NamePattern]
  private var problems = WeightMismatch()
  private var sealed: Tensor?

  /// A store whose parameters are initialised from `random`. Those that fit a pattern of `frozen` are not trained.
  public init(random: RandomStreams, frozen: [NamePattern] = []) {
    self.random = random
    (weights, fresh, self.frozen) = (nil, [], frozen)
  }

  /// A store whose parameters get their values from `weights`, but for those that fit a pattern of `fresh`, which are initialised: build the model
  /// as usual, then call ``finishLoading(ignoring:)``. Parameters that fit a pattern of `frozen` are not trained.
  public init(
    loading weights: SafeTensors, random: RandomStreams = RandomStreams(seed: 0), fresh: [NamePattern] = [], frozen: [NamePattern] = []
  ) {
    self.random = random
    (self.weights, self.fresh, self.frozen) = (weights, fresh, frozen)
  }

  /// The scope without a prefix.
  public var root: ParameterScope { ParameterScope(store: self, path: "") }

  /// The trainable parameters, in order; their position is their place in a gradient buffer.
  public private(set) lazy var trainable: [Parameter] = {
    _ = arena
    return parameters.filter(\.isTrainable)
  }()

  /// All values in one vector, the trainable ones in its first ``trainableCount`` elements. Parameters are views of it; gaps of alignment
  /// between them are zero.
  public var arena: Tensor {
    if let sealed { return sealed }
    var end = 0
    for parameter in parameters.filter(\.isTrainable) + parameters.filter({ !$0.isTrainable }) {
      parameter.range = end..<end + parameter.shape.count
      end = (parameter.range.upperBound + 15) / 16 * 16
    }
    let arena = Tensor.filled(Shape(end), 0)
    for parameter in parameters {
      (arena.pointer + parameter.range.lowerBound).update(from: parameter.value.pointer, count: parameter.range.count)
      parameter.value = arena.rows(parameter.range).reshaped(parameter.shape)
    }
    sealed = arena
    return arena
  }

  /// How many elements of ``arena`` belong to trainable parameters, gaps included.
  public var trainableCount: Int { trainable.last?.range.upperBound ?? 0 }

  /// How many numbers are trained.
  public var trainableElements: Int { trainable.reduce(0) { $0 + $1.shape.count } }

  /// Adds the derivatives of the value of `body` with respect to all trainable parameters to `gradients`, and returns the value.
  /// Only within `body` are parameters traced.
  public func addGradients(to gradients: GradientBuffer, _ body: () throws -> Tensor) rethrows -> Tensor {
    let trainable = trainable
    defer { for parameter in trainable { parameter.value = parameter.value.detached } }
    return try gradients.addGradients { tape in
      for (index, parameter) in trainable.enumerated() { parameter.value = tape.leaf(index, parameter.value) }
      return try body()
    }
  }

  /// A gradient buffer laid out as the arena's trainable part.
  public func makeGradients() -> GradientBuffer {
    GradientBuffer(layout: trainable.map(\.range), count: trainableCount)
  }

  /// The tensors of the file that no parameter was loaded from; empty where there is no file.
  public var unused: [String] {
    let known = Set(parameters.map(\.name))
    return weights?.names.filter { !known.contains($0) } ?? []
  }

  /// Throws one error that names every parameter the file lacks, has in another shape, or has without need and without fitting a pattern of
  /// `ignored`.
  public func finishLoading(ignoring ignored: [NamePattern] = []) throws(WeightMismatch) {
    guard let weights else { return }
    let known = Set(parameters.map(\.name))
    problems.unexpected = weights.names.filter { name in
      !known.contains(name) && !(ignored + fresh).contains { $0.matches(name) }
    }
    if !problems.isEmpty { throw problems }
  }

  /// Everything as a file's content, with `metadata`: the present values, or those of `copy`, which is laid out as ``arena``.
  public func saved(_ copy: Tensor? = nil, metadata: [(String, String)] = []) -> SafeTensors {
    let values = copy ?? arena
    return SafeTensors(
      tensors: parameters.map { ($0.name, $0.stored.values(values.rows($0.range).reshaped($0.shape))) }, metadata: metadata)
  }

  /// Takes all values from `weights`, into ``arena`` or into `copy`, which is laid out like it; throws what does not fit.
  public func load(_ weights: SafeTensors, into copy: Tensor? = nil) throws(WeightMismatch) {
    let values = copy ?? arena
    var problems = WeightMismatch()
    for parameter in parameters {
      let value = values.rows(parameter.range).reshaped(parameter.shape)
      _ = problems.load(parameter.name, into: value, stored: parameter.stored, from: weights)
    }
    let known = Set(parameters.map(\.name))
    problems.unexpected = weights.names.filter { !known.contains($0) }
    if !problems.isEmpty { throw problems }
  }

  func add(
    _ name: String, _ shape: Shape, _ initializer: Initializer, isTrainable: Bool, stored: StoredLayout = .same
  ) -> Parameter {
    require(sealed == nil, "ParameterStore: \"\(name)\" comes too late: the store is in use already")
    require(!parameters.contains { $0.name == name }, "ParameterStore: there are two parameters called \"\(name)\"")
    let value = Tensor(uninitialized: shape)
    if let weights, !fresh.contains(where: { $0.matches(name) }) {
      if !problems.load(name, into: value, stored: stored, from: weights) { Initializer.zeros.fill(value, using: random.sequence(name)) }
    } else {
      initializer.fill(value, using: random.sequence("init/" + name))
    }
    let isTrained = isTrainable && !frozen.contains { $0.matches(name) }
    let parameter = Parameter(name: name, isTrainable: isTrained, stored: stored, value: value)
    parameters.append(parameter)
    return parameter
  }
}

/// A store and a dotted path in it: what a layer's constructor gets to name its parameters with.
public struct ParameterScope {
  /// The store that parameters go to.
  public let store: ParameterStore
  /// The dotted prefix of names made here; empty at the root.
  public let path: String

  /// The scope called `name` inside this one.
  public subscript(_ name: String) -> ParameterScope {
    ParameterScope(store: store, path: path.isEmpty ? name : path + "." + name)
  }

  /// The numbered scope inside this one: `scope["layers"][0]` is `layers.0`.
  public subscript(_ index: Int) -> ParameterScope { self[String(index)] }

  /// Makes the trainable parameter called `name`, which lies in a file as `stored` says.
  public func parameter(_ name: String, _ shape: Shape, _ initializer: Initializer, stored: StoredLayout = .same) -> Parameter {
    store.add(self[name].path, shape, initializer, isTrainable: true, stored: stored)
  }

  /// Makes the buffer called `name`: saved and loaded, never trained.
  public func buffer(_ name: String, _ shape: Shape, _ initializer: Initializer) -> Parameter {
    store.add(self[name].path, shape, initializer, isTrainable: false)
  }

  /// The random stream called `name` here, for masks.
  public func stream(_ name: String) -> Philox { store.random.philox(self[name].path) }
}

/// What does not fit between a model and a file of weights.
public struct WeightMismatch: Error, CustomStringConvertible {
  /// Parameters that the file lacks.
  public var missing: [String] = []
  /// Tensors of the file that the model has no use for.
  public var unexpected: [String] = []
  /// Parameters whose shape in the file is another than it should be there.
  public var misshapen: [(name: String, expected: Shape, found: Shape)] = []
  /// Tensors of a type that is not read.
  public var mistyped: [String] = []
  /// The types of these.
  public private(set) var types: [String] = []

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && mistyped.isEmpty }

  /// Loads `name`, or notes why not.
  fileprivate mutating func load(_ name: String, into value: Tensor, stored: StoredLayout, from weights: SafeTensors) -> Bool {
    guard let shape = weights.shape(of: name) else {
      missing.append(name)
      return false
    }
    guard shape == stored.shape(value.shape) else {
      misshapen.append((name, stored.shape(value.shape), shape))
      return false
    }
    guard let tensor = weights.tensor(name) else {
      mistyped.append(name)
      types.append(weights.typeName(of: name) ?? "?")
      return false
    }
    value.pointer.update(from: stored.values(tensor).pointer, count: value.count)
    return true
  }

  /// All of it, a line each.
  public var description: String {
    var lines: [String] = []
    if !missing.isEmpty { lines.append("missing: " + missing.joined(separator: ", ")) }
    if !unexpected.isEmpty { lines.append("unexpected: " + unexpected.joined(separator: ", ")) }
    lines += misshapen.map { "\($0.name): the model needs shape \($0.expected), the file has \($0.found)" }
    if !mistyped.isEmpty {
      lines.append(
        "of a type that is not read (save the model in F32, F16 or BF16): "
          + zip(mistyped, types).map { "\($0) (\($1))" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}
