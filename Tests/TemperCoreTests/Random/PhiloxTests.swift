import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

@Suite struct PhiloxTests {
  @Test func knownAnswers() throws {
    let records = try #require(try Goldens.json("philox.json").array)
    #expect(records.count >= 21)
    for record in records {
      let words = { (name: String) -> [UInt32] in (record[name]?.array ?? []).compactMap { $0.string.flatMap { UInt32($0, radix: 16) } } }
      let (counter, key, output) = (words("counter"), words("key"), words("output"))
      try #require(counter.count == 4 && key.count == 2 && output.count == 4)
      let philox = Philox(key: UInt64(key[0]) | UInt64(key[1]) << 32)
      let (a, b, c, d) = philox(counter[0], counter[1], counter[2], counter[3])
      #expect([a, b, c, d] == output, "counter \(counter), key \(key)")
    }
  }
}
