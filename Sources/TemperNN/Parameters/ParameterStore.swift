import TemperCore

/// All parameters of a model, in the order they were made, in one contiguous block of memory: clipping, updating, averaging and saving are
/// single passes over it. Trainable parameters come first, buffers after them.
public final class ParameterStore {
  /// Every parameter and buffer, in the order of construction; also the order in a file.
  public private(set) var parameters: [Parameter] = []
  /// The source of initial values and masks.
  public let random: RandomStreams
  private let weights: SafeTensors?
  private let fresh: [NamePattern]
  private let frozen: [NamePattern]
  private var problems = WeightMismatch()
  private var sealed: Tensor?
  private var names: Set<String> = []
  private let onlyCounts: Bool

  /// A store that only counts: build a model with it to find out its parameters without allocating memory for them.
  public static func counting(frozen: [NamePattern] = []) -> ParameterStore {
    ParameterStore(random: RandomStreams(seed: 0), frozen: frozen, onlyCounts: true)
  }

  /// A store whose parameters are initialised from `random`. Those that match a pattern of `frozen` are not trained.
  public convenience init(random: RandomStreams, frozen: [NamePattern] = []) {
    self.init(random: random, frozen: frozen, onlyCounts: false)
  }

  private init(random: RandomStreams, frozen: [NamePattern], onlyCounts: Bool) {
    self.random = random
    (weights, fresh, self.frozen, self.onlyCounts) = (nil, [], frozen, onlyCounts)
  }

  /// A store whose parameters are loaded from `weights`, except those that match a pattern of `fresh`, which are initialised: build the
  /// model as usual, then call ``finishLoading(ignoring:)``. Parameters that match a pattern of `frozen` are not trained.
  public init(
    loading weights: SafeTensors, random: RandomStreams = RandomStreams(seed: 0), fresh: [NamePattern] = [], frozen: [NamePattern] = []
  ) {
    self.random = random
    (self.weights, self.fresh, self.frozen, onlyCounts) = (weights, fresh, frozen, false)
  }

  /// The root scope, without a prefix.
  public var root: ParameterScope { ParameterScope(store: self, path: "") }

  /// The trainable parameters, in order; their index is their index in a gradient buffer.
  public private(set) lazy var trainable: [Parameter] = {
    _ = arena
    return parameters.filter(\.isTrainable)
  }()

  /// All values in one vector, the trainable ones in its first ``trainableCount`` elements. Parameters are views of it; alignment padding
  /// between them is zero.
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

  /// The number of elements of ``arena`` of trainable parameters, including padding.
  public var trainableCount: Int { trainable.last?.range.upperBound ?? 0 }

  /// The number of trainable values.
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

  /// A gradient buffer with the layout of the arena's trainable part.
  public func makeGradients() -> GradientBuffer {
    GradientBuffer(layout: trainable.map(\.range), count: trainableCount)
  }

  /// Throws one error with every parameter that the file lacks or has in another shape, and every unexpected tensor that does not match a
  /// pattern of `ignored`. The number of batches that PyTorch's batch norms keep is none: nothing depends on it.
  public func finishLoading(ignoring ignored: [NamePattern] = []) throws(WeightMismatch) {
    guard weights != nil else { return }
    problems.unexpected = unexpectedTensors.filter { name in
      !(ignored + fresh).contains { $0.matches(name) } && !name.hasSuffix(".num_batches_tracked")
    }
    if !problems.isEmpty { throw problems }
  }

  /// The Euclidean norm of all trainable parameters.
  public var weightNorm: Double {
    parameters.reduce(0.0) { $1.isTrainable ? $0 + sumOfSquares($1.value) : $0 }.squareRoot()
  }

  /// In blocks of single precision, of which the sums are added in double precision.
  private func sumOfSquares(_ values: Tensor) -> Double {
    let (p, count) = (values.pointer, values.count)
    var (sum, place) = (0.0, 0)
    while place < count {
      let end = min(count, place + 4096)
      var lanes = SIMD16<Float>.zero
      while place + 16 <= end {
        let next = UnsafeRawPointer(p + place).loadUnaligned(as: SIMD16<Float>.self)
        lanes += next * next
        place += 16
      }
      sum += Double(lanes.sum())
      while place < end {
        sum += Double(p[place]) * Double(p[place])
        place += 1
      }
    }
    return sum
  }

  /// The first parameter or buffer with an infinite or NaN element; nil where all are finite.
  public var firstNonFinite: Parameter? { arena.isFinite ? nil : parameters.first { !$0.value.isFinite } }

  /// The tensors in the weights that the model does not have, in the order of the file.
  public var unexpectedTensors: [String] {
    let known = Set(parameters.map(\.name))
    return weights?.names.filter { !known.contains($0) } ?? []
  }

  /// Everything as the content of a file, with `metadata`: the current values, or those of `copy`, which has the layout of ``arena``.
  public func saved(_ copy: Tensor? = nil, metadata: [(String, String)] = []) -> SafeTensors {
    let values = copy ?? arena
    return SafeTensors(
      stored: parameters.map { ($0.name, $0.stored.stored(values.rows($0.range).reshaped($0.shape))) }, metadata: metadata)
  }

