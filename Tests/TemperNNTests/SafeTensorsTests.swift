import TemperCore
import TemperJSON
import TemperNN
import TemperTestSupport
import Testing

@Suite struct SafeTensorsTests {
  /// The bytes of a file with this header and data.
  private func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
  }

  private func parse(_ bytes: [UInt8]) throws -> SafeTensors {
    try SafeTensors(parsing: bytes, path: "model.safetensors")
  }

  @Test func theReferencePackagesFile() throws {
    let weights = try parse(Goldens.bytes("safetensors/small.safetensors"))
    let golden = try Goldens.json("safetensors/small.json")
    #expect(weights.metadata.map(\.0) == ["note"])
    #expect(weights.metadata[0].1 == golden["metadata"]?["note"]?.string)
    let tensors = try #require(golden["tensors"]?.members)
    #expect(Set(weights.names) == Set(tensors.map(\.name)))
    for member in tensors {
      let shape = try #require(member.value["shape"]?.integers)
      #expect(weights.shape(of: member.name)?.array == shape)
      if member.value["dtype"] == "F32" {
        let tensor = try #require(weights.tensor(member.name))
        let data = try #require(member.value["data"]?.numbers)
        #expect(tensor.bits == data.map { Float($0).bitPattern })
      } else {
        #expect(weights.tensor(member.name) == nil)
      }
    }
    #expect(weights.shape(of: "absent") == nil)
    #expect(weights.tensor("absent") == nil)
  }

  @Test func whatIsWrittenIsRead() throws {
    let special: [Float] = [0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi]
    let tensors: [(String, Tensor)] = [
      ("b", Tensor([2, 4], special)), ("a.0", Tensor(3)), ("empty", Tensor([0, 3], [])), ("quote \" é", Tensor([1, 2, 3])),
    ]
    let metadata = [("format", "pt"), ("zeile\n", "\u{1F600}")]
    let bytes = SafeTensors(tensors: tensors, metadata: metadata).bytes
    let read = try parse(bytes)
    #expect(read.bytes == bytes)
    #expect(read.names == ["b", "a.0", "empty", "quote \" é"])
    #expect(read.metadata.map(\.0) == metadata.map(\.0) && read.metadata.map(\.1) == metadata.map(\.1))
    for (name, tensor) in tensors {
      #expect(read.tensor(name)?.bits == tensor.bits)
      #expect(read.shape(of: name) == tensor.shape)
    }
    let length = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    #expect(length % 8 == 0)
    #expect(bytes.count == 8 + Int(length) + 4 * (8 + 1 + 3))
  }

  @Test func otherFloatingPointTypes() throws {
    let header = """
      {"double":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"brain":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},\
      "half":{"dtype":"F16","shape":[8],"data_offsets":[22,38]}}
      """
    var data: [UInt8] = []
    for value in [0.1, -1e300] { withUnsafeBytes(of: value.bitPattern.littleEndian) { data += $0 } }
    let words: [UInt16] = [0x3F80, 0xC049, 0x7F80, 0x3C00, 0xC000, 0x0001, 0x03FF, 0x7BFF, 0x7C00, 0xFC00, 0x3555]
    for word in words { withUnsafeBytes(of: word.littleEndian) { data += $0 } }
    let weights = try parse(file(header, data))
    #expect(weights.tensor("double")?.values == [0.1, -.infinity])
    #expect(weights.tensor("brain")?.values == [1, -3.140625, .infinity])
    #expect(weights.tensor("half")?.values == [1, -2, 0x1p-24, 0x1.FF8p-15, 65504, .infinity, -.infinity, 0.333251953125])
  }

  /// Types that the format knows and nobody trains in are named where they are asked for, and pass where they are not.
  @Test func typesThatAreNotRead() throws {
    let header = #"{"w":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[0,4]},"v":{"dtype":"F4","shape":[4],"data_offsets":[4,6]}}"#
    let weights = try parse(file(header, [1, 2, 3, 4, 5, 6]))
    #expect(weights.tensor("w") == nil && weights.typeName(of: "w") == "F8_E4M3" && weights.shape(of: "v") == [4])
    let store = ParameterStore(loading: weights)
    _ = store.root.parameter("w", [2, 2], .zeros)
    let error = try #require(#expect(throws: WeightMismatch.self) { try store.finishLoading() })
    #expect(error.mistyped.map(\.name) == ["w"] && error.unexpected == ["v"])
    #expect(error.description.contains("w (F8_E4M3)") && error.description.contains("F32, F64, F16 or BF16"))
  }

  @Test func everyHalfIsReadAsSwiftReadsIt() throws {
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      var data: [UInt8] = []
      for bits in UInt16.min...UInt16.max { withUnsafeBytes(of: bits.littleEndian) { data += $0 } }
      let header = #"{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#
      let values = try #require(try parse(file(header, data)).tensor("x")).values
      for (bits, value) in values.enumerated() {
        let expected = Float(Float16(bitPattern: UInt16(bits)))
        #expect(value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN), "\(bits)")
      }
    #endif
  }

  @Test func everyTypeOfTheFormatIsKnownAndSomeAreRead() throws {
    let widths = [
      "C64": 64, "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16, "I8": 8,
      "U8": 8,
      "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
    ]
    for (type, bits) in widths {
      let weights = try parse(
        file(#"{"x":{"dtype":"\#(type)","shape":[2,4],"data_offsets":[0,\#(bits)]}}"#, Array(repeating: 0, count: bits)))
      #expect(weights.typeName(of: "x") == type && weights.shape(of: "x")?.array == [2, 4])
      #expect((weights.tensor("x") != nil) == ["F64", "F32", "F16", "BF16"].contains(type), "\(type)")
      #expect(throws: Diagnostics.self) {
        try parse(file(#"{"x":{"dtype":"\#(type)","shape":[2,5],"data_offsets":[0,\#(bits)]}}"#, Array(repeating: 0, count: bits)))
      }
    }
  }

  static let damaged: [(header: String, data: Int, says: String)] = [
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "outside"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 8, "bytes for 2 elements"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "outside"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "outside"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8, "outside"),
    (#"{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, 8, "dtype"),
    (#"{"x":{"shape":[2],"data_offsets":[0,8]}}"#, 8, "dtype"),
    (#"{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "shape"),
    (#"{"x":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}"#, 8, "shape"),
    (#"{"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#, 8, "shape"),
    (#"{"x":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}"#, 8, "too many"),
    (#"{"x":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,8]}}"#, 8, "shape"),
    (#"{"x":1}"#, 0, "dtype"),
    (#"["x"]"#, 0, "not an object"),
    (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#, 6, "overlap"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#, 12, "no tensor"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "no tensor"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "no tensor"),
    (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "duplicate key"),
    (#"{"x":"#, 0, "model.safetensors"),
    ("", 0, "model.safetensors"),
  ]

  @Test(arguments: damaged.indices) func damage(_ index: Int) throws {
    let (header, data, words) = Self.damaged[index]
    let error = #expect(throws: Diagnostics.self) { try parse(file(header, Array(repeating: 0, count: data))) }
    let message = try #require(error).description
    #expect(message.contains(words), "\(message)")
  }

  /// Names that Swift holds equal but whose bytes differ must not end the program.
  @Test func namesOfEqualCharacters() throws {
    let header = #"""
      {"e\u0301":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u00e9":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
      """#
    #expect(throws: Diagnostics.self) { try parse(file(header, Array(repeating: 0, count: 8))) }
  }

  @Test func tooShortForAHeader() {
    for count in 0..<8 { #expect(throws: Diagnostics.self) { try parse(Array(repeating: 0, count: count)) } }
    #expect(throws: Diagnostics.self) { try parse(Array(repeating: 255, count: 64)) }
    #expect(throws: Diagnostics.self) { try parse([9, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)) }
  }

  /// Whatever happens to a file, it is read or refused; a tensor that is given has the bytes its shape asks for.
  @Test func mutatedFilesNeverEndTheProgram() throws {
    let original = SafeTensors(
      tensors: [("layers.0.weight", .filled([2, 3], 1)), ("layers.0.bias", .filled([2], 0.5))], metadata: [("format", "pt")]
    ).bytes
    var random = RandomStreams(seed: 5).sequence("mutations")
    var (refused, read) = (0, 0)
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0...random.below(3) {
        switch random.below(4) {
        case 0: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        case 2: if bytes.count > 1 { bytes.remove(at: random.below(bytes.count)) }
        default: bytes.insert(UInt8(ascii: "0") + UInt8(random.below(10)), at: random.below(bytes.count))
        }
      }
      do {
        let weights = try SafeTensors(parsing: bytes, path: "mutated")
        for name in weights.names {
          if let tensor = weights.tensor(name) { #expect(tensor.values.count == weights.shape(of: name)?.count) }
        }
        read += 1
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1000 && read > 100)
  }
}
