import CTemperKernels

/// How the rows of a bag are reduced to one. The raw value is the name in a config.
public enum BagMode: String, CaseIterable, Sendable {
  /// They are added up.
  case sum
  /// The sum is divided by their number.
  case mean
  /// The sum is divided by the square root of their number, as TensorFlow's combiner `sqrtn`.
  case sqrt
}

/// For each bag the sum of the rows of `table`, `[entries, width]`, that its ids name, divided as `mode` says, as `[bags, width]`; zeros for an
/// empty bag (`torch.nn.EmbeddingBag`). If `table` is a leaf its gradient is kept by rows, like that of ``embedding(_:_:)``.
public func embeddingBag(_ table: Tensor, _ bags: TokenBags, mode: BagMode = .mean) -> Tensor {
  require(table.shape.rank == 2, "embeddingBag: needs a table [entries, width], not \(table.shape)")
  bags.check("embeddingBag", entries: table.shape[0])
  let (width, target) = (table.shape[1], table.target)
  let y = Tensor(uninitialized: [bags.count, width])
  Kernels.sumBags(table.pointer, bags, mode, width: width, to: y.pointer)
  return y.recording(table) { dy, into in
    into.accumulateRows(target, bags.ids) { dx in Kernels.addBags(dy.pointer, bags, mode, width: width, to: dx) }
  }
}

/// The same, with the parts of the bags given separately.
public func embeddingBag(_ table: Tensor, _ ids: [Int32], _ starts: [Int32], mode: BagMode = .mean) -> Tensor {
  embeddingBag(table, TokenBags(ids: ids, starts: starts), mode: mode)
}

extension BagMode {
  /// The factor of a sum of `count` rows.
  fileprivate func factor(_ count: Int) -> Float {
    switch self {
    case .sum: 1
    case .mean: 1 / Float(max(1, count))
    case .sqrt: 1 / Float(max(1, count)).squareRoot()
    }
  }
}

extension Kernels {
  /// y[b] = factor · Σ x[id], over the ids of bag b in their order.
  fileprivate static func sumBags(
    _ x: UnsafePointer<Float>, _ bags: TokenBags, _ mode: BagMode, width: Int, to y: UnsafeMutablePointer<Float>
  ) {
    bags.ids.withUnsafeBufferPointer { ids in
      let ids = Unchecked(ids)
      Partition(bags.count, cost: max(1, ids.value.count / max(1, bags.count)) * width, minItems: 1).run { _, items in
        for bag in items {
          let range = bags.range(bag)
          temper_bag_sum(
            ids.value.baseAddress.map { $0 + range.lowerBound }, range.count, x, width, mode.factor(range.count), y + bag * width)
        }
      }
    }
  }

  /// d[id] += factor · g[b] for the ids of each bag b, in order. Cut by columns: an element is summed by one thread.
  fileprivate static func addBags(
    _ g: UnsafePointer<Float>, _ bags: TokenBags, _ mode: BagMode, width: Int, to d: UnsafeMutablePointer<Float>
  ) {
    bags.ids.withUnsafeBufferPointer { ids in
      let ids = Unchecked(ids)
      Partition(width, cost: 2 * ids.value.count).run { _, columns in
        let (first, count) = (columns.lowerBound, columns.count)
        for bag in 0..<bags.count {
          let range = bags.range(bag)
          temper_bag_add(
            ids.value.baseAddress.map { $0 + range.lowerBound }, range.count, g + bag * width + first, count, mode.factor(range.count),
            d + first, width)
        }
      }
    }
  }
}
