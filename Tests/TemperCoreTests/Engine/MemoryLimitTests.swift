import Glibc
import TemperCore
import Testing

@Suite struct MemoryLimitTests {
  @Test func thereIsSomeMemoryAndNotAllOfIt() {
    let available = MemoryLimit.available()
    #expect(available > 10_000_000 && available < 1 << 50)
  }

  @Test func sizesAsText() {
    #expect([0, 999, 1500, 80_000_000_032, 1 << 62].map(MemoryLimit.text) == ["0 bytes", "999 bytes", "1.5 kB", "80.0 GB", "4.6 EB"])
    #expect(MemoryLimit.text(123_456_789) == "123 MB")
  }
}
