import CTemperKernels
import CTemperSupport
import TemperCore
import TemperNN

/// Adagrad with one sum for each row of a table of embeddings, as FBGEMM's `EXACT_ROWWISE_ADAGRAD`: s ← s + the mean of g² over the row,
/// w ← w - η / (1 + (t - 1) δ) · g / (√s + ε). Every other parameter has ``Adagrad``'s sum for each weight. A row that a batch does not use
/// does not change, and is not visited.
///
/// For tables of many short rows of which a batch uses few: it learns as well as Adagrad, reads a sum where Adagrad reads a row of them, and
/// takes one root and one division a row.
public final class RowwiseAdagrad: Optimizer {
  /// See ``Optimizer``.
  public var steps = 0
  private let config: AdagradConfig
  private let arena: Tensor
  private let leaves: [Leaf]
  /// Leaf after leaf, each from a multiple of sixteen.
  private let sum: Tensor

  /// A trainable parameter.
  private struct Leaf {
    /// Its place in the arena.
    let range: Range<Int>
    /// The length of a row with a sum of its own; 1 where each weight has one.
    let width: Int
    /// Where its sums begin.
    let sums: Int
    /// What its learning rate is multiplied by.
    let rateFactor: Double
  }

  /// An optimizer for the parameters of `store`, whose learning rates are multiplied by `factors`.
  public init(_ store: ParameterStore, _ config: AdagradConfig = .init(), factors: RateFactors = .none) {
    self.config = config
    arena = store.arena
    var (leaves, end): ([Leaf], Int) = ([], 0)
    for parameter in store.trainable {
      let width = parameter.isTable ? parameter.shape[-1] : 1
      leaves.append(Leaf(range: parameter.range, width: width, sums: end, rateFactor: factors.factor(of: parameter.name)))
      end = (end + parameter.range.count / max(1, width) + 15) / 16 * 16
    }
    self.leaves = leaves
    sum = .filled([end], Float(config.initialAccumulator))
  }

  /// See ``Optimizer``: `sum` has the sums of each parameter in turn, filled up to a multiple of sixteen.
  public var state: [(name: String, tensor: Tensor)] { [("sum", sum)] }

  /// See ``Optimizer``.
  public func step(_ gradients: GradientBuffer, scale: Float, learningRate: Double) {
    steps += 1
    let (w, g, s, eps) = (arena.pointer, gradients.values, sum.pointer, Float(config.eps))
    let slowed = learningRate / (1 + Double(steps - 1) * config.learningRateDecay)
    for (index, leaf) in leaves.enumerated() {
      let (w, g, s, width) = (w + leaf.range.lowerBound, g + leaf.range.lowerBound, s + leaf.sums, leaf.width)
      let rate = Float(slowed * leaf.rateFactor)
      if width == 1 {
        Partition(leaf.range.count, cost: 12).run { _, items in
          for i in items {
            let d = scale * g[i]
            s[i] += d * d
            w[i] -= rate * d / (temper_sqrt(s[i]) + eps)
          }
        }
      } else if let rows = gradients.touchedRows(index) {
        rows.withUnsafeBufferPointer { rows in
          let rows = Unchecked(rows)
          Partition(rows.value.count, cost: 12 * width).run { _, items in
            temper_adagrad_rows(
              rows.value.baseAddress! + items.lowerBound, items.count, g, width, scale, rate, eps, s, w)
          }
        }
      } else {
        Partition(leaf.range.count / width, cost: 12 * width).run { _, items in
          let (first, at) = (items.lowerBound, items.lowerBound * width)
          temper_adagrad_rows(nil, items.count, g + at, width, scale, rate, eps, s + first, w + at)
        }
      }
    }
  }
}
