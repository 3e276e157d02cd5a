import TemperData
import TemperRunSupport
import Testing

@testable import TemperTables

@Suite("Splits by a column") struct SplitColumnTests {
  @Test func everyRowGoesWhereItsValueSays() throws {
    let t = try table("x,part\n1,test\n2,train\n3,validation\n4,train\n")
    #expect(try Split.byColumn(1, of: t) == Split(train: [1, 3], validation: [2], test: [0]))
    #expect(try Split.byColumn(1, of: table("x,part\n1,unused\n2,train\n")) == Split(train: [1]))
    #expect(
      errors { try Split.byColumn(1, of: table("x,part\n1,train\n2,Train\n3,\n")) } == [
        "t.csv:3:3: \"part\" is \"Train\". Write train, validation, test or unused. [E0230]",
        "t.csv:4:3: \"part\" is \"\". Write train, validation, test or unused. [E0230]",
      ])
    #expect(
      errors { try Split.byColumn(1, of: table("x,part\n1,test\n")) } == [
        "t.csv:1:3: no row has \"train\" in \"part\". Mark rows for training. [E0231]"
      ])
  }
}
