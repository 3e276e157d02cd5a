import TemperImages
import TemperJSON
import TemperRunSupport
import Testing

@testable import TemperTrain

extension ConfigKeyTests {
  /// Writes a folder of images of three classes, `count` of each, of `height` x `width` pixels in grey or colours, and returns its path.
  private static func pictures(
    _ lab: Lab, _ name: String, count: Int = 10, height: Int = 4, width: Int = 5, isGrey: Bool = true, brightness: Int = 0
  ) -> String {
    for kind in 0..<3 {
      for number in 0..<count {
        let size = height * width * (isGrey ? 1 : 3)
        let pixels = (0..<size).map { UInt8(($0 * 7 * (number + 3) % 70 + kind * 60 + brightness) % 256) }
        let path = lab.folder("\(name)/k\(kind)")
        TestFiles.makeFolder(lab.folder(name))
        TestFiles.makeFolder(path)
        TestFiles.write(ImageFormat.png.encoded(pixels, width: width, height: height), to: "\(path)/\(100 + number).png")
      }
    }
    return lab.folder(name)
  }

  private static func data(_ members: String) -> [String] { ["data={\"type\": \"images\", \(members)}"] }
  private static func path(_ lab: Lab, _ members: String = "") -> [String] {
    data("\"path\": \"\(pictures(lab, "all"))\"" + (members.isEmpty ? "" : ", " + members))
  }

