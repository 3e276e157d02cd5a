import TemperCore

/// The layout of a parameter in a file.
public enum StoredLayout: Sendable {
  /// As in memory.
  case same
  /// A transposed matrix: `[out, in]` in memory is `[in, out]` in the file, as in the `Conv1D` layers of GPT-2.
  case transposed
  /// A table without its all-zero rows (zero in every bit), where that is smaller: see ``StoredTensor/usedRows(_:width:)``.
  case usedRows

  /// The shape in a file of a parameter with `shape` in memory, and vice versa.
  func shape(_ shape: Shape) -> Shape {
    switch self {
    case .same, .usedRows: shape
    case .transposed: [shape[1], shape[0]]
    }
  }

  /// `value` in the file layout, and vice versa.
  func values(_ value: Tensor) -> Tensor {
    switch self {
    case .same, .usedRows: value
    case .transposed: value.transposed()
    }
  }

  /// What a file stores for `value`.
  func stored(_ value: Tensor) -> StoredTensor {
    switch self {
    case .same, .transposed: .whole(values(value))
    case .usedRows: .usedRows(value, width: value.shape[-1])
    }
  }
}

/// A named tensor owned by a layer: a trained weight, or a buffer such as batch normalisation's running mean.
public final class Parameter {
  /// The dotted name it is saved under, such as `layers.0.linear.weight`.
  public let name: String
  /// Whether the optimiser updates it; a buffer is updated by its layer instead.
  public let isTrainable: Bool
  /// Its layout in a file.
  public let stored: StoredLayout
  /// Whether weight decay and penalties may act on it: not where 0 is no natural value, as for the logarithm of a deviation.
  public let mayDecay: Bool
  /// The current value. Inside ``ParameterStore/addGradients(to:_:)`` it is traced.
  public internal(set) var value: Tensor
  /// Its range in the store's arena.
  public internal(set) var range = 0..<0

  init(name: String, isTrainable: Bool, stored: StoredLayout, mayDecay: Bool, value: Tensor) {
    (self.name, self.isTrainable, self.stored, self.mayDecay, self.value) = (name, isTrainable, stored, mayDecay, value)
  }

  /// The shape of the value.
  public var shape: Shape { value.shape }

  /// Whether it is a table of embeddings, of which a batch uses few rows and most may never be used.
  public var isTable: Bool { stored == .usedRows }

  /// Whether weight decay applies to it by default: weights of linear layers and embeddings, not biases and norms.
  public var isMatrix: Bool { mayDecay && shape.rank >= 2 }
}
