import TemperCore
import TemperJSON
import TemperTestSupport
import Testing

import TemperNN

/// Tables of which a file holds only the rows that are not zero.
@Suite struct SafeTensorsRowsTests {
  /// `[rows, width]`, zero but in `used`.
  private func table(_ rows: Int, _ width: Int, used: [Int]) -> Tensor {
    let table = Tensor.filled([rows, width], 0)
    for row in used { for j in 0..<width { table.pointer[row * width + j] = Float(row) + Float(j) / 8 + 0.25 } }
    return table
  }

  private func parse(_ bytes: [UInt8]) throws -> SafeTensors { try SafeTensors(parsing: bytes, path: "model.safetensors") }

  /// What the header says: names, types and shapes.
  private func header(_ bytes: [UInt8]) throws -> JSON {
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    return try JSON.parse(Array(bytes[8..<8 + Int(length)]), path: "header")
  }

  @Test func onlyRowsThatAreNotZeroAreStored() throws {
    let sparse = table(500, 4, used: [0, 7, 499])
    // A zero with a sign is no zero, and what is not a number is kept.
    (sparse.pointer[4 * 20 + 3], sparse.pointer[4 * 30]) = (-0.0, .nan)
    let stored = SafeTensors(stored: [("a", .whole(Tensor([1, 2]))), ("t", .usedRows(sparse, width: 4)), ("z", .whole(Tensor(3)))])
    let bytes = stored.bytes
    let header = try header(bytes)
    #expect(header.members?.map(\.name) == ["a", "t.shape", "t.rows", "t.values", "z"])
    #expect(header["t.rows"]?["dtype"] == "I32" && header["t.rows"]?["shape"]?.integers == [5])
    #expect(header["t.values"]?["dtype"] == "F32" && header["t.values"]?["shape"]?.integers == [5, 4])
    #expect(header["t.shape"]?["dtype"] == "I64" && header["t.shape"]?["shape"]?.integers == [2])
    #expect(bytes.count < 1000)

    for read in [stored, try parse(bytes), try #require(SafeTensors(joining: [SafeTensors(tensors: [("b", Tensor(5))]), stored]))] {
      #expect(read.names.filter { $0 != "b" } == ["a", "t", "z"])
      #expect(read.shape(of: "t") == [500, 4] && read.typeName(of: "t") == "F32")
      #expect(read.tensor("t")?.bits == sparse.bits && read.tensor("z")?.values == [3])
      #expect(read.tensor("t.values") == nil)
    }
    #expect(try parse(bytes).bytes == bytes)
    let renamed = stored.renamed { $0 == "t" ? "u" : nil }
    #expect(try parse(renamed.bytes).tensor("u")?.bits == sparse.bits)
  }

  /// A vector whose length is no multiple of the width, and tensors that nothing or everything of is used.
  @Test(arguments: [(35, [0, 34]), (160, [17]), (160, []), (1, [0]), (33, Array(0..<33))]) func vectors(count: Int, used: [Int]) throws {
    let vector = Tensor.filled([count], 0)
    for i in used { vector.pointer[i] = Float(i) + 0.5 }
    let bytes = SafeTensors(stored: [("sum", .usedRows(vector, width: 16))]).bytes
    let read = try parse(bytes)
    #expect(read.shape(of: "sum") == [count] && read.tensor("sum")?.bits == vector.bits)
    let isWhole = try header(bytes)["sum"] != nil
    #expect(isWhole == (count < 160), "\(count)")
  }

  /// 16 of 17 rows of 16 with their numbers take as much as all of them.
  @Test func whatWouldNotBeSmallerIsStoredWhole() throws {
    for (used, isWhole) in [(15, false), (16, true), (17, true)] {
      let table = table(17, 16, used: Array(0..<used))
      let bytes = SafeTensors(stored: [("t", .usedRows(table, width: 16))]).bytes
      #expect((try header(bytes)["t"] != nil) == isWhole, "\(used)")
      #expect(try parse(bytes).tensor("t")?.bits == table.bits)
    }
  }

