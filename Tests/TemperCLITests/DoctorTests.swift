import TemperJSON
import TemperRunSupport
import Testing

@Suite struct DoctorTests {
  private let shop = Workshop()

  /// A config whose test rows are training rows too.
  private func leak() {
    let lines = SampleTable.csv().split(separator: "\n").map(String.init)
    let repeated = lines.filter { $0.contains(",train,") }.prefix(3).map { $0.replacingFirst(",train,", with: ",test,") }
    shop.folder.write((lines + repeated).joined(separator: "\n") + "\n", to: "t.csv")
  }

  @Test func findingsHavePlacesCodesAndRemedies() throws {
    leak()
    let result = shop.temper("doctor", "c.json", "--set", "early_stopping=null")
    #expect(result.status == 0 && result.err == "")
    let line = Workshop.lines(result.out).first { $0.hasPrefix("error: ") }
    #expect(
      line?.hasPrefix("error: \(shop.folder("t.csv")):62:1: 3 test rows of 15 have the features of a training row") ?? false,
      "\(result.out)")
    #expect(line?.hasSuffix("[W0210]") ?? false && result.out.contains("\n  Set data.drop_duplicates to true.\n"))
    #expect(result.out.contains("\none batch ") && Workshop.lines(result.out).last?.hasPrefix("1 error, ") ?? false)
    #expect(!TestFiles.names(shop.folder.path).contains("runs/"), "it writes nothing")
  }

  @Test func strictMakesErrorsTheExitCode() {
    #expect(shop.temper("doctor", "c.json", "--strict").status == 0)
    leak()
    #expect(shop.temper("doctor", "c.json").status == 0)
    #expect(shop.temper("doctor", "c.json", "--strict").status == 65)
    #expect(shop.temper("doctor", "c.json", "--strict", "--set", "data.drop_duplicates=true").status == 0)
  }

  @Test func theReportIsOneObject() throws {
    leak()
    let result = shop.temper("doctor", "c.json", "--json", "--strict")
    #expect(result.status == 65)
    let report = try JSON.parse(Array(result.out.utf8), path: "report")
    let finding = try #require(report["findings"]?.array?.first)
    #expect(report["errors"] == 1 && finding["severity"] == "error" && finding["code"] == "W0210" && finding["line"] == 62)
    #expect(finding["file"]?.string == shop.folder("t.csv") && finding["remedy"]?.string?.contains("drop_duplicates") ?? false)
    let checks = try #require(report["checks"]?.array)
    #expect(checks.count == 17 && checks.allSatisfy { ["complete", "partial", "inapplicable"].contains($0["extent"]?.string) })
    #expect(checks.first { $0["name"] == "cost" }?["step_seconds"]?.number ?? 0 > 0)
  }

  @Test func errorsThatKeepARunFromStartingHaveTheirCodes() {
    #expect(shop.temper("doctor", "c.json", "--set", "train.epochs=0").status == 64)
    #expect(shop.temper("doctor", "c.json", "--seconds", "0").status == 64)
    // A negative number is a value, not the name of an option.
    for (value, arguments) in [("-1", ["--seconds", "-1"]), ("-.5", ["--seconds", "-.5"]), ("-2", ["--seconds=-2"])] {
      let result = Program.run(["doctor", "c.json"] + arguments, in: shop.folder.path)
      #expect(result.status == 64 && result.err.hasPrefix("Error: --seconds must be above 0"), "\(value): \(result.err)")
    }
    #expect(shop.temper("schedule", "c.json", "--steps", "-3").err.hasPrefix("Error: --steps must be"))
    #expect(shop.temper("train", "c.json", "--seed", "-1").err.contains("seed"))
    #expect(shop.temper("doctor", "c.json", "--json", "-1").err.contains("'--json' does not take any value"))
    #expect(shop.temper("doctor").status == 64)
    #expect(shop.temper("doctor", "absent.json").status == 66)
    shop.folder.write(SampleTable.csv() + "1,2\n", to: "t.csv")
    let result = shop.temper("doctor", "c.json")
    #expect(result.status == 65 && result.err.contains("[E0203]"), "\(result.err)")
  }

  /// A table too large for the time: what is not finished is said, and the time is kept.
  @Test func theTimeIsKept() throws {
    let row = { (row: Int) in
      (0..<8).map { "\(row * (7919 + $0 * 104) % 99_991)" }.joined(separator: ",") + ",\(["u", "v"][row * 31 % 97 % 2])\n"
    }
    shop.folder.write("a,b,c,d,e,f,g,h,y\n" + (0..<60_000).map(row).joined(), to: "large.csv")
    shop.folder.write(#"{"data": {"path": "large.csv", "label": "y"}, "model": {"hidden": [512, 512]}}"#, to: "large.json")
    let result = shop.temper("doctor", "large.json", "--seconds", "0.05", "--json")
    let report = try JSON.parse(Array(result.out.utf8), path: "report")
    #expect(report["checks"]?.array?.contains { $0["extent"] == "partial" } ?? false)
    #expect(report["seconds"]?.number ?? 100 < 15)
    #expect(shop.temper("doctor", "large.json", "--seconds", "0.05").out.contains("not finished: "))
  }

  /// The shipped configs whose data are shipped too.
  private static let shipped = TestFiles.names(Repository.path("configs")).filter {
    $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") && $0 != "fashion-mnist.json"
  }

  @Test(arguments: shipped) func shippedConfigsHaveNoErrors(name: String) throws {
    let result = Program.run(["doctor", Repository.path("configs/" + name), "--json", "--strict"], in: shop.folder.path)
    #expect(result.status == 0, "\(result.out)")
    let report = try JSON.parse(Array(result.out.utf8), path: "report")
    #expect(report["errors"] == 0 && report["seconds"]?.number ?? 100 < 20)
  }
}
