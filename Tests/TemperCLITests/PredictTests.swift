import TemperJSON
import TemperRunSupport
import Testing

@Suite struct PredictTests {
  private let shop = Workshop()
  private static let header = "prediction,probability_a,probability_b,probability_c"

  init() {
    #expect(shop.temper("train", "c.json", "-q").status == 0)
  }

  /// The columns `names` of the table, in that order.
  private func columns(_ names: [String]) -> String {
    let lines = Workshop.lines(SampleTable.csv()).map { $0.split(separator: ",").map(String.init) }
    let places = names.compactMap { lines[0].firstIndex(of: $0) }
    return lines.map { line in places.map { line[$0] }.joined(separator: ",") + "\n" }.joined()
  }

  @Test func aTableGetsALineForEveryRow() {
    let result = shop.temper("predict", "runs/c", "--input", "t.csv")
    #expect(result.status == 0)
    #expect(result.err == "")
    let lines = Workshop.lines(result.out)
    #expect(lines[0] == Self.header)
    #expect(lines.count == 61)
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",")
      let values = fields.dropFirst().compactMap { Double($0) }
      #expect(values.count == 3)
      #expect(abs(values.reduce(0, +) - 1) < 1e-5)
      #expect(["a", "b", "c"][values.firstIndex(of: values.max() ?? 0) ?? 0] == String(fields[0]))
    }
  }

  /// Dropout that is part of the model is there again.
  @Test(arguments: ["standout", "concrete"]) func everyDropoutPredictsAndEvaluates(type: String) throws {
    let trained = shop.temper("train", "c.json", "--json", "-q", "--name", type, "--set", "regularization.dropout={\"type\": \"\(type)\"}")
    let outcome = try JSON.parse(trained.out, path: "train")
    let evaluated = try JSON.parse(shop.temper("evaluate", "runs/\(type)", "--json").out, path: "evaluate")
    #expect(try #require(outcome["test"]?["loss"]?.number) == evaluated["loss"]?.number)
    let result = shop.temper("predict", "runs/\(type)", "--input", "t.csv")
    #expect(result.status == 0 && Workshop.lines(result.out).count == 61)
    #expect(result.out != shop.temper("predict", "runs/c", "--input", "t.csv").out)
  }

  @Test func standardInputIsAnInput() {
    let fromFile = shop.temper("predict", "runs/c", "--input", "t.csv")
    let piped = shop.temper("predict", "runs/c", "--input", "-", input: SampleTable.csv())
    #expect(piped.out == fromFile.out)
    #expect(shop.temper("predict", "runs/c/best", "--input", "t.csv").out == fromFile.out)
    #expect(shop.temper("predict", "runs/c", "--input", "t.csv", "--threads", "1").out == fromFile.out)
  }

  @Test func columnsMayStandInAnyOrderAndTheLabelMayBeMissing() {
    let wanted = shop.temper("predict", "runs/c", "--input", "t.csv").out
    for names in [["color", "x2", "kind", "x0", "x1"], ["x0", "x1", "x2", "color"], ["x1", "part", "color", "x2", "x0"]] {
      #expect(shop.temper("predict", "runs/c", "--input", "-", input: columns(names)).out == wanted, "\(names)")
    }
  }

  @Test func jsonLinesSayTheSame() throws {
    let csv = Workshop.lines(shop.temper("predict", "runs/c", "--input", "t.csv").out).dropFirst()
    let result = shop.temper("predict", "runs/c", "--input", "t.csv", "--format", "jsonl")
    #expect(result.status == 0)
    for (line, row) in zip(Workshop.lines(result.out), csv) {
      let json = try JSON.parse(String(line), path: "line")
      #expect(json.members?.map(\.name).joined(separator: ",") == Self.header)
      let fields = row.split(separator: ",")
      #expect(json["prediction"]?.string == String(fields[0]))
      #expect(json["probability_b"]?.number == Double(fields[2]))
    }
  }

  @Test func columnsCanBeKept() {
    let plain = Workshop.lines(shop.temper("predict", "runs/c", "--input", "t.csv").out)
    let two = Workshop.lines(shop.temper("predict", "runs/c", "--input", "t.csv", "--keep", "kind", "--keep", "x0").out)
    #expect(zip(two, zip(Workshop.lines(columns(["kind", "x0"])), plain)).allSatisfy { $0 == $1.0 + "," + $1.1 })
    let all = Workshop.lines(shop.temper("predict", "runs/c", "--input", "t.csv", "--keep-all").out)
    #expect(zip(all, zip(Workshop.lines(SampleTable.csv()), plain)).allSatisfy { $0 == $1.0 + "," + $1.1 })
    #expect(all.count == 61)
    #expect(shop.temper("predict", "runs/c", "--input", "t.csv", "--keep-all", "--keep", "x0").status == 64)
    let unknown = shop.temper("predict", "runs/c", "--input", "t.csv", "--keep", "knd")
    #expect(unknown.status == 65)
    #expect(unknown.err.contains("Did you mean \"kind\"?"))
    #expect(unknown.out == "")
  }

  @Test func whatTheModelDoesNotKnowHasAPlace() {
    var text = columns(["x0", "x1", "x2", "color"])
    text += "1,2,3,purple\n1,2,three,red\n"
    let unknown = shop.temper("predict", "runs/c", "--input", "-", input: text)
    #expect(unknown.status == 65)
    #expect(Workshop.lines(unknown.out).count == 61, "the rows before it")
    #expect(unknown.err.contains("standard input:62:7: "))
    #expect(unknown.err.contains("purple"))
    #expect(unknown.err.contains("standard input:63:5: "))
    let missing = shop.temper("predict", "runs/c", "--input", "-", input: columns(["x0", "color"]))
    #expect(missing.status == 65)
    #expect(missing.err.contains("standard input:1:1: "))
    #expect(missing.err.contains("\"x1\"") && missing.err.contains("\"x2\""))
  }

  @Test func aCopyOfBestPredictsWithoutDataAndRun() {
    let wanted = shop.temper("predict", "runs/c", "--input", "t.csv").out
    TestFiles.copy(shop.folder("runs/c/best"), to: shop.folder("elsewhere"))
    TestFiles.remove(shop.folder("runs"))
    TestFiles.remove(shop.folder("t.csv"))
    #expect(shop.temper("predict", "elsewhere", "--input", "-", input: SampleTable.csv()).out == wanted)
    #expect(shop.temper("evaluate", "elsewhere", "--input", "-", input: SampleTable.csv()).status == 0)
    #expect(shop.temper("evaluate", "elsewhere").status == 66)
  }

  @Test func evaluateRepeatsTheFiguresOfTheRun() throws {
    let run = try JSON.parse(shop.temper("train", "c.json", "--json", "--overwrite").out, path: "stdout")
    for part in ["validation", "test"] {
      let json = try JSON.parse(shop.temper("evaluate", "runs/c", "--split", part, "--json").out, path: "stdout")
      for member in try #require(run[part]?.members) { #expect(json[member.name] == member.value, "\(part).\(member.name)") }
    }
    let byDefault = try JSON.parse(shop.temper("evaluate", "runs/c", "--json").out, path: "stdout")
    #expect(byDefault["data"] == "test")
    #expect(byDefault["loss"] == run["test"]?["loss"])
    let file = try JSON.parse(shop.temper("evaluate", "runs/c", "--input", "t.csv", "--json").out, path: "stdout")
    #expect(file["rows"] == 60)
    #expect(shop.temper("evaluate", "runs/c", "--input", "t.csv", "--split", "test").status == 64)
    let table = shop.temper("evaluate", "runs/c")
    #expect(table.out.contains("class (test)"))
    #expect(table.err == "")
  }

  @Test func aPartThatIsNotThereIsUsage() {
    shop.folder.write("{\"data\": {\"path\": \"t.csv\", \"label\": \"kind\"}, \"train\": {\"epochs\": 1}}", to: "d.json")
    #expect(shop.temper("train", "d.json", "-q").status == 0)
    let result = shop.temper("evaluate", "runs/d", "--split", "test")
    #expect(result.status == 64)
    #expect(result.err.contains("use a file with --input"))
  }

  @Test func damagedWeightsAreNoCrash() {
    let path = shop.folder("runs/c/best/model.safetensors")
    let bytes = TestFiles.bytes(path) ?? []
    for length in [0, 5, 8, 100, bytes.count - 4] {
      TestFiles.write(Array(bytes[..<length]), to: path)
      let result = shop.temper("predict", "runs/c", "--input", "t.csv")
      #expect(result.status == 65, "\(length) bytes: \(result.err)")
      #expect(result.out == "")
      #expect(result.err.contains("model.safetensors"))
    }
  }
}
