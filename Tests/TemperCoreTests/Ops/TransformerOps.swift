import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

/// The operations of transformers, in the tables that all operations are in.
extension OpGolden {
  /// The operations of attention.json that are not losses.
  func transformerFunction(_ attributes: JSON) throws -> (([Tensor]) -> Tensor)? {
    func integer(_ key: String) throws -> Int { try #require(attributes[key]?.integer) }
    switch op {
    case "attention":
      let (heads, keyValueHeads) = (try integer("heads"), try integer("key_value_heads"))
      let mask: AttentionMask =
        switch attributes["mask"]?.string {
        case "causal": .causal
        case "full": .full
        default: .padded(lengths: try #require(attributes["lengths"]?.integers).map { Int32($0) })
        }
      return { attention($0[0], heads: heads, keyValueHeads: keyValueHeads, mask: mask) }
    case "rotary":
      let (heads, width, first) = (try integer("heads"), try integer("head_width"), try integer("first"))
      let table = RotaryTable(headWidth: width, positions: first + 5, base: try #require(attributes["base"]?.number))
      return { rotary($0[0], heads: heads, headWidth: width, table: table, first: first) }
    case "swiglu": return { swiGLU(gate: $0[0], up: $0[1]) }
    case "packed_linear":
      let biases = try #require(attributes["biases"]?.array).map { $0 == true }
      return { inputs in
        var rest = inputs.dropFirst()
        return fusedLinear(inputs[0], biases.map { hasBias in (rest.removeFirst(), hasBias ? rest.removeFirst() : nil) })
      }
    default: return nil
    }
  }
}

extension OpCase {
  static let transformers: [OpCase] = {
    let masks: [(String, AttentionMask)] = [("causal", .causal), ("full", .full), ("padded", .padded(lengths: [5, 2]))]
    let attentions = masks.flatMap { name, mask in
      [
        OpCase(
          "attention, \(name)", { [$0.normal([2, 5, 18])] }, mixesInputs: false,
          { attention($0[0], heads: 2, keyValueHeads: 2, mask: mask) }),
        OpCase(
          "attention of grouped heads, \(name)", { [$0.normal([2, 5, 24])] }, mixesInputs: false,
          { attention($0[0], heads: 4, keyValueHeads: 1, mask: mask) }),
        OpCase(
          "attention with dropout, \(name)", { [$0.normal([2, 5, 16])] }, mixesInputs: false,
          { attention($0[0], heads: 4, keyValueHeads: 2, mask: mask, dropout: AttentionDropout(rate: 0.3, source: masksOfTwo)) }),
        OpCase(
          "attention with Gaussian dropout, \(name)", { [$0.normal([2, 5, 16])] }, mixesInputs: false,
          {
            attention(
              $0[0], heads: 4, keyValueHeads: 2, mask: mask, dropout: AttentionDropout(rate: 0.3, noise: .gaussian, source: masksOfTwo))
          }),
      ]
    }
    let table = RotaryTable(headWidth: 4, positions: 16)
    let labels: [Int32] = [0, 3, -100, 1, 3]
    return attentions + [
      OpCase(
        "attention of several tiles", { [$0.uniform([1, 130, 6], in: -1...1)] }, mixesInputs: false,
        { attention($0[0], heads: 1, keyValueHeads: 1, mask: .causal) }),
      OpCase("rotary", { [$0.normal([2, 5, 10])] }, { rotary($0[0], heads: 2, headWidth: 4, table: table, first: 7) }),
      OpCase("rotary of nothing else", { [$0.normal([2, 5, 8])] }, { rotary($0[0], heads: 2, headWidth: 4, table: table) }),
      OpCase("swiglu", { [$0.normal([3, 7]), $0.normal([3, 7])] }, { swiGLU(gate: $0[0], up: $0[1]) }),
      OpCase(
        "packed_linear", { [$0.normal([2, 3, 5]), $0.normal([4, 5]), $0.normal([4]), $0.normal([4, 5])] }, mixesInputs: false,
        { fusedLinear($0[0], [($0[1], $0[2]), ($0[3], nil)]) }),
      OpCase(
        "linear cross-entropy", { [$0.normal([5, 6]), $0.normal([4, 6]), $0.normal([4])] },
        { linearCrossEntropy($0[0], $0[1], $0[2], labels, options: .init(labelSmoothing: 0.2)).sum }),
      OpCase(
        "linear cross-entropy without bias", { [$0.normal([5, 6]), $0.normal([4, 6])] },
        { linearCrossEntropy($0[0], $0[1], nil, labels, options: .init(classWeights: [1, 2, 0.5, 3])).sum }),
    ]
  }()

  private static var masksOfTwo: DropoutSource { DropoutSource(stream: Philox(key: 11), step: 4, rows: [7, 3]) }
}
