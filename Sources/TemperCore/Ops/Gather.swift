/// Rows of the first axis of `x` in the order of `rows`, each as often as it is named (`torch.index_select` on axis 0).
public func gather(_ x: Tensor, rows: [Int32]) -> Tensor {
  let y = gathered(x, rows, "gather")
  let (target, width, whole) = (x.target, x.shape.after(0), x.count)
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      if beta == 0 { dx.update(repeating: 0, count: whole) }
      Kernels.addRows(dy.pointer, to: rows, width: width, of: dx)
    }
  }
}

/// The columns of `x`, `[rows, columns]`, in the order of `columns` (`torch.index_select` on axis 1).
public func gather(_ x: Tensor, columns: [Int32]) -> Tensor {
  require(
    x.shape.rank == 2 && columns.allSatisfy { $0 >= 0 && Int($0) < x.shape[1] }, "gather: \(x.shape) lacks a column that is named")
  let (rows, n, width) = (x.shape[0], x.shape[1], columns.count)
  let y = Tensor(uninitialized: [rows, width])
  for i in 0..<rows {
    let (from, to) = (x.pointer + i * n, y.pointer + i * width)
    for j in 0..<width { to[j] = from[Int(columns[j])] }
  }
  let target = x.target
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      if beta == 0 { dx.update(repeating: 0, count: rows * n) }
      for i in 0..<rows {
        for j in 0..<width { dx[i * n + Int(columns[j])] += dy.pointer[i * width + j] }
      }
    }
  }
}

/// One element of each row of `x`, `[rows, columns]`: the one in the column that `columns` names for the row (`torch.gather` on axis 1).
/// The result is `[rows]`.
public func gather(_ x: Tensor, columnOfEachRow columns: [Int32]) -> Tensor {
  require(
    x.shape.rank == 2 && x.shape[0] == columns.count,
    "gather: needs [rows, columns] and a column for each row, not \(x.shape) and \(columns.count)")
  let (rows, n) = (x.shape[0], x.shape[1])
  let y = Tensor(uninitialized: Shape(rows))
  for i in 0..<rows {
    require(columns[i] >= 0 && columns[i] < n, "gather: row \(i) names column \(columns[i]) of \(x.shape)")
    y.pointer[i] = x.pointer[i * n + Int(columns[i])]
  }
  let target = x.target
  return y.recording(x) { dy, into in
    into.accumulate(target) { dx, beta in
      if beta == 0 { dx.update(repeating: 0, count: rows * n) }
      for i in 0..<rows { dx[i * n + Int(columns[i])] += dy.pointer[i] }
    }
  }
}

/// The rows of `table`, `[entries, width]`, that `ids` name, as `[ids.count, width]`. The value of ``gather(_:rows:)``; but if `table` is a
/// leaf its gradient is kept by rows, so that a step costs the rows used and not the whole table (see ``GradientBuffer``).
public func embedding(_ table: Tensor, _ ids: [Int32]) -> Tensor {
  require(table.shape.rank == 2, "embedding: needs a table [entries, width], not \(table.shape)")
  let y = gathered(table, ids, "embedding")
  let (target, width) = (table.target, table.shape[1])
  return y.recording(table) { dy, into in
    into.accumulateRows(target, ids) { dx in Kernels.addRows(dy.pointer, to: ids, width: width, of: dx) }
  }
}

private func gathered(_ x: Tensor, _ rows: [Int32], _ op: StaticString) -> Tensor {
  require(x.shape.rank >= 1, "\(op): a tensor of shape \(x.shape) has no rows")
  let (count, width) = (x.shape[0], x.shape.after(0))
  var shape = x.shape
  shape[0] = rows.count
  let y = Tensor(uninitialized: shape)
  for (i, row) in rows.enumerated() {
    require(row >= 0 && row < count, "\(op): index \(i) is \(row), but \(x.shape) has \(count) rows")
    (y.pointer + i * width).update(from: x.pointer + Int(row) * width, count: width)
  }
  return y
}

extension Kernels {
  /// d[rows[i]] += g[i], row by row in order. Cut by columns: an element is summed by one thread, so equal rows are no race.
  static func addRows(_ g: UnsafePointer<Float>, to rows: [Int32], width: Int, of d: UnsafeMutablePointer<Float>) {
    rows.withUnsafeBufferPointer { rows in
      let rows = Unchecked(rows)
      Partition(width, cost: 2 * rows.value.count).run { _, columns in
        for i in 0..<rows.value.count {
          let (from, to) = (g + i * width, d + Int(rows.value[i]) * width)
          for j in columns { to[j] += from[j] }
        }
      }
    }
  }
}
