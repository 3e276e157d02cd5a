import Glibc

/// Which positions a position attends to.
public enum AttentionMask: Sendable, Equatable {
  /// Itself and earlier positions.
  case causal
  /// All tokens: the given number at the start of each sequence. The rest is padding: its result is 0, and it has no gradient.
  case padded(lengths: [Int32])
  /// All.
  case full
}

/// Dropout on the attention weights: as in ``dropout(_:rate:noise:_:)``, whose rules for the rate hold. The mask of a sequence does not depend
/// on how far its batch is padded.
public struct AttentionDropout {
  /// The share of the weights that is dropped.
  public var rate: Double
  /// What weights are multiplied by.
  public var noise: DropoutNoise
  /// The source of the mask, which identifies each sequence of the batch.
  public var source: DropoutSource

  /// Dropout at `rate` with masks from `source`.
  public init(rate: Double, noise: DropoutNoise = .bernoulli, source: DropoutSource) {
    (self.rate, self.noise, self.source) = (rate, noise, source)
  }
}

/// Scaled dot-product attention of many heads (Vaswani et al. 2017): softmax(q kᵀ / √headWidth) v for each head.
///
/// If there are fewer heads of keys and values than of queries, consecutive query heads share one (grouped-query attention, Ainslie et al.
/// 2023). The weights are never kept: forward keeps the logarithm of each softmax's sum, and the derivative recomputes the weights, one tile
/// of queries at a time (as in FlashAttention, Dao et al. 2022), so memory grows with the length and not with its square.
///
/// - Parameters:
///   - qkv: `[rows, length, (heads + 2 keyValueHeads) headWidth]`. The columns are all query heads, all key heads, all value heads.
///   - heads: how many query heads.
///   - keyValueHeads: how many heads of keys, and as many of values; a divisor of `heads`.
///   - mask: which positions a position attends to.
///   - dropout: dropout on the weights, nil for none.
/// - Returns: `[rows, length, heads headWidth]`.
public func attention(
  _ qkv: Tensor, heads: Int, keyValueHeads: Int, mask: AttentionMask, dropout: AttentionDropout? = nil
) -> Tensor {
  let heads = AttentionHeads(qkv, heads: heads, keyValueHeads: keyValueHeads, "attention")
  let (rows, length) = (qkv.shape[0], qkv.shape[1])
  if case .padded(let lengths) = mask {
    require(
      lengths.count == rows && lengths.allSatisfy { $0 >= 0 && $0 <= length },
      "attention: \(qkv.shape) needs a length of 0...\(length) for each of \(rows) rows, not \(lengths)")
  }
  require(
    dropout == nil || (dropout!.source.rows.count == rows && length <= 65536),
    "attention: \(qkv.shape) needs a row number for each row, not \(dropout?.source.rows.count ?? 0), and at most 65536 positions")
  let factors = dropout.flatMap { DropoutFactors(rate: $0.rate, $0.noise) }
  let tile = AttentionTile(
    width: heads.width, isCausal: mask == .causal,
    queryStride: heads.columns, keyStride: heads.columns, outputStride: heads.queryColumns)

  /// The part of the work that is one head of one sequence.
  func part(_ row: Int, _ head: Int) -> AttentionTile.Part {
    var tokens = length
    if case .padded(let lengths) = mask { tokens = Int(lengths[row]) }
    var part = AttentionTile.Part(queries: tokens, keys: tokens, transposedStride: tokens)
    if let dropout, let factors {
      var counter = dropout.source.counter(ofRow: row)
      counter.part = UInt32(truncatingIfNeeded: head)
      part.dropout = (factors, counter, dropout.source.stream)
    }
    return part
  }

  let y = Tensor(uninitialized: Shape([rows, length, heads.queryColumns]))
  /// The logarithm of the sum of each softmax, for each row and head.
  let sums = Tensor(uninitialized: Shape([rows, heads.queries, length]))
  let (px, py, ps) = (qkv.pointer, y.pointer, sums.pointer)
  // Heads that share keys stay together: their derivative adds to the same memory.
  let groups = Partition(
    rows * heads.keyValues, cost: 4 * length * (length + 16) * heads.width * heads.group, minItems: 1)
  groups.run { _, items in
    let scratch = Storage(uninitialized: tile.forwardRoom(keys: length))
    let transposed = Storage(uninitialized: tile.transposedRoom(keys: length))
    for item in items {
      let (row, shared) = (item / heads.keyValues, item % heads.keyValues)
      let (x, to) = (px + row * length * heads.columns, py + row * length * heads.queryColumns)
      tile.transpose(x + heads.key(shared), part(row, 0), into: transposed.pointer)
      for head in shared * heads.group..<(shared + 1) * heads.group {
        let part = part(row, head)
        let output = to + head * heads.width
        tile.forward(
          part, queries: x + heads.query(head), transposedKeys: transposed.pointer, values: x + heads.value(shared), into: output,
          sums: ps + (row * heads.queries + head) * length, scratch: scratch.pointer)
        tile.clear(output, rows: part.queries..<length, stride: heads.queryColumns)
      }
    }
  }

  let target = qkv.target
  return y.recording(qkv) { [y = y.detached] dy, into in
    into.accumulate(target) { dx, beta in
      let (px, py, ps, g) = (qkv.pointer, y.pointer, sums.pointer, dy.pointer)
      groups.run { _, items in
        let scratch = Storage(uninitialized: tile.backwardRoom(keys: length))
        let (keys, values) = (
          Storage(uninitialized: tile.transposedRoom(keys: length)), Storage(uninitialized: tile.transposedRoom(keys: length))
        )
        for item in items {
          let (row, shared) = (item / heads.keyValues, item % heads.keyValues)
          let start = row * length * heads.columns
          let (x, dx) = (px + start, dx + start)
          let result = row * length * heads.queryColumns
          tile.transpose(x + heads.key(shared), part(row, 0), into: keys.pointer)
          tile.transpose(x + heads.value(shared), part(row, 0), into: values.pointer)
          for head in shared * heads.group..<(shared + 1) * heads.group {
            let part = part(row, head)
            tile.backward(
              part, queries: x + heads.query(head), keys: x + heads.key(shared), transposedKeys: keys.pointer,
              transposedValues: values.pointer,
              output: py + result + head * heads.width, upstream: g + result + head * heads.width,
              sums: ps + (row * heads.queries + head) * length,
              intoQueries: dx + heads.query(head), beta: beta,
              intoKeys: dx + heads.key(shared), intoValues: dx + heads.value(shared),
              sharedBeta: head == shared * heads.group ? beta : 1, scratch: scratch.pointer)
            guard beta == 0, part.queries < length else { continue }
            let padding = part.queries..<length
            tile.clear(dx + heads.query(head), rows: padding, stride: heads.columns)
            tile.clear(dx + heads.key(shared), rows: padding, stride: heads.columns)
            tile.clear(dx + heads.value(shared), rows: padding, stride: heads.columns)
          }
        }
      }
    }
  }
}

