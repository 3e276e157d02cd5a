import Glibc
import TemperCore
import TemperNN

/// How many directions the features of a model spread over, as the ranks of the matrix A of one row of features for each row, or token, of a sample.
/// A network that loses plasticity has fewer and fewer (Lyle et al. 2022; Dohare et al. 2024). Run passes with its ``hooks``.
public final class FeatureRank {
  private let name: String
  private let limit: Int
  private var values: [Double] = []
  private var width = 0

  /// A monitor of the activation called `name`, of which it takes at most `limit` rows.
  public init(of name: String, limit: Int) { (self.name, self.limit) = (name, limit) }

  /// The hooks to put into the context of every pass over the sample.
  public var hooks: ActivationHooks {
    ActivationHooks([name]) { [self] _, features in
      width = features.shape[-1]
      let rows = min(features.count / max(1, width), limit - values.count / max(1, width))
      if rows > 0 { for i in 0..<(rows * width) { values.append(Double(features.pointer[i])) } }
    }
  }

  /// Both ranks of the rows so far; nil where there is none, where all are 0, and where one is not finite.
  public var ranks: (effective: Double, stable: Double)? {
    if width == 0 || values.isEmpty { return nil }
    return singularValues(values, rows: values.count / width, columns: width).flatMap(Self.ranks)
  }

  /// Of singular values σ: the effective rank exp(-Σ p ln p) with p = σ / Σσ (Roy and Vetterli 2007), and the stable rank Σσ² / max σ², which is
  /// ‖A‖²_F / ‖A‖²_2. Nil where all are 0.
  public static func ranks(_ singularValues: [Double]) -> (effective: Double, stable: Double)? {
    let (sum, greatest) = (singularValues.reduce(0, +), singularValues.max() ?? 0)
    guard greatest > 0, sum.isFinite else { return nil }
    let entropy = singularValues.reduce(0) { $1 > 0 ? $0 - $1 / sum * log($1 / sum) : $0 }
    return (exp(entropy), singularValues.reduce(0) { $0 + ($1 / greatest) * ($1 / greatest) })
  }

  /// About what the ranks cost, in the multiplications and additions of a fast product: LAPACK reduces a matrix to tridiagonal form at a fraction of
  /// its speed.
  public var operations: Double {
    let size = Double(min(values.count / max(1, width), width))
    return 4 * Double(values.count) * size + 40 * size * size * size
  }
}
