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

  @Test(
    .enabled(if: OutsideData.path("stories260K/stories260K.bin") != nil, "\(OutsideData.reason("stories260K/stories260K.bin"))"))
  func aTrainedModelTellsItsStory() throws {
    func bytes(_ name: String) throws -> [UInt8] { try Goldens.bytes(ofFile: #require(OutsideData.path("stories260K/" + name))) }
    let checkpoint = try Llama2CCheckpoint(parsing: bytes("stories260K.bin"), path: "stories260K.bin")
    let store = ParameterStore(loading: checkpoint.weights)
    let model = checkpoint.config.config.languageModel(store.root, vocabulary: checkpoint.config.vocabularySize)
    try store.finishLoading()
    let pieces = try pieces(bytes("tok512.bin"))
    // The last line break is that of the program that printed the text.
    let expected = try bytes("greedy.txt").dropLast()
    let cache = try #require(model.makeCache(capacity: model.contextLength))
    var (token, text): (Int32, [UInt8]) = (1, [])
    for _ in 0..<300 where text.count < expected.count {
      let logits = model.lastLogits(TokenBatch(ids: [token], rows: 1, length: 1), .generation(cache)).values
      token = try Int32(#require(logits.indices.max { logits[$0] < logits[$1] }))
      text += text.isEmpty && pieces[Int(token)].first == UInt8(ascii: " ") ? pieces[Int(token)].dropFirst() : pieces[Int(token)][...]
    }
    #expect(cache.count >= 120)
    #expect(String(decoding: text.prefix(expected.count), as: UTF8.self) == String(decoding: expected, as: UTF8.self))
  }

  /// The bytes of each token of a vocabulary of llama2.c.
  private func pieces(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var (pieces, position): ([[UInt8]], Int) = ([], 4)
    while position < bytes.count {
      let length = bytes.withUnsafeBytes { Int(Int32(littleEndian: $0.loadUnaligned(fromByteOffset: position + 4, as: Int32.self))) }
      let piece = Array(bytes[position + 8..<position + 8 + length])
      let name = String(decoding: piece, as: UTF8.self)
      pieces.append(name.hasPrefix("<0x") ? [try #require(UInt8(name.dropFirst(3).prefix(2), radix: 16))] : piece)
      position += 8 + length
    }
    return pieces
  }
}
