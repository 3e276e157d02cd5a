import TemperTestSupport
import Testing

import TemperCore

/// Gradients of embeddings, which a buffer keeps by rows.
@Suite struct SparseGradientTests {
  private let table = Tensor([6, 2], (0..<12).map(Float.init))
  private let buffer = GradientBuffer(layout: [0..<12], count: 12)

  private func look(up ids: [Int32]) {
    buffer.addGradients { tape in embedding(tape.leaf(0, table), ids).sum() }
  }

  private var rows: [Float] { stride(from: 0, to: 12, by: 2).map { buffer.values[$0] } }

  @Test func rowsAreNotedOnceEach() {
    look(up: [4, 1, 4])
    #expect(buffer.touchedRows(0) == [4, 1])
    look(up: [0, 1])
    #expect(buffer.touchedRows(0) == [4, 1, 0])
    #expect(rows == [1, 2, 0, 0, 2, 0])
    #expect(buffer.gradient(0, shape: [6, 2])?.values == [1, 1, 2, 2, 0, 0, 0, 0, 2, 2, 0, 0])
    buffer.reset()
    #expect(buffer.touchedRows(0) == nil && !buffer.isTouched(0))
    look(up: [3])
    #expect(buffer.touchedRows(0) == [3] && rows == [0, 0, 0, 1, 0, 0])
  }

  /// A mark in a row that nobody looked up survives: neither resetting nor settling passes over the table.
  @Test func otherRowsAreNotWrittenTo() {
    look(up: [4])
    let memory = UnsafeMutablePointer(mutating: buffer.values)
    memory[10] = 7
    buffer.zeroFillUntouched()
    buffer.reset()
    look(up: [1])
    buffer.zeroFillUntouched()
    #expect(rows == [0, 1, 0, 0, 0, 7])
    buffer.reset()
    buffer.zeroFillUntouched()
    #expect(rows == [0, 0, 0, 0, 0, 7])
  }

  @Test(arguments: [true, false]) func wholeAndRowGradientsAddUp(wholeFirst: Bool) {
    for _ in 0..<2 {
      buffer.reset()
      buffer.addGradients { tape in
        let leaf = tape.leaf(0, table)
        // Derivatives run in reverse.
        if wholeFirst { return embedding(leaf, [2, 2]).sum() + leaf.sum() }
        let whole = leaf.sum()
        return whole + embedding(leaf, [2, 2]).sum()
      }
      #expect(rows == [1, 1, 3, 1, 1, 1])
      #expect(buffer.touchedRows(0) == nil)
      look(up: [0])
      #expect(rows == [2, 1, 3, 1, 1, 1])
    }
    buffer.reset()
    look(up: [5])
    #expect(rows == [0, 0, 0, 0, 0, 1] && buffer.touchedRows(0) == [5])
  }

  @Test func separateOrdersOfWholeAndRows() {
    for order in [[0, 1], [1, 0], [1, 0, 1]] {
      buffer.reset()
      for kind in order {
        if kind == 0 { buffer.addGradients { tape in tape.leaf(0, table).sum() } } else { look(up: [2]) }
      }
      let extra = Float(order.count { $0 == 1 })
      #expect(rows == [1, 1, 1 + extra, 1, 1, 1], "\(order)")
    }
  }

  /// Whoever asks for memory to change may have changed any row.
  @Test func nothingIsTakenForZeroOnceSomebodyWrote() {
    look(up: [4])
    buffer.zeroFillUntouched()
    buffer.pointer.update(repeating: 9, count: 12)
    #expect(buffer.touchedRows(0) == nil && buffer.isTouched(0))
    look(up: [1])
    #expect(rows == [9, 10, 9, 9, 9, 9])
    buffer.reset()
    look(up: [1])
    #expect(rows == [0, 1, 0, 0, 0, 0])
    buffer.reset()
    buffer.pointer.update(repeating: 9, count: 12)
    buffer.zeroFillUntouched()
    #expect(rows == [0, 0, 0, 0, 0, 0])
  }

  @Test func indicesOutOfRangeAreRefused() async throws {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      _ = embedding(.filled([3, 2], 1), [0, 3])
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("embedding: index 1 is 3, but [3, 2] has 3 rows"))
  }

  @Test func stepsTakeNoMemoryOnceTheyHaveRun() {
    for _ in 0..<3 {
      buffer.reset()
      look(up: [0, 1, 2, 3, 4, 5])
    }
    let before = Engine.statistics.allocated
    for _ in 0..<5 {
      buffer.reset()
      look(up: [5, 4, 3, 2, 1, 0])
    }
    #expect(Engine.statistics.allocated == before)
  }
}
