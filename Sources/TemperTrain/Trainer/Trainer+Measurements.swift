import TemperCore
import TemperOptim

extension Trainer {
  /// The squared norms of the mean gradient over one batch, and over it and the next, at the present weights: what
  /// ``TemperGuard/GradientNoiseScale`` takes. The batches are apart from those of training; `measurement`, counted from 0, selects them. Nil where
  /// one is not finite, or has no row with any weight.
  func gradientNorms(measurement: Int) -> (small: (rows: Double, squared: Double), large: (rows: Double, squared: Double))? {
    saveBuffers()
    defer { restoreBuffers() }
    let batches = measuredBatches(after: 2 * measurement)
    gradients.reset()
    var sums = Sums()
    func measured() -> (rows: Double, squared: Double)? {
      guard (try? accumulate(batches, to: &sums)) != nil, sums.weight > 0 else { return nil }
      let norm = gradientPass.norm(of: gradients, scale: meanScale(sums.weight))
      return norm.isFinite ? (Double(sums.rows), norm * norm) : nil
    }
    guard let small = measured(), let large = measured(), large.rows > small.rows else { return nil }
    return (small, large)
  }
}

/// The batches of measurements, two each, that are made when the first is taken.
final class MeasuredBatches {
  private let make: (_ first: Int) -> TrainingBatches
  private var open: (batches: TrainingBatches, next: Int)?

  init(_ make: @escaping (_ first: Int) -> TrainingBatches) { self.make = make }

  /// Batches of which the next two are those with the numbers `first` and after.
  func callAsFunction(after first: Int) -> TrainingBatches {
    let batches = if let open, open.next == first { open.batches } else { make(first) }
    open = (batches, first + 2)
    return batches
  }
}
