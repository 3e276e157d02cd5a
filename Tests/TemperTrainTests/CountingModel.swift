import Glibc
import TemperCore
import TemperJSON
import TemperNN
import TemperRunSupport

/// A folder of `transformers` with a LLaMA that counts: after the token of id n comes that of id n + 1, and after the last one the first.
struct CountingModel {
  let folder = TemporaryFolder()
  let rows: Int

  /// The path of the folder.
  var path: String { folder("in") }

  /// A model of `words`, of which the first `rows` have embeddings; `config` and `generation` are more members of config.json and those of
  /// generation_config.json, `tokenizer` more of tokenizer.json, and `special` words that are no text.
  init(
    _ words: [String], rows: Int? = nil, config: String = "", generation: String? = nil, special: [String] = ["<s>", "</s>"],
    tokenizer: String = "\"pre_tokenizer\": {\"type\": \"WhitespaceSplit\"}",
    model: String = "\"type\": \"WordLevel\", \"unk_token\": \"<unk>\"",
    extra: [(String, Tensor)] = []
  ) {
    self.rows = rows ?? words.count
    mkdir(folder("in"), 0o777)
    let members = """
      "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": \(self.rows), "hidden_size": \(Self.width),
      "intermediate_size": 2, "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 64, "tie_word_embeddings": false
      """
    folder.write("{\(members)\(config.isEmpty ? "" : ", ")\(config)}", to: "in/config.json")
    if let generation { folder.write("{\(generation)}", to: "in/generation_config.json") }
    let vocabulary = words.enumerated().map { "\(JSON.string($0.element).serialized()): \($0.offset)" }.joined(separator: ", ")
    let added = words.enumerated().filter { special.contains($0.element) }.map { id, word in
      "{\"id\": \(id), \"content\": \(JSON.string(word).serialized()), \"normalized\": false, \"special\": true}"
    }
    folder.write(
      "{\"added_tokens\": [\(added.joined(separator: ", "))], \(tokenizer), \"model\": {\(model), \"vocab\": {\(vocabulary)}}}",
      to: "in/tokenizer.json")
    TestFiles.write(SafeTensors(tensors: tensors + extra).bytes, to: folder("in/model.safetensors"))
  }

  private static let width = 32

  private var tensors: [(String, Tensor)] {
    let (rows, width) = (rows, Self.width)
    func zeros(_ shape: Shape) -> Tensor { .filled(shape, 0) }
    let (embedding, head) = (zeros([rows, width]), zeros([rows, width]))
    for row in 0..<rows {
      embedding.pointer[row * width + row] = 1
      head.pointer[(row + 1) % rows * width + row] = 10
    }
    let block = "model.layers.0."
    return [("model.embed_tokens.weight", embedding), ("lm_head.weight", head), ("model.norm.weight", .filled([width], 1))]
      + ["q_proj", "k_proj", "v_proj", "o_proj"].map { ("\(block)self_attn.\($0).weight", zeros([width, width])) }
      + ["gate_proj", "up_proj"].map { ("\(block)mlp.\($0).weight", zeros([2, width])) }
      + [("\(block)mlp.down_proj.weight", zeros([width, 2]))]
      + ["input_layernorm", "post_attention_layernorm"].map { (block + $0 + ".weight", .filled([width], 1)) }
  }
}
