import TemperCore
import TemperJSON

extension Diagnostic.Code {
  /// A malformed llama2.c checkpoint.
  public static let badLlama2C = Diagnostic.Code("E0247", "a file is not a checkpoint of llama2.c, or is damaged")
}

/// A LLaMA in the format of Karpathy's llama2.c, version 0: seven 32-bit integers, then 32-bit floats, little-endian, without names.
public struct Llama2CCheckpoint {
  /// The model config from the header.
  public let config: PretrainedConfig
  /// The tensors under their Hugging Face names.
  public let weights: SafeTensors

  /// Parses the bytes of a file.
  public init(parsing bytes: [UInt8], path: String) throws(Diagnostics) {
    var reader = Llama2CReader(bytes)
    guard let header = Llama2CHeader(&reader) else {
      throw Diagnostics(
        .badLlama2C, at: .wholeFile(path: path),
        "does not begin as a checkpoint of llama2.c does, with seven whole numbers that make a model; name the .bin file that its export wrote"
      )
    }
    let rest = bytes.count / 4 - 7 - header.weights
    // Rotary embedding tables follow, which newer programs do not write; they are determined by the header.
    let (tables, head) = (header.context * header.headWidth, header.isShared ? 0 : header.vocabulary * header.width)
    guard bytes.count % 4 == 0, [head, tables + head].contains(rest) else {
      throw Diagnostics(
        .badLlama2C, at: .wholeFile(path: path),
        "has \(bytes.count) bytes; a checkpoint of llama2.c with this header has \(4 * (7 + header.weights + tables + head)), "
          + "or \(4 * (7 + header.weights + head)) without its tables. Copy the file again.")
    }
    config = try PretrainedConfig(
      block: [
        "type": "llama", "hidden_size": .integer(header.width), "intermediate_size": .integer(header.feedForwardWidth),
        "num_hidden_layers": .integer(header.layers), "num_attention_heads": .integer(header.heads),
        "num_key_value_heads": .integer(header.keyValueHeads), "max_position_embeddings": .integer(header.context),
        "rms_norm_eps": 1e-5, "tie_word_embeddings": .bool(header.isShared), "vocab_size": .integer(header.vocabulary),
      ],
      // Texts are separated by the token they begin with.
      head: .causal, specialTokens: SpecialTokenIDs(beginning: 1, ends: [1]))
    weights = reader.tensors(header, tables: rest - head)
  }
}

/// The seven integers at the start.
private struct Llama2CHeader {
  let width, feedForwardWidth, layers, heads, keyValueHeads, vocabulary, context: Int
  /// Whether the token embeddings are tied to the output layer; a negative vocabulary size means they are not.
  let isShared: Bool

  /// Nil for numbers that do not describe a model.
  init?(_ reader: inout Llama2CReader) {
    guard let numbers = reader.integers(7), numbers.enumerated().allSatisfy({ $0.offset == 5 ? $0.element != 0 : $0.element > 0 }) else {
      return nil
    }
    (width, feedForwardWidth, layers, heads) = (numbers[0], numbers[1], numbers[2], numbers[3])
    (keyValueHeads, vocabulary, context, isShared) = (numbers[4], abs(numbers[5]), numbers[6], numbers[5] > 0)
    // Limits far beyond the format's models, so that the products below cannot overflow.
    guard max(width, feedForwardWidth, heads, context) <= 1 << 20, layers <= 1 << 14, vocabulary <= 1 << 24, heads % keyValueHeads == 0,
      width % (2 * heads) == 0
    else { return nil }
  }

  var headWidth: Int { width / heads }
  var keyColumns: Int { keyValueHeads * headWidth }

  /// The number of floats before the tables.
  var weights: Int {
    vocabulary * width + layers * (2 * width + 2 * width * width + 2 * width * keyColumns + 3 * width * feedForwardWidth) + width
  }
}

/// Reads the bytes in order.
private struct Llama2CReader {
  let bytes: [UInt8]
  var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func integers(_ count: Int) -> [Int]? {
    guard bytes.count >= position + 4 * count else { return nil }
    defer { position += 4 * count }
    return bytes.withUnsafeBytes { all in
      (0..<count).map { Int(Int32(littleEndian: all.loadUnaligned(fromByteOffset: position + 4 * $0, as: Int32.self))) }
    }
  }

  mutating func tensor(_ shape: Shape) -> Tensor {
    let tensor = Tensor(uninitialized: shape)
    bytes.withUnsafeBytes { all in
      for i in 0..<tensor.count {
        let bits = UInt32(littleEndian: all.loadUnaligned(fromByteOffset: position + 4 * i, as: UInt32.self))
        tensor.pointer[i] = Float(bitPattern: bits)
      }
    }
    position += 4 * tensor.count
    return tensor
  }

  /// All tensors of a file already known to be long enough; `tables` floats come before the head.
  mutating func tensors(_ header: Llama2CHeader, tables: Int) -> SafeTensors {
    let (width, inner, keys) = (header.width, header.feedForwardWidth, header.keyColumns)
    var tensors: [(String, Tensor)] = [("model.embed_tokens.weight", tensor([header.vocabulary, width]))]
    // One kind of tensor after another, each for all layers.
    let kinds: [(name: String, shape: Shape, isRotated: Bool)] = [
      ("input_layernorm", [width], false), ("self_attn.q_proj", [width, width], true), ("self_attn.k_proj", [keys, width], true),
      ("self_attn.v_proj", [keys, width], false), ("self_attn.o_proj", [width, width], false),
      ("post_attention_layernorm", [width], false), ("mlp.gate_proj", [inner, width], false), ("mlp.down_proj", [width, inner], false),
      ("mlp.up_proj", [inner, width], false),
    ]
    for kind in kinds {
      for layer in 0..<header.layers {
        let value = tensor(kind.shape)
        tensors.append(
          ("model.layers.\(layer).\(kind.name).weight", kind.isRotated ? halfSplit(value, headWidth: header.headWidth) : value))
      }
    }
    tensors.append(("model.norm.weight", tensor([width])))
    position += 4 * tables
    if !header.isShared { tensors.append(("lm_head.weight", tensor([header.vocabulary, width]))) }
    return SafeTensors(tensors: tensors)
  }

  /// The rows of each head with the even ones first: here the rotary embedding rotates adjacent rows, there rows half a head apart.
  private func halfSplit(_ weight: Tensor, headWidth: Int) -> Tensor {
    let half = headWidth / 2
    let order = (0..<weight.shape[0]).map { row in
      let (head, i) = (row / headWidth * headWidth, row % headWidth)
      return Int32(head + (i < half ? 2 * i : 2 * (i - half) + 1))
    }
    return gather(weight, rows: order)
  }
}
