import Glibc
import TemperJSON
import TemperSearch
import Testing

/// The figures of Goldens/search.json.
enum Golden {
  /// The member called `name`.
  static func json(_ name: String) throws -> JSON { try #require(all.get()[name]) }

  /// The members of the array called `name`.
  static func array(_ name: String) throws -> [JSON] { try #require(json(name).array) }

  private static let all = Result { () throws -> JSON in
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let path = folder + "/Goldens/search.json"
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return try JSON.parse(bytes, path: path)
  }

  /// The space that most figures are for, in its order.
  static func space() throws -> SearchSpace {
    SearchSpace(try #require(json("distributions").members).map { .init($0.name, try Distribution(optunaJSON: $0.value)) })
  }
}

extension JSON {
  /// The numbers of an array, NaN for null.
  var numbers: [Double] { (array ?? []).map(\.double) }

  /// The strings of an array.
  var strings: [String] { (array ?? []).compactMap(\.string) }

  /// The number, NaN for null.
  var double: Double { string == "inf" ? .infinity : number ?? .nan }
}