  static let imageFileCases: [KeyCase] = [
    KeyCase("data.path (images)") { (lab: Lab) throws in
      let run = try lab.train(path(lab))
      #expect(run.outcome.model == "mlp 20-8-3" && rows(run) == [27, 3, nil])
      #expect(try lab.train(data("\"path\": \"\(pictures(lab, "other", brightness: 9))\"")).last != run.last)
      #expect(throws: Diagnostics.self) { try lab.config(data("\"split\": {}")) }
    },
    KeyCase("data.train (images)") { (lab: Lab) throws in
      let train = "\"train\": \"\(pictures(lab, "train"))\""
      #expect(rows(try lab.train(data(train))) == [27, 3, nil])
      for wrong in [train + ", \"path\": \"x\"", train + ", \"split\": {\"test\": 0.2}"] {
        #expect(throws: Diagnostics.self) { try lab.config(data(wrong)) }
      }
    },
    KeyCase("data.validation (images)") { (lab: Lab) throws in
      let train = "\"train\": \"\(pictures(lab, "train"))\""
      #expect(rows(try lab.train(data("\(train), \"validation\": \"\(pictures(lab, "held", count: 4))\""))) == [30, 12, nil])
      #expect(rows(try lab.train(data("\(train), \"validation\": null"))) == [30, nil, nil])
      #expect(throws: Diagnostics.self) { try lab.config(path(lab, "\"validation\": \"x\"")) }
    },
    KeyCase("data.test (images)") { (lab: Lab) throws in
      let train = "\"train\": \"\(pictures(lab, "train"))\""
      #expect(rows(try lab.train(data("\(train), \"test\": \"\(pictures(lab, "held", count: 4))\""))) == [27, 3, 12])
    },
    KeyCase("data.split.validation (images)") { (lab: Lab) throws in
      #expect(rows(try lab.train(path(lab, "\"split\": {\"validation\": 0.2}"))) == [24, 6, nil])
      #expect(rows(try lab.train(path(lab, "\"split\": {\"validation\": null}"))) == [30, nil, nil])
    },
    KeyCase("data.split.test (images)") { (lab: Lab) throws in
      #expect(rows(try lab.train(path(lab, "\"split\": {\"test\": 0.2}"))) == [21, 3, 6])
    },
    KeyCase("data.split.stratify (images)") { (lab: Lab) throws in
      let runs = try [true, false].map { try lab.train(path(lab, "\"split\": {\"test\": 0.2, \"stratify\": \($0)}")) }
      #expect(runs[0].last != runs[1].last && rows(runs[0]) == rows(runs[1]))
    },
    KeyCase("data.image (images)") { (lab: Lab) throws in
      _ = pictures(lab, "all")
      let lines = (0..<30).map { "all/k\($0 / 10)/\(100 + $0 % 10).png,k\($0 / 10)" }
      lab.folder.write((["file,label"] + lines).joined(separator: "\n") + "\n", to: "list.csv")
      let list = "\"path\": \"\(lab.folder("list.csv"))\""
      #expect(try lab.train(data("\(list), \"image\": \"file\"")).last == lab.train(path(lab)).last)
      #expect(throws: Diagnostics.self) { try lab.train(data(list)) }
    },
    KeyCase("data.label (images)") { (lab: Lab) throws in
      _ = pictures(lab, "all")
      let lines = (0..<30).map { "all/k\($0 / 10)/\(100 + $0 % 10).png,k\($0 / 10),\($0 % 2)" }
      lab.folder.write((["path,label,other"] + lines).joined(separator: "\n") + "\n", to: "list.csv")
      let list = "\"path\": \"\(lab.folder("list.csv"))\""
      #expect(try lab.train(data("\(list), \"label\": \"other\"")).outcome.model == "mlp 20-8-2")
      #expect(throws: Diagnostics.self) { try lab.train(data("\(list), \"label\": \"none\"")) }
    },
    KeyCase("data.size (images)") { (lab: Lab) throws in
      #expect(try lab.train(path(lab, "\"size\": [3, 2]")).outcome.model == "mlp 6-8-3")
      let several = pictures(lab, "several", height: 6)
      TestFiles.write(ImageFormat.png.encoded([1, 2, 3, 4], width: 2, height: 2), to: several + "/k0/1.png")
      #expect(throws: Diagnostics.self) { try lab.train(data("\"path\": \"\(several)\"")) }
      #expect(try lab.train(data("\"path\": \"\(several)\", \"size\": [2, 2]")).outcome.model == "mlp 4-8-3")
    },
    KeyCase("data.resize (images)") { (lab: Lab) throws in
      let runs = try ["crop", "stretch"].map { try lab.train(path(lab, "\"size\": [3, 3], \"resize\": \"\($0)\"")) }
      #expect(runs[0].last != runs[1].last)
      #expect(try lab.train(path(lab, "\"size\": [3, 3]")).last == runs[0].last)
    },
    KeyCase("data.color (images)") { (lab: Lab) throws in
      let colored = pictures(lab, "colored", isGrey: false)
      func run(_ color: String) throws -> TrainedRun { try lab.train(data("\"path\": \"\(colored)\", \"color\": \"\(color)\"")) }
      #expect(try ["auto", "rgb", "grey"].map { try run($0).outcome.model } == ["mlp 60-8-3", "mlp 60-8-3", "mlp 20-8-3"])
      #expect(try lab.train(path(lab, "\"color\": \"rgb\"")).outcome.model == "mlp 60-8-3")
    },
    KeyCase("data.damaged (images)") { (lab: Lab) throws in
      let folder = pictures(lab, "all")
      TestFiles.write([1, 2, 3], to: folder + "/k1/99.png")
      #expect(throws: Diagnostics.self) { try lab.train(data("\"path\": \"\(folder)\"")) }
      #expect(rows(try lab.train(data("\"path\": \"\(folder)\", \"damaged\": \"skip\""))) == [27, 3, nil])
    },
    KeyCase("data.cache_mb (images)") { (lab: Lab) throws in
      #expect(try lab.train(path(lab, "\"cache_mb\": 0")).last == lab.train(path(lab)).last)
      #expect(throws: Diagnostics.self) { try lab.config(path(lab, "\"cache_mb\": -1")) }
    },
    augmentCase("crop", "0.5"), augmentCase("rotate", "30"), augmentCase("color", "0.5"), augmentCase("cutmix", "1"),
    augmentCase("randaugment.operations", "3"), augmentCase("randaugment.magnitude", "20"),
  ]

  /// A case of a key that changes images: it makes other weights, and features without a shape refuse it.
  private static func augmentCase(_ key: String, _ value: String) -> KeyCase {
    KeyCase("train.augment.\(key)") { (lab: Lab) throws in
      let parts = key.split(separator: ".")
      func block(_ value: String) -> [String] {
        ["train.augment=" + (parts.count == 1 ? "{\"\(key)\": \(value)}" : "{\"\(parts[0])\": {\"\(parts[1])\": \(value)}}")]
      }
      let plain = try lab.train(path(lab))
      let changed = try lab.train(path(lab) + block(value))
      #expect(changed.last != plain.last)
      if parts.count == 2 { #expect(try lab.train(path(lab) + ["train.augment={\"randaugment\": {}}"]).last != changed.last) }
      #expect(throws: Diagnostics.self) { try lab.train(block(value)) }
      #expect(throws: Diagnostics.self) { try lab.config(block("-1")) }
    }
  }
}
