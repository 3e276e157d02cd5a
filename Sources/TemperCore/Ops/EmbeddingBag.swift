/// How the rows of a bag are reduced to one.
public enum BagMode: Sendable {
  /// They are added up.
  case sum
  /// The sum is divided by their number.
  case mean
}

/// For each bag the sum or the mean of the rows of `table`, `[entries, width]`, that its ids name, as `[bags, width]`; zeros for an empty bag
/// (`torch.nn.EmbeddingBag`). If `table` is a leaf its gradient is kept by rows, like that of ``embedding(_:_:)``.
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
  fileprivate func factor(_ count: Int) -> Float { self == .mean && count > 0 ? 1 / Float(count) : 1 }
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
          let (range, to) = (bags.range(bag), y + bag * width)
          for j in 0..<width { to[j] = 0 }
          for i in range {
            let from = x + Int(ids.value[i]) * width
            for j in 0..<width { to[j] += from[j] }
          }
          let factor = mode.factor(range.count)
          if factor != 1 { for j in 0..<width { to[j] *= factor } }
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
        for bag in 0..<bags.count {
          let (range, from) = (bags.range(bag), g + bag * width)
          let factor = mode.factor(range.count)
          for i in range {
            let to = d + Int(ids.value[i]) * width
            for j in columns { to[j] += factor * from[j] }
          }
        }
      }
    }
  }
}
