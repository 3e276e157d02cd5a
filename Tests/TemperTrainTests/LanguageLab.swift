import TemperJSON
import TemperRunSupport

extension Lab {
  /// A small text with words that come again, in `t.txt`, and a file with another one.
  @discardableResult
  func text(_ name: String = "t.txt", seed: Int = 0) -> String {
    let (names, verbs, things) = (["Anna", "Ben", "Carl"], ["sees", "takes", "likes"], ["a stone", "the tree", "some water"])
    let sentences = (0..<60).map { i in
      let n = i * 7 + i * i * 3 + seed
      return "\(names[n % 3]) \(verbs[n / 3 % 3]) \(things[n / 9 % 3]) of \(n * 7919 % 1009 * 31) and \(n * 104_729 % 997)."
    }
    folder.write(sentences.joined(separator: "\n"), to: name)
    return folder(name)
  }

  /// Changes that learn the language of the text, by a tiny model of `type` with more `keys`, in a few steps.
  func language(_ type: String = "gpt2", _ keys: [String] = [], data: [String] = []) -> [String] {
    let small =
      switch type {
      case "gpt2": ["\"n_layer\": 1", "\"n_head\": 2", "\"n_embd\": 16", "\"n_positions\": 8"]
      case "llama":
        [
          "\"num_hidden_layers\": 1", "\"num_attention_heads\": 2", "\"hidden_size\": 16", "\"max_position_embeddings\": 8",
          "\"intermediate_size\": 24",
        ]
      default:
        [
          "\"num_hidden_layers\": 1", "\"num_attention_heads\": 2", "\"hidden_size\": 16", "\"max_position_embeddings\": 24",
          "\"intermediate_size\": 24",
        ]
      }
    let names = Set(keys.compactMap { $0.split(separator: ":").first })
    let kept = small.filter { key in !names.contains(key.split(separator: ":").first ?? "") }
    let task = type == "bert" ? "masked_language_modeling" : "language_modeling"
    let own = data.contains { $0.hasPrefix("\"path\"") || $0.hasPrefix("\"train\"") || $0.hasPrefix("\"type\"") }
    let tokens = type == "bert" && !data.contains { $0.contains("tokenizer") } ? [Self.pieces] : []
    let block = (own ? [] : ["\"path\": \"\(text())\""]) + data + tokens
    return [
      "task=\(task)", "data={\(block.joined(separator: ", "))}",
      "model={\((["\"type\": \"\(type)\""] + kept + keys).joined(separator: ", "))}",
      "train={\"max_steps\": 2, \"batch_size\": 3, \"eval_every_steps\": 1}", "expect={}", "optimizer={}", "regularization={}",
      "early_stopping=null",
    ]
  }

  /// Pieces of words of the text itself.
  static let pieces = "\"tokenizer\": {\"type\": \"wordpiece\", \"vocab_size\": 300}"

  /// Changes that tell texts apart, by a tiny model of `type` with more `keys`.
  func texts(_ type: String, _ keys: [String] = [], data: [String] = []) -> [String] {
    let (good, bad) = (["a fine day", "Such a good meal", "really lovely work"], ["an awful day", "Such a bad meal", "really poor work"])
    let rows = (0..<40).map { i in "\"\((i % 2 == 0 ? good : bad)[i / 2 % 3]), number \(i)\",\(i % 2 == 0 ? "good" : "bad"),\(i)" }
    folder.write("text,kind,other\n" + rows.joined(separator: "\n") + "\n", to: "texts.csv")
    let small =
      type == "bert"
      ? [
        "\"num_hidden_layers\": 1", "\"num_attention_heads\": 2", "\"hidden_size\": 16", "\"max_position_embeddings\": 24",
        "\"intermediate_size\": 24",
      ] : ["\"buckets\": 64", "\"dim\": 4"]
    let names = Set(keys.compactMap { $0.split(separator: ":").first })
    let kept = small.filter { key in !names.contains(key.split(separator: ":").first ?? "") }
    let tokens = type == "bert" && !data.contains { $0.contains("\"tokenizer\"") } ? [Self.pieces] : []
    let block = ["\"path\": \"\(folder("texts.csv"))\"", "\"label\": \"kind\"", "\"text\": \"text\""] + data + tokens
    return [
      "data={\(block.joined(separator: ", "))}", "model={\((["\"type\": \"\(type)\""] + kept + keys).joined(separator: ", "))}",
      "train={\"max_steps\": 2, \"batch_size\": 8, \"eval_every_steps\": 1}", "expect={}", "optimizer={}", "regularization={}",
      "early_stopping=null",
    ]
  }
}
