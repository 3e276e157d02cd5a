import Glibc
import TemperCore
import TemperJSON

/// The files of Tests/Goldens.
public enum Goldens {
  /// The folder, found from where this source file lies.
  public static let folder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return parts.joined(separator: "/") + "/Goldens"
  }()

  /// The bytes of the file called `name`.
  public static func bytes(_ name: String) throws -> [UInt8] { try bytes(ofFile: folder + "/" + name) }

  /// The bytes of the file at `path`.
  public static func bytes(ofFile path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Missing(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The JSON in the file called `name`.
  public static func json(_ name: String) throws -> JSON {
    try JSON.parse(bytes(name), path: folder + "/" + name)
  }

  /// A golden file that is not there.
  public struct Missing: Error {
    /// Where it should be.
    public let path: String
  }
}

/// A tensor of a golden file, in the precision it was computed in.
public struct GoldenTensor: Sendable {
  /// The lengths of its axes.
  public let shape: [Int]
  /// Its elements in row-major order.
  public let data: [Double]

  /// Reads `{"shape", "data"}`; throws where `json` is something else.
  public init(_ json: JSON?) throws {
    guard let shape = json?["shape"]?.integers, let data = json?["data"]?.numbers, shape.reduce(1, *) == data.count else {
      throw Malformed()
    }
    (self.shape, self.data) = (shape, data)
  }

  /// The same values in 32 bits.
  public var tensor: Tensor { Tensor(Shape(shape), data.map { Float($0) }) }

  /// JSON that is not a tensor.
  public struct Malformed: Error {}
}

extension JSON {
  /// The elements, if this is an array of numbers.
  public var numbers: [Double]? {
    guard let array, array.allSatisfy({ $0.number != nil }) else { return nil }
    return array.compactMap(\.number)
  }

  /// The elements, if this is an array of whole numbers.
  public var integers: [Int]? {
    guard let array, array.allSatisfy({ $0.integer != nil }) else { return nil }
    return array.compactMap(\.integer)
  }
}
