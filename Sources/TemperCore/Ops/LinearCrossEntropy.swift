/// ``softmaxCrossEntropy(_:_:options:rowWeights:)`` of the logits x·wᵀ + b, for large vocabularies: the logits are computed, used and
/// discarded some rows at a time, so that they are never in memory together (after Wijmans et al. 2024, "Cut your losses in large-vocabulary
/// language models"; as in Liger Kernel, the gradients are computed at once, so no logit is computed twice). Rows that are ignored cost
/// nothing.
///
/// - Parameters:
///   - x: `[rows, width]`.
///   - w: `[vocabulary, width]`; it may be the table that ``embedding(_:_:)`` reads.
///   - b: `[vocabulary]`, or nil.
///   - labels: a class in `0..<vocabulary`, or the options' `ignoreIndex`, for each row.
///   - options: smoothing, class weights and the ignored label.
/// - Returns: the sum, of rank 0, and what to divide it by.
public func linearCrossEntropy(
  _ x: Tensor, _ w: Tensor, _ b: Tensor?, _ labels: [Int32], options: CrossEntropyOptions = .init()
) -> (sum: Tensor, weight: Double) {
  require(
    x.shape.rank == 2 && w.shape.rank == 2 && x.shape[1] == w.shape[1],
    "linearCrossEntropy: x \(x.shape) needs as many columns as w \(w.shape)")
  let (rows, width, classes) = (x.shape[0], x.shape[1], w.shape[0])
  require(b == nil || b!.shape == Shape(classes), "linearCrossEntropy: b \(b!.shape) needs one element for each row of w \(w.shape)")
  checkLabels(labels, rows: rows, classes: classes, options, "linearCrossEntropy")
  let counted = labels.indices.filter { labels[$0] != options.ignoreIndex }
  if counted.count < rows {
    return linearCrossEntropy(gather(x, rows: counted.map { Int32($0) }), w, b, counted.map { labels[$0] }, options: options)
  }

  let kernel = CrossEntropyKernel(options, classes: classes)
  let most = max(64, (1 << 22) / classes / 64 * 64)
  // A small number of logits is kept until the derivative needs products with them; of many, each piece is discarded at once.
  let isWhole = rows <= most
  let dx = x.isTraced && !isWhole ? Tensor(uninitialized: x.shape) : nil
  let dw = w.isTraced && !isWhole ? Tensor(uninitialized: w.shape) : nil
  let db = b.flatMap { $0.isTraced ? Tensor(uninitialized: $0.shape) : nil }
  let isTraced = x.isTraced || w.isTraced || db != nil
  let logits = Tensor(uninitialized: Shape(min(rows, most), classes))
  let (z, bias) = (logits.pointer, b?.pointer)
  var loss = 0.0
  for start in stride(from: 0, to: max(rows, 1), by: most) {
    let count = min(most, rows - start)
    let from = x.pointer + start * width
    Kernels.multiply(count, classes, width, Factor(from), Factor(w.pointer, transposed: true), beta: 0, into: z)
    loss += sumOfRows(Partition(count, cost: 30 * classes, minItems: 1)) { i in
      let z = z + i * classes
      if let bias {
        for c in 0..<classes { z[c] += bias[c] }
      }
      let label = labels[start + i]
      let loss = kernel.loss(z, probabilities: z, label: label)
      if isTraced { kernel.derivative(z, label: label, upstream: 1) }
      return loss
    }
    let beta: Float = start == 0 ? 0 : 1
    if let dx { Kernels.multiply(count, width, classes, Factor(z), Factor(w.pointer), beta: 0, into: dx.pointer + start * width) }
    if let dw { Kernels.multiply(classes, width, count, Factor(z, transposed: true), Factor(from), beta: beta, into: dw.pointer) }
    if let db { Kernels.addColumnSums(of: z, rows: count, columns: classes, into: db.pointer, beta: beta) }
  }
  let weight = labels.reduce(0.0) { $0 + kernel.weight(ofLabel: $1) }

  let (input, target, biasTarget) = (x.saved, x.target, b?.target)
  let total = Tensor(Float(loss)).recording(x, w, b) { dy, into in
    let g = dy.pointer[0]
    func add(_ gradient: Tensor?, to target: GradientTarget?) {
      guard let gradient, let target else { return }
      let from = gradient.pointer
      into.accumulate(target) { d, beta in
        Kernels.accumulate(into: d, beta: beta, count: gradient.count, cost: 4) { g * from[$0] }
      }
    }
    add(db, to: biasTarget)
    guard isWhole else {
      add(dw, to: w.target)
      return add(dx, to: target)
    }
    let z = Factor(logits.pointer)
    into.accumulate(w) { d, beta in
      input.withPointer { x in
        Kernels.multiply(classes, width, rows, Factor(logits.pointer, transposed: true), Factor(x), alpha: g, beta: beta, into: d)
      }
    }
    into.accumulate(target) { d, beta in Kernels.multiply(rows, width, classes, z, Factor(w.pointer), alpha: g, beta: beta, into: d) }
  }
  return (total, weight)
}
