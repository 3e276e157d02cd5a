import Testing

@testable import TemperCore

@Suite struct PartitionTests {
  /// Threads take chunks from one another; each is done once, however the threads come to it, and work within work too.
  @Test(arguments: [2, 3, 5]) func everyChunkIsDoneOnce(threads: Int) {
    Engine.withThreads(threads) {
      for round in 0..<3000 {
        let chunks = 1 << (round % 6)
        var done = Array(repeating: Int32(0), count: chunks)
        done.withUnsafeMutableBufferPointer { done in
          nonisolated(unsafe) let done = done
          let partition = Partition(chunks, cost: 1, grain: 1, maxChunks: 32, minItems: 1)
          #expect(partition.chunks == chunks)
          partition.run { chunk, items in
            done[chunk] += Int32(items.count)
            if round % 100 == 0, chunk == 0 { partition.run { inner, _ in if inner > 0 { done[0] += 1 } } }
          }
        }
        let nested = round % 100 == 0 ? Int32(chunks) - 1 : 0
        #expect(done[0] == 1 + nested && done.dropFirst().allSatisfy { $0 == 1 })
      }
    }
  }

  @Test func everyItemIsInOneChunk() {
    for count in [0, 1, 2, 7, 15, 16, 17, 31, 33, 100, 129, 1000, 1023, 4097, 65_536, 99_999] {
      for cost in [0, 1, 3, 40, 999, 10_000, 1_000_000] {
        for least in [1, 8, 16, 128] {
          for most in [1, 2, 3, 8] {
            let partition = Partition(count, cost: cost, maxChunks: most, minItems: least)
            #expect(partition.chunks >= 1 && partition.chunks <= most && partition.chunks.nonzeroBitCount == 1)
            var next = 0
            for chunk in 0..<partition.chunks {
              let range = partition.range(chunk)
              #expect(range.lowerBound == next)
              #expect(chunk == 0 || range.lowerBound % min(least, 16) == 0)
              next = range.upperBound
            }
            #expect(next == count)
          }
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 9]) func runVisitsEveryItemOnce(threads: Int) {
    let count = 10_007
    let visits = UnsafeMutablePointer<Int32>.allocate(capacity: count)
    defer { visits.deallocate() }
    visits.update(repeating: 0, count: count)
    let before = Engine.current.threads
    Engine.current.threads = threads
    Partition(count, cost: 1000).run { _, items in for i in items { visits[i] += 1 } }
    Engine.current.threads = before
    #expect((0..<count).allSatisfy { visits[$0] == 1 })
  }

  @Test(arguments: [1, 2, 3, 4, 5, 9]) func joinedChunksAreSharedOut(threads: Int) {
    let partition = Partition(10_007, cost: 1000)
    let edges = Set((0..<partition.chunks).map { partition.range($0).lowerBound })
    // Every piece has an element of its own: the thread sanitizer knows nothing of the standard library's Mutex.
    var ends = [Int](repeating: 0, count: 10_007)
    ends.withUnsafeMutableBufferPointer { ends in
      nonisolated(unsafe) let ends = ends
      Engine.withThreads(threads) { partition.runJoined { items in ends[items.lowerBound] = items.upperBound } }
    }
    let sorted = ends.indices.filter { ends[$0] > 0 }.map { $0..<ends[$0] }
    #expect(sorted.count == min(threads, partition.chunks))
    #expect(sorted.map(\.lowerBound) == [0] + sorted.dropLast().map(\.upperBound) && sorted.last?.upperBound == 10_007)
    #expect(sorted.allSatisfy { edges.contains($0.lowerBound) && !$0.isEmpty })
  }

  @Test func littleWorkIsNotCut() {
    #expect(Partition(1000, cost: 10).chunks == 1)
    #expect(Partition(100_000, cost: 40).chunks == 8)
    #expect(Partition(20, cost: 1_000_000).chunks == 1)
  }

  @Test func threadsArePutBack() {
    let before = Engine.current.threads
    Engine.withThreads(7) { #expect(Engine.current.threads == 7) }
    #expect(Engine.current.threads == before)
  }
}
