/// The keys and values of one sequence so far, for each layer: generation keeps them so that a new token costs only one position.
public final class KeyValueCache {
  /// The capacity in positions.
  public let capacity: Int
  private let columns: Int
  private let layers: [Layer]

  private final class Layer {
    /// `[columns, capacity]`, transposed as ``AttentionTile`` reads them.
    let keys: Storage
    /// `[capacity, columns]`.
    let values: Storage
    var count = 0

    init(_ size: Int) { (keys, values) = (Storage(uninitialized: size), Storage(uninitialized: size)) }
  }

  /// An empty cache with room for `capacity` positions.
  public init(layers: Int, capacity: Int, keyValueHeads: Int, headWidth: Int) {
    self.capacity = capacity
    columns = keyValueHeads * headWidth
    let size = capacity * columns
    self.layers = (0..<layers).map { _ in Layer(size) }
  }

  /// The number of positions in every layer: the position of the next token. It is constant while a pass goes through the layers, and
  /// increases when the last layer has added its own.
  public var count: Int { layers.map(\.count).min() ?? 0 }

  /// Removes the positions from `count` on, for another continuation of the same prompt.
  public func truncate(to count: Int) {
    require(count >= 0 && count <= self.count, "KeyValueCache: cannot keep \(count) of \(self.count) positions")
    for layer in layers { layer.count = count }
  }

  /// Adds positions to a layer; returns its keys and values and how many there are now.
  fileprivate func append(
    _ count: Int, to index: Int, keys: UnsafePointer<Float>, values: UnsafePointer<Float>, columns: Int, stride: Int
  ) -> (keys: UnsafePointer<Float>, values: UnsafePointer<Float>, count: Int) {
    require(index >= 0 && index < layers.count, "cachedAttention: the cache has no layer \(index) of \(layers.count)")
    require(columns == self.columns, "cachedAttention: the cache holds keys of \(self.columns) columns, not \(columns)")
    let layer = layers[index]
    require(
      layer.count + count <= capacity,
      "cachedAttention: the cache has room for \(capacity) positions, not \(layer.count) and \(count) more")
    for i in 0..<count {
      let (from, position) = (keys + i * stride, layer.count + i)
      let to = layer.keys.pointer + position
      for j in 0..<columns { to[j * capacity] = from[j] }
      (layer.values.pointer + position * columns).update(from: values + i * stride, count: columns)
    }
    layer.count += count
    return (UnsafePointer(layer.keys.pointer), UnsafePointer(layer.values.pointer), layer.count)
  }
}

/// Causal attention of new positions of one sequence, which follow those that `cache` holds for `layer`; their keys and values are added
/// to it. Not differentiable. With an empty cache it equals ``attention(_:heads:keyValueHeads:mask:dropout:)`` with a causal mask.
///
/// - Parameters:
///   - qkv: `[1, new, (heads + 2 keyValueHeads) headWidth]`.
///   - heads: how many query heads.
///   - keyValueHeads: how many heads of keys, and as many of values.
///   - cache: the keys and values of the sequence's earlier positions.
///   - layer: which of the cache's layers.
/// - Returns: `[1, new, heads headWidth]`.
public func cachedAttention(_ qkv: Tensor, heads: Int, keyValueHeads: Int, cache: KeyValueCache, layer: Int) -> Tensor {
  let heads = AttentionHeads(qkv, heads: heads, keyValueHeads: keyValueHeads, "cachedAttention")
  require(qkv.shape[0] == 1, "cachedAttention: takes one sequence, not \(qkv.shape)")
  let (new, px) = (qkv.shape[1], qkv.pointer)
  let (keys, values, count) = cache.append(
    new, to: layer, keys: px + heads.key(0), values: px + heads.value(0), columns: heads.keyColumns, stride: heads.columns)
  let tile = AttentionTile(
    width: heads.width, isCausal: true, queryStride: heads.columns, keyStride: heads.keyColumns, outputStride: heads.queryColumns)
  let y = Tensor(uninitialized: Shape([1, new, heads.queryColumns]))
  let py = y.pointer
  Partition(heads.queries, cost: 4 * new * count * heads.width, minItems: 1).run { _, items in
    let scratch = Storage(uninitialized: tile.forwardRoom(keys: count))
    for head in items {
      let shared = head / heads.group * heads.width
      tile.forward(
        AttentionTile.Part(queries: new, keys: count, transposedStride: cache.capacity), queries: px + heads.query(head),
        transposedKeys: keys + shared * cache.capacity, values: values + shared,
        into: py + head * heads.width, sums: nil, scratch: scratch.pointer)
    }
  }
  return y
}
