import TemperCore
import TemperJSON
import TemperRunSupport
import Testing

import TemperTables

/// Numbers of a stored preprocessing that no training leaves: an error that names the key, and never the end of the program.
@Suite struct StoredPreprocessingTests {
  private static let stored: JSON = {
    let rows = (0..<24).map {
      "\($0 % 5),2024-\($0 % 12 + 10 < 13 ? "\($0 % 12 + 10)" : "0\($0 % 9 + 1)")-1\($0 % 9),\($0 % 2 == 0 ? "a" : "b")"
    }
    guard let table = try? table("n,d,y\n" + rows.joined(separator: "\n") + "\n"),
      let fitted = try? fit(table, label: "y", declared: [("d", ColumnRules(.date))])
    else { fatalError("the table does not fit") }
    return fitted.json
  }()

  /// `json` with the value of each member called `key` replaced by `value`.
  private func replacing(_ key: String, in json: JSON, by value: JSON) -> JSON {
    switch json.content {
    case .object(let members):
      .object(members.map { ($0.name, $0.name == key ? value : replacing(key, in: $0.value, by: value)) })
    case .array(let items): .array(items.map { replacing(key, in: $0, by: value) })
    default: json
    }
  }

  @Test func itReadsAsItIs() throws {
    #expect(try Preprocessor(json: Self.stored).json == Self.stored)
  }

  @Test(arguments: ["rows", "missing", "distinct", "origin"])
  func whatIsOutOfRangeIsNamed(_ key: String) throws {
    let values: [JSON] = [.integer(.min), .integer(.max), .number(1e300), "x", .array([])] + (key == "origin" ? [] : [-1])
    for value in values {
      let changed = JSON.object(
        (Self.stored.members ?? []).map { member in
          // What columns are filled with is called missing too.
          (member.name, key == "missing" && member.name != "findings" ? member.value : replacing(key, in: member.value, by: value))
        })
      try #require(changed != Self.stored)
      let found = errors { try Preprocessor(json: changed) }
      #expect(found.count == 1 && found[0].contains("\"\(key)\" must be") && found[0].hasSuffix("[E0220]"), "\(key): \(value) \(found)")
    }
  }
}