  /// A file with such a table in its parts, of which `change` makes others.
  private func file(rows: [Int32] = [1, 4], shape: [Int64] = [6, 2], values: [Int] = [2, 2], rowType: String = "I32") -> [UInt8] {
    var data: [UInt8] = []
    for length in shape { withUnsafeBytes(of: length.littleEndian) { data += $0 } }
    for row in rows { withUnsafeBytes(of: row.littleEndian) { data += $0 } }
    let (a, b) = (8 * shape.count, 8 * shape.count + 4 * rows.count)
    data += Array(repeating: 0, count: 4 * values.reduce(1, *))
    let header =
      "{\"t.shape\":{\"dtype\":\"I64\",\"shape\":[\(shape.count)],\"data_offsets\":[0,\(a)]},"
      + "\"t.rows\":{\"dtype\":\"\(rowType)\",\"shape\":[\(rows.count)],\"data_offsets\":[\(a),\(b)]},"
      + "\"t.values\":{\"dtype\":\"F32\",\"shape\":\(values),\"data_offsets\":[\(b),\(data.count)]}}"
    return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
  }

  @Test func partsThatDoNotFitAreDamage() throws {
    #expect(try parse(file()).shape(of: "t") == [6, 2])
    let bad: [([UInt8], String)] = [
      (file(rows: [4, 1]), "row 1 after 4"), (file(rows: [4, 4]), "row 4 after 4"), (file(rows: [1, 6]), "row 6 after 1, with 6"),
      (file(rows: [-1, 1]), "-1 after -1"), (file(values: [3, 2]), "has 3 rows"), (file(shape: [6, -2]), "not a shape"),
      (file(shape: [1 << 40, 2]), "not a shape"), (file(shape: Array(repeating: 1 << 30, count: 3)), "too many"),
      (file(shape: Array(repeating: 1, count: 9)), "not a shape"), (file(values: [2, 0]), "has 2 rows"),
    ]
    for (bytes, message) in bad {
      let error = #expect(throws: Diagnostics.self) { try parse(bytes) }
      #expect(error?.description.contains(message) == true, "\(message): \(error?.description ?? "")")
    }
    // Others may call their tensors so.
    #expect(try parse(file(rowType: "U32")).names == ["t.shape", "t.rows", "t.values"])
  }

  /// A model takes such a table, and says what it is where it is of another size; nothing is made of that size.
  @Test func aStoreReadsAndWritesThem() throws {
    func store(_ weights: SafeTensors? = nil, rows: Int = 300) -> ParameterStore {
      let store = weights.map { ParameterStore(loading: $0) } ?? ParameterStore(random: RandomStreams(seed: 1))
      _ = store.root.parameter("table", [rows, 3], .zeros, stored: .usedRows)
      _ = store.root.parameter("w", [2, 3], .ones)
      return store
    }
    let first = store()
    (first.arena.pointer + first.parameters[0].range.lowerBound).update(from: table(300, 3, used: [5, 299]).pointer, count: 900)
    let saved = try parse(first.saved().bytes)
    #expect(try header(saved.bytes).members?.map(\.name) == ["table.shape", "table.rows", "table.values", "w"])
    let second = store(saved)
    try second.finishLoading()
    #expect(second.arena.bits == first.arena.bits)
    let third = store()
    try third.load(saved)
    #expect(third.arena.bits == first.arena.bits)
    // A file that has all of it, as they were written before.
    let whole = store(SafeTensors(tensors: [("table", first.parameters[0].value), ("w", .filled([2, 3], 1))]))
    try whole.finishLoading()
    #expect(whole.arena.bits == first.arena.bits)
    let other = try #require(#expect(throws: WeightMismatch.self) { try store(saved, rows: 1_000_000_000).finishLoading() })
    #expect(other.misshapen.map(\.name) == ["table"] && other.unexpected == [])
  }
}
