import TemperCore
import TemperJSON
import TemperRunSupport
import TemperTestSupport
import Testing

@testable import TemperFiles
@testable import TemperTables
@testable import TemperTrain

/// Features against those of scikit-learn, from the rules as a config has them.
@Suite struct PreprocessingGoldenTests {
  static let cases: [JSON] = (try? Goldens.json("preprocessing.json"))?["cases"]?.array ?? []

  @Test func thereAreCases() {
    #expect(Self.cases.count > 30)
  }

  @Test(arguments: cases.indices) func featuresAreThoseOfScikitLearn(_ index: Int) throws {
    let golden = Self.cases[index]
    let name = try #require(golden["name"]?.string)
    func fields(_ key: String) throws -> [String] { try #require(golden[key]?.array).compactMap(\.string) }
    let rules = try FieldReader.read(try #require(golden["rules"])) { ColumnRules($0) }.get().value
    let (train, other) = (try fields("train"), try fields("other"))
    let wanted = try #require(golden["features"]?.array).compactMap(\.number)

    let fields = (train + other).map { $0.contains(where: { ",\"".contains($0) }) ? "\"\($0)\"" : $0 }
    let text = "x,y\n" + fields.enumerated().map { "\($0.element),\($0.offset % 2)\n" }.joined()
    let table = try Table(FileBytes(name: "x.csv", bytes: Array(text.utf8)))
    let roles = try ColumnRoles(table, target: .classes("y"), split: nil, declared: [("x", rules)])
    var notes: [String] = []
    let fitted = try Preprocessor(fitting: table, rows: Array(train.indices), roles: roles, notes: &notes)
    let stored = try Preprocessor(json: JSON.parse(Array(fitted.json.serialized(pretty: true).utf8), path: "p.json"))
    #expect(stored == fitted, "\(name)")
    let features = try stored.features(of: table, rows: Array(0..<table.count))
    // What is read back is the same to the last bit.
    #expect(try features == fitted.features(of: table, rows: Array(0..<table.count)))
    #expect(features.count == wanted.count && stored.featureNames.count == stored.width, "\(name)")
    for (feature, number) in zip(features, wanted) {
      #expect(abs(Double(feature) - number) <= 1e-6 * max(1, abs(number)), "\(name): \(feature) for \(number)")
    }
    if name.hasPrefix("text of 1000"), case .text(let transform) = fitted.columns[0].transform {
      #expect(try transform.words == #require(try Goldens.json("preprocessing.json")["words"]?.array).compactMap(\.string))
    }
  }
}
