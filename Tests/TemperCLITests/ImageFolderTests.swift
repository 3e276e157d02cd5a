import TemperImages
import TemperJSON
import TemperRunSupport
import Testing

/// A folder of images from the first look to predictions elsewhere.
@Suite("A folder of images") struct ImageFolderTests {
  /// Writes `count` PNG and JPEG files of three shapes in colours, from 9 to 16 pixels wide, in a folder for each shape.
  private static func write(_ count: Int, to folder: TemporaryFolder) {
    TestFiles.makeFolder(folder("shapes"))
    for name in ["bars", "boxes", "rings"] { TestFiles.makeFolder(folder("shapes/\(name)")) }
    for number in 0..<count {
      let (side, kind) = (9 + number / 3 % 8, number % 3)
      var pixels: [UInt8] = []
      for y in 0..<side {
        for x in 0..<side {
          let (dx, dy) = (abs(2 * x - side + 1), abs(2 * y - side + 1))
          let isInside = [y % 4 < 2, max(dx, dy) < side * 2 / 3, (side / 3...side * 3 / 4).contains(max(dx, dy))][kind]
          let noise = (x * 31 + y * 17 + number * 7) % 40
          pixels += [UInt8(isInside ? 200 + noise : noise), UInt8(number % 200), UInt8(isInside ? 180 : noise)]
        }
      }
      let format: ImageFormat = number % 2 == 0 ? .png : .jpeg
      let name = "shapes/\(["bars", "boxes", "rings"][kind])/\(10_000 + number)\(format.ending)"
      TestFiles.write(format.encoded(pixels, width: side, height: side), to: folder(name))
    }
  }

  @Test func aFolderGoesAllTheWayUnedited() throws {
    let folder = TemporaryFolder(inMemory: true)
    Self.write(2000, to: folder)
    func temper(_ arguments: String...) throws -> String {
      let result = Program.run(arguments, in: folder.path)
      try #require(result.status == 0, "\(arguments): \(result.err)")
      return result.out
    }
    let profile = try temper("init", "--data", "shapes")
    #expect(profile.contains("2,000 images in shapes, in colours, from 9 x 9 to 16 x 16 pixels, resized to"))
    #expect(profile.contains("\"bars\" (667), \"boxes\" (667), \"rings\" (666)"))
    let run = try JSON.parse(try temper("train", "shapes.json", "--quiet", "--json", "--set", "train.epochs=6"), path: "train")
    #expect(try #require(run["test"]?["accuracy"]?.number) > 0.95)
    let evaluation = try JSON.parse(try temper("evaluate", "runs/shapes", "--json"), path: "evaluate")
    #expect(evaluation["accuracy"] == run["test"]?["accuracy"])
    let all = try temper("predict", "runs/shapes", "--input", "shapes").split(separator: "\n")
    #expect(all.count == 2001 && all[0].hasPrefix("path,prediction,probability_bars") && all[1].hasPrefix("bars/10000.png,"))
    // The folder of the model alone, of other images: one, and a list with a column to keep.
    TestFiles.makeFolder(folder("elsewhere"))
    TestFiles.copy(folder("runs/shapes/best"), to: folder("elsewhere/model"))
    TestFiles.write(try #require(TestFiles.bytes(folder("shapes/rings/10005.jpg"))), to: folder("elsewhere/one.jpg"))
    folder.write("path,note\none.jpg,mine\n", to: "elsewhere/list.csv")
    let one = try temper("predict", "elsewhere/model", "--input", "elsewhere/one.jpg").split(separator: "\n")
    #expect(one.count == 2 && one[1].hasPrefix("elsewhere/one.jpg,rings,"))
    let kept = try temper("predict", "elsewhere/model", "--input", "elsewhere/list.csv", "--keep", "note").split(separator: "\n")
    #expect(kept[0].hasPrefix("path,note,prediction") && kept[1].hasPrefix("one.jpg,mine,rings,"))
    // What is damaged ends the command, after what came before it.
    TestFiles.write([1, 2, 3], to: folder("shapes/boxes/10001.jpg"))
    let damaged = Program.run(["predict", "runs/shapes", "--input", "shapes"], in: folder.path)
    #expect(damaged.status == 65 && damaged.err.contains("shapes/boxes/10001.jpg") && damaged.err.contains("[E0256]"))
    #expect(damaged.out.split(separator: "\n").count == 668)
    #expect(Program.run(["evaluate", "runs/shapes"], in: folder.path).status == 65)
  }

  @Test func theReportShowsImages() throws {
    let folder = TemporaryFolder(inMemory: true)
    Self.write(90, to: folder)
    folder.write(
      "{\"data\": {\"type\": \"images\", \"path\": \"shapes\", \"size\": [8, 8], \"split\": {\"validation\": 0.3}}, \"train\": {\"epochs\": 1}}",
      to: "c.json")
    #expect(Program.run(["train", "c.json", "--quiet"], in: folder.path).status == 0)
    #expect(Program.run(["report", "runs/c"], in: folder.path).status == 0)
    let page = TestFiles.text(folder("runs/c/report.html"))
    #expect(page.contains("<h2>Samples</h2>") && page.components(of: "data:image/png;base64,iVBORw0KGgo") >= 24)
  }

  @Test func tablesBecomeImages() throws {
    let folder = TemporaryFolder(inMemory: true)
    folder.write("a,b,c,d,kind\n0,5,10,10,x\n10,0,0,0,y\n", to: "t.csv")
    func images(_ more: [String] = []) -> Int32 {
      Program.run(
        ["data", "images", "t.csv", "--label", "kind", "--height", "2", "--width", "2", "--white", "10", "--output", "out"] + more,
        in: folder.path
      )
      .status
    }
    #expect(images() == 0 && TestFiles.names(folder("out")) == ["x/", "y/"])
    let file = try #require(TestFiles.bytes(folder("out/x/1.png")))
    #expect(file == ImageFormat.png.encoded([0, 128, 255, 255], width: 2, height: 2))
    #expect(images() == 73, "the folder has files")
    #expect(images(["--width", "3"]) != 0)
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(of part: String) -> Int {
    var (count, rest) = (0, self[...])
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
