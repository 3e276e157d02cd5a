import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

/// Checkpoints of llama2.c.
@Suite struct Llama2CTests {
  /// A header and as many floats as it asks for; `extra` more.
  private func file(_ header: [Int32], floats: Int, extra: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in header { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    for i in 0..<floats { withUnsafeBytes(of: Float(i).bitPattern.littleEndian) { bytes += $0 } }
    return bytes + Array(repeating: 0, count: extra)
  }

  // Width 8, 12 hidden units, 1 layer, 2 heads, 1 of keys and values, 5 tokens, 6 positions.
  private let header: [Int32] = [8, 12, 1, 2, 1, 5, 6]
  private let weights = 5 * 8 + (8 + 64 + 32 + 32 + 64 + 8 + 96 + 96 + 96) + 8
  private let tables = 6 * 4

  @Test func tensorsComeInTheOrderOfTheFormat() throws {
    let checkpoint = try Llama2CCheckpoint(parsing: file(header, floats: weights + tables), path: "m.bin")
    let first = { (name: String) in try #require(checkpoint.weights.tensor(name)).values[0] }
    #expect(try first("model.embed_tokens.weight") == 0)
    #expect(try first("model.layers.0.input_layernorm.weight") == 40)
    #expect(try first("model.layers.0.self_attn.q_proj.weight") == 48)
    #expect(try first("model.layers.0.self_attn.k_proj.weight") == 112)
    #expect(try first("model.layers.0.self_attn.v_proj.weight") == 144)
    #expect(try first("model.layers.0.self_attn.o_proj.weight") == 176)
    #expect(try first("model.layers.0.post_attention_layernorm.weight") == 240)
    #expect(try first("model.layers.0.mlp.gate_proj.weight") == 248)
    #expect(try first("model.layers.0.mlp.down_proj.weight") == 344)
    #expect(try first("model.layers.0.mlp.up_proj.weight") == 440)
    #expect(try first("model.norm.weight") == 536)
    // Rows 0, 2, 1, 3 of each head of four: neighbours become rows half a head apart.
    let queries = try #require(checkpoint.weights.tensor("model.layers.0.self_attn.q_proj.weight"))
    let rows: [Int] = (0..<8).map { (Int(queries.values[8 * $0]) - 48) / 8 }
    #expect(rows == [0, 2, 1, 3, 4, 6, 5, 7])
    let store = ParameterStore(loading: checkpoint.weights)
    _ = checkpoint.config.config.languageModel(store.root, vocabulary: 5)
    try store.finishLoading()
  }

  @Test func aHeadOfItsOwnFollowsTheTables() throws {
    var header = header
    header[5] = -5
    for tables in [0, tables] {
      let checkpoint = try Llama2CCheckpoint(parsing: file(header, floats: weights + tables + 40), path: "m.bin")
      #expect(try #require(checkpoint.weights.tensor("lm_head.weight")).values[0] == Float(weights + tables))
    }
  }

  @Test func damageIsNamed() {
    let wrong: [[UInt8]] = [
      [], file(header, floats: weights - 1), file(header, floats: weights + 1), file(header, floats: weights, extra: 2),
      file([8, 12, 1, 3, 1, 5, 6], floats: weights), file([8, 12, 1, 2, 1, 0, 6], floats: weights),
      file([.max, .max, .max, 1, 1, .max, .max], floats: 3), file([8, 12, -1, 2, 1, 5, 6], floats: weights),
    ]
    for bytes in wrong {
      let error = #expect(throws: Diagnostics.self) { try Llama2CCheckpoint(parsing: bytes, path: "m.bin") }
      #expect(error?.list.first?.code == .badLlama2C)
    }
  }
}
