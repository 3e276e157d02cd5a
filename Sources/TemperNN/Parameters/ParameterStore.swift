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
  private var names: Set<String> = []
  private let onlyCounts: Bool

  /// A store that only counts: build a model with it to learn what its parameters are, before they take any memory.
  public static func counting(frozen: [NamePattern] = []) -> ParameterStore {
    ParameterStore(random: RandomStreams(seed: 0), frozen: frozen, onlyCounts: true)
  }

  /// A store whose parameters are initialised from `random`. Those that fit a pattern of `frozen` are not trained.
  public convenience init(random: RandomStreams, frozen: [NamePattern] = []) {
    self.init(random: random, frozen: frozen, onlyCounts: false)
  }

  private init(random: RandomStreams, frozen: [NamePattern], onlyCounts: Bool) {
    self.random = random
    (weights, fresh, self.frozen, self.onlyCounts) = (nil, [], frozen, onlyCounts)
  }

  /// A store whose parameters get their values from `weights`, but for those that fit a pattern of `fresh`, which are initialised: build the model
  /// as usual, then call ``finishLoading(ignoring:)``. Parameters that fit a pattern of `frozen` are not trained.
  public init(
    loading weights: SafeTensors, random: RandomStreams = RandomStreams(seed: 0), fresh: [NamePattern] = [], frozen: [NamePattern] = []
  ) {
    self.random = random
    (self.weights, self.fresh, self.frozen, onlyCounts) = (weights, fresh, frozen, false)
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

  /// Throws one error that names every parameter the file lacks, has in another shape, or has without need and without fitting a pattern of
  /// `ignored`.
  public func finishLoading(ignoring ignored: [NamePattern] = []) throws(WeightMismatch) {
    guard weights != nil else { return }
    problems.unexpected = unexpectedTensors.filter { name in !(ignored + fresh).contains { $0.matches(name) } }
    if !problems.isEmpty { throw problems }
  }

  /// The first parameter or buffer with an element that is infinite or not a number; nil where all are finite.
  public var firstNonFinite: Parameter? { arena.isFinite ? nil : parameters.first { !$0.value.isFinite } }

  /// The tensors that the weights have and the model does not, in the order of the file.
  public var unexpectedTensors: [String] {
    let known = Set(parameters.map(\.name))
    return weights?.names.filter { !known.contains($0) } ?? []
  }

  /// Everything as a file's content, with `metadata`: the present values, or those of `copy`, which is laid out as ``arena``.
  public func saved(_ copy: Tensor? = nil, metadata: [(String, String)] = []) -> SafeTensors {
    let values = copy ?? arena
    return SafeTensors(
      stored: parameters.map { ($0.name, $0.stored.stored(values.rows($0.range).reshaped($0.shape))) }, metadata: metadata)
  }

  /// Takes all values from `weights`, into ``arena`` or into `copy`, which is laid out like it; throws what does not fit.
  public func load(_ weights: SafeTensors, into copy: Tensor? = nil) throws(WeightMismatch) {
    let values = copy ?? arena
    var problems = WeightMismatch()
    for parameter in parameters {
      let value = values.rows(parameter.range).reshaped(parameter.shape)
      if let tensor = problems.tensor(parameter.name, value.shape, stored: parameter.stored, from: weights) {
        value.pointer.update(from: parameter.stored.values(tensor).pointer, count: value.count)
      }
    }
    let known = Set(parameters.map(\.name))
    problems.unexpected = weights.names.filter { !known.contains($0) }
    if !problems.isEmpty { throw problems }
  }

  func add(
    _ name: String, _ shape: Shape, _ initializer: Initializer, isTrainable: Bool, stored: StoredLayout = .same
  ) -> Parameter {
    require(sealed == nil, "ParameterStore: \"\(name)\" comes too late: the store is in use already")
    require(names.insert(name).inserted, "ParameterStore: there are two parameters called \"\(name)\"")
    let value: Tensor
    if onlyCounts {
      value = .placeholder(shape)
    } else if let weights, !fresh.contains(where: { $0.matches(name) }) {
      // What the file does not have takes no memory, however large a config says it is.
      value = problems.load(name, shape, stored: stored, from: weights) ?? .placeholder(shape)
    } else {
      value = Tensor(uninitialized: shape)
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
  /// Parameters whose tensor in the file is of a type that is not read, such as `I64` or `F8_E4M3`.
  public var mistyped: [(name: String, type: String)] = []
  /// Tensors with elements that are infinite or not a number.
  public var nonFinite: [String] = []

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && mistyped.isEmpty && nonFinite.isEmpty }

  /// The tensor `name` as the file has it, for a parameter of `expected` shape; nil, with a note why, where it does not fit.
  fileprivate mutating func tensor(_ name: String, _ expected: Shape, stored: StoredLayout, from weights: SafeTensors) -> Tensor? {
    guard let shape = weights.shape(of: name) else {
      missing.append(name)
      return nil
    }
    guard shape == stored.shape(expected) else {
      misshapen.append((name, stored.shape(expected), shape))
      return nil
    }
    guard let tensor = weights.tensor(name) else {
      mistyped.append((name, weights.typeName(of: name) ?? ""))
      return nil
    }
    if !tensor.isFinite {
      nonFinite.append(name)
      return nil
    }
    return tensor
  }

  /// A copy of the tensor `name` as a parameter of `shape` has it; nil where it does not fit.
  fileprivate mutating func load(_ name: String, _ shape: Shape, stored: StoredLayout, from weights: SafeTensors) -> Tensor? {
    guard let tensor = tensor(name, shape, stored: stored, from: weights) else { return nil }
    let value = Tensor(uninitialized: shape)
    value.pointer.update(from: stored.values(tensor).pointer, count: value.count)
    return value
  }

  /// How many names of each kind are listed: as many as fit on a screen.
  private static let limit = 10

  /// A line for each kind of mismatch; of many names the first ones, then how many there are besides.
  public var description: String {
    func list(_ names: [String]) -> String {
      names.prefix(Self.limit).joined(separator: ", ") + (names.count > Self.limit ? " and \(names.count - Self.limit) more" : "")
    }
    var lines: [String] = []
    if !missing.isEmpty { lines.append("missing: " + list(missing)) }
    if !unexpected.isEmpty { lines.append("unexpected: " + list(unexpected)) }
    lines += misshapen.prefix(Self.limit).map { "\($0.name): the model needs shape \($0.expected), the file has \($0.found)" }
    if misshapen.count > Self.limit { lines.append("and \(misshapen.count - Self.limit) more of another shape") }
    if !mistyped.isEmpty {
      lines.append(
        "of a type that is not read (F32, F64, F16 and BF16 are): " + list(mistyped.map { "\($0.name) (\($0.type))" }))
    }
    if !nonFinite.isEmpty { lines.append("with infinite or NaN elements: " + list(nonFinite)) }
    return lines.joined(separator: "\n")
  }
}
