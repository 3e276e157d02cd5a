/// The tensors `parts` one after another along `axis`; their other axes are alike. A negative axis counts from the end.
public func concatenate(_ parts: [Tensor], axis: Int = 0) -> Tensor {
  require(!parts.isEmpty, "concatenate: no tensors given")
  var shape = parts[0].shape
  let axis = shape.normalized(axis, "concatenate")
  for part in parts {
    require(
      part.shape.rank == shape.rank && (0..<shape.rank).allSatisfy { $0 == axis || part.shape[$0] == shape[$0] },
      "concatenate: \(part.shape) does not match \(parts[0].shape) in all axes but \(axis)")
  }
  shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
  let y = Tensor(uninitialized: shape)
  // Runs of each part and of the whole between two steps of the leading axes.
  let (outer, run) = (shape.before(axis), shape[axis] * shape.after(axis))
  var start = 0
  for part in parts {
    let length = part.shape[axis] * shape.after(axis)
    for o in 0..<outer { (y.pointer + o * run + start).update(from: part.pointer + o * length, count: length) }
    start += length
  }
  let targets = parts.map { ($0.target, $0.shape[axis] * shape.after(axis)) }
  return y.recording(parts) { dy, into in
    var start = 0
    for (target, length) in targets {
      into.accumulate(target) { dx, beta in
        for o in 0..<outer { Kernels.add(dy.pointer + o * run + start, into: dx + o * length, beta: beta, count: length) }
      }
      start += length
    }
  }
}

extension Tensor {
  /// The part `range` of `axis`: of the first axis a view, of others a copy. A negative axis counts from the end.
  public func slice(_ range: Range<Int>, axis: Int) -> Tensor {
    let axis = shape.normalized(axis, "slice")
    require(range.lowerBound >= 0 && range.upperBound <= shape[axis], "slice: \(range) is outside axis \(axis) of \(shape)")
    if axis == 0 { return rows(range) }
    var part = shape
    part[axis] = range.count
    let y = Tensor(uninitialized: part)
    let (outer, inner) = (shape.before(axis), shape.after(axis))
    let (run, start, length) = (shape[axis] * inner, range.lowerBound * inner, range.count * inner)
    for o in 0..<outer { (y.pointer + o * length).update(from: pointer + o * run + start, count: length) }
    let (target, whole) = (target, count)
    return y.recording(self) { dy, into in
      into.accumulate(target) { dx, beta in
        if beta == 0 { dx.update(repeating: 0, count: whole) }
        for o in 0..<outer { Kernels.add(dy.pointer + o * length, into: dx + o * run + start, beta: 1, count: length) }
      }
    }
  }
}
