import TemperCore

/// The attention of one block without its projections: heads, masks, dropout and the key-value cache.
struct SelfAttention {
  let heads: Int
  let keyValueHeads: Int
  /// The index of the block, which is its index in a cache.
  let layer: Int
  let dropout: AnyDropout

  /// Concatenated queries, keys and values, `[rows, length, (heads + 2 keyValueHeads) headWidth]`, to `[rows, length, heads headWidth]`.
  func callAsFunction(_ qkv: Tensor, mask: AttentionMask, _ context: Context) -> Tensor {
    if let cache = context.cache {
      return cachedAttention(qkv, heads: heads, keyValueHeads: keyValueHeads, cache: cache, layer: layer)
    }
    return attention(qkv, heads: heads, keyValueHeads: keyValueHeads, mask: mask, dropout: dropout.ofAttention(context))
  }
}

extension TokenBatch {
  /// The rows of `table` with these ids, `[rows, length, width]`.
  func embedded(_ table: Parameter) -> Tensor {
    embedding(table.value, ids).reshaped([rows, length, table.shape[1]])
  }
}