  /// Loads all values from `weights` into ``arena``, or into `copy`, which has the same layout; throws every mismatch.
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
    _ name: String, _ shape: Shape, _ initializer: Initializer, isTrainable: Bool, stored: StoredLayout = .same, mayDecay: Bool = true
  ) -> Parameter {
    require(sealed == nil, "ParameterStore: \"\(name)\" cannot be added: the store is already in use")
    require(names.insert(name).inserted, "ParameterStore: duplicate parameter \"\(name)\"")
    let value: Tensor
    if onlyCounts {
      value = .placeholder(shape)
    } else if let weights, !fresh.contains(where: { $0.matches(name) }) {
      // Parameters missing from the file take no memory, however large the config makes them.
      value = problems.load(name, shape, stored: stored, from: weights) ?? .placeholder(shape)
    } else {
      value = Tensor(uninitialized: shape)
      initializer.fill(value, using: random.sequence("init/" + name))
    }
    let isTrained = isTrainable && !frozen.contains { $0.matches(name) }
    let parameter = Parameter(name: name, isTrainable: isTrained, stored: stored, mayDecay: mayDecay, value: value)
    parameters.append(parameter)
    return parameter
  }
}

/// A store and a dotted path in it, with which a layer's initialiser names its parameters.
public struct ParameterScope {
  /// The store that parameters are added to.
  public let store: ParameterStore
  /// The dotted prefix of names made here; empty at the root.
  public let path: String

  /// The nested scope `name`.
  public subscript(_ name: String) -> ParameterScope {
    ParameterScope(store: store, path: path.isEmpty ? name : path + "." + name)
  }

  /// The nested scope with this index: `scope["layers"][0]` is `layers.0`.
  public subscript(_ index: Int) -> ParameterScope { self[String(index)] }

  /// Makes the trainable parameter `name`; `stored` is its layout in a file, and weight decay acts on it only if it `mayDecay`.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, stored: StoredLayout = .same, mayDecay: Bool = true
  ) -> Parameter {
    store.add(self[name].path, shape, initializer, isTrainable: true, stored: stored, mayDecay: mayDecay)
  }

  /// Makes the buffer `name`: saved and loaded, but not trained.
  public func buffer(_ name: String, _ shape: Shape, _ initializer: Initializer) -> Parameter {
    store.add(self[name].path, shape, initializer, isTrainable: false)
  }

  /// The random stream `name` of this scope, for masks.
  public func stream(_ name: String) -> Philox { store.random.philox(self[name].path) }
}

/// The mismatches between a model and a weight file.
public struct WeightMismatch: Error, CustomStringConvertible {
  /// Parameters missing from the file.
  public var missing: [String] = []
  /// Tensors in the file that the model does not have.
  public var unexpected: [String] = []
  /// Parameters whose shape in the file is not the expected one.
  public var misshapen: [(name: String, expected: Shape, found: Shape)] = []
  /// Parameters whose tensor in the file has an unsupported type, such as `I64` or `F8_E4M3`.
  public var mistyped: [(name: String, type: String)] = []
  /// Tensors with infinite or NaN elements.
  public var nonFinite: [String] = []

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && mistyped.isEmpty && nonFinite.isEmpty }

  /// The tensor `name` as stored in the file, for a parameter of `expected` shape; nil, with the mismatch recorded, where it does not fit.
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

  /// A copy of the tensor `name` in the memory layout of a parameter of `shape`; nil where it does not fit.
  fileprivate mutating func load(_ name: String, _ shape: Shape, stored: StoredLayout, from weights: SafeTensors) -> Tensor? {
    guard let tensor = tensor(name, shape, stored: stored, from: weights) else { return nil }
    let value = Tensor(uninitialized: shape)
    value.pointer.update(from: stored.values(tensor).pointer, count: value.count)
    return value
  }

  /// How many names of each kind are listed: as many as fit on a screen.
  private static let limit = 10

  /// One line per kind of mismatch, with the first names and the number of further ones.
  public var description: String {
    func list(_ names: [String]) -> String {
      names.prefix(Self.limit).joined(separator: ", ") + (names.count > Self.limit ? " and \(names.count - Self.limit) more" : "")
    }
    var lines: [String] = []
    if !missing.isEmpty { lines.append("missing: " + list(missing)) }
    if !unexpected.isEmpty { lines.append("unexpected: " + list(unexpected)) }
    lines += misshapen.prefix(Self.limit).map { "\($0.name): the model needs shape \($0.expected), the file has \($0.found)" }
    if misshapen.count > Self.limit { lines.append("and \(misshapen.count - Self.limit) more with a different shape") }
    if !mistyped.isEmpty {
      lines.append(
        "of an unsupported type (use F32, F64, F16 or BF16): " + list(mistyped.map { "\($0.name) (\($0.type))" }))
    }
    if !nonFinite.isEmpty { lines.append("with infinite or NaN elements: " + list(nonFinite)) }
    return lines.joined(separator: "\n")
  }
}