/// The assignment of the columns of a packed tensor to heads.
struct AttentionHeads {
  /// The number of query heads.
  let queries: Int
  /// The number of heads of keys, and of values.
  let keyValues: Int
  /// The number of columns of a head.
  let width: Int

  init(_ qkv: Tensor, heads: Int, keyValueHeads: Int, _ op: StaticString) {
    require(
      heads > 0 && keyValueHeads > 0 && heads % keyValueHeads == 0,
      "\(op): \(heads) query heads must be a multiple of \(keyValueHeads) key and value heads")
    require(
      qkv.shape.rank == 3 && qkv.shape[2] > 0 && qkv.shape[2] % (heads + 2 * keyValueHeads) == 0,
      "\(op): qkv \(qkv.shape) must be [rows, length, columns], the columns a multiple of \(heads) + 2 * \(keyValueHeads) heads")
    (queries, keyValues, width) = (heads, keyValueHeads, qkv.shape[2] / (heads + 2 * keyValueHeads))
  }

  /// The number of query heads that share one head of keys and values.
  var group: Int { queries / keyValues }
  var columns: Int { (queries + 2 * keyValues) * width }
  var queryColumns: Int { queries * width }
  var keyColumns: Int { keyValues * width }

  /// The first column of each kind of head.
  func query(_ head: Int) -> Int { head * width }
  func key(_ head: Int) -> Int { (queries + head) * width }
  func value(_ head: Int) -> Int { (queries + keyValues + head) * width }
}
