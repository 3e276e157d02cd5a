import TemperCore

/// How a parameter lies in a file.
public enum StoredLayout: Sendable {
  /// As it is in memory.
  case same
  /// A matrix with its axes exchanged: what is `[out, in]` in memory is `[in, out]` in the file, as the `Conv1D` layers of GPT-2 have it.
  case transposed
  /// A table of which rows that are zero in every bit are left out where that is smaller: see ``StoredTensor/usedRows(_:width:)``.
  case usedRows

  /// The shape in a file of what has `shape` in memory, and the other way round.
  func shape(_ shape: Shape) -> Shape {
    switch self {
    case .same, .usedRows: shape
    case .transposed: [shape[1], shape[0]]
    }
  }

  /// `value` as a file has it, and the other way round.
  func values(_ value: Tensor) -> Tensor {
    switch self {
    case .same, .usedRows: value
    case .transposed: value.transposed()
    }
  }

  /// What a file is to hold of `value`.
  func stored(_ value: Tensor) -> StoredTensor {
    switch self {
    case .same, .transposed: .whole(values(value))
    case .usedRows: .usedRows(value, width: value.shape[-1])
    }
  }
}

/// A named tensor that a layer owns: a weight that is trained, or a buffer such as batch normalisation's running mean.
public final class Parameter {
  /// The dotted name it is saved under, such as `layers.0.linear.weight`.
  public let name: String
  /// Whether an optimiser changes it; a buffer is changed by its layer instead.
  public let isTrainable: Bool
  /// How it lies in a file.
  public let stored: StoredLayout
  /// The present value. Inside ``ParameterStore/addGradients(to:_:)`` it is traced.
  public internal(set) var value: Tensor
  /// Where it lies in the store's arena.
  public internal(set) var range = 0..<0

  init(name: String, isTrainable: Bool, stored: StoredLayout, value: Tensor) {
    (self.name, self.isTrainable, self.stored, self.value) = (name, isTrainable, stored, value)
  }

  /// The shape of the value.
  public var shape: Shape { value.shape }

  /// Whether weight decay means it by default: weights of products and embeddings, not biases and norms.
  public var isMatrix: Bool { shape.rank >= 2 }
}
