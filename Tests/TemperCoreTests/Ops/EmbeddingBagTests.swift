import TemperJSON
import TemperTestSupport
import Testing

import TemperCore

@Suite("bags of embeddings") struct EmbeddingBagTests {
  private static let records: [JSON] = ((try? Goldens.json("embedding_bag.json"))?.array ?? [])

  @Test func everyRecordIsThere() { #expect(Self.records.count == 12) }

  @Test(arguments: 0..<12) func valuesAndGradients(_ index: Int) throws {
    let record = Self.records[index]
    func numbers(_ key: String) throws -> [Int32] { try #require(record[key]?.integers).map { Int32($0) } }
    let table = try GoldenTensor(record["table"]).tensor
    let cotangent = try GoldenTensor(record["cotangent"]).tensor
    let bags = TokenBags(ids: try numbers("ids"), starts: try numbers("starts"))
    let name = try #require(record["mode"]?.string)
    let mode = try #require(BagMode(rawValue: name))
    let (value, gradients) = valueWithGradients(at: [table], seed: cotangent) { embeddingBag($0[0], bags, mode: mode) }
    #expect(mismatch(value, try GoldenTensor(record["output"])) == nil)
    #expect(mismatch(gradients[0], try GoldenTensor(record["gradient"])) == nil)
  }

  @Test func gradientsAreKeptByRows() {
    let buffer = GradientBuffer(layout: [0..<12], count: 12)
    let table = Tensor([6, 2], (0..<12).map(Float.init))
    buffer.addGradients { tape in embeddingBag(tape.leaf(0, table), [4, 1, 4], [0, 2]).sum() }
    #expect(buffer.touchedRows(0) == [4, 1] && buffer.rowWidth(0) == 2)
    #expect(buffer.gradient(0, shape: [6, 2])?.values == [0, 0, 0.5, 0.5, 0, 0, 0, 0, 1.5, 1.5, 0, 0])
  }

  @Test func threadsChangeNothing() {
    var random = RandomTensors("bags")
    let table = random.normal([1031, 257])
    let ids = (0..<6000).map { Int32($0 * 7919 % 1031) }
    let bags = TokenBags(ids: ids, starts: (0..<500).map { Int32($0 * $0 / 50) })
    let runs = (1...4).map { threads in
      Engine.withThreads(threads) { valueWithGradients(at: [table]) { embeddingBag($0[0], bags).squared() } }
    }
    for run in runs {
      #expect(run.value.bits == runs[0].value.bits)
      #expect(run.gradients[0]?.bits == runs[0].gradients[0]?.bits)
    }
  }

  @Test(
    arguments: [
      (ids: [0, 3], starts: [0], message: "embeddingBag: an id is 3, but the table has 3 rows"),
      (ids: [0, -1], starts: [0], message: "embeddingBag: an id is -1, but the table has 3 rows"),
      (ids: [0, 1], starts: [0, 3], message: "embeddingBag: bag 1 starts at 3 and ends at 2"),
      (ids: [0, 1], starts: [1], message: "embeddingBag: the first bag starts at 1, not at 0"),
    ])
  func whatDoesNotFitIsRefused(ids: [Int32], starts: [Int32], message: String) async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) { [ids, starts] in
      _ = embeddingBag(.filled([3, 2], 1), ids, starts)
    }
    #expect(String(decoding: try #require(result).standardErrorContent, as: UTF8.self).contains(message))
  }
}
