import Glibc
import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperImages

@Suite("Images in files") struct ImageFilesTests {
  /// A folder with images of two classes, `count` of each: `a` dark, `b` bright, with a value of its own.
  static func folder(_ count: Int, size: (Int, Int) = (4, 3), in folder: TemporaryFolder = TemporaryFolder(inMemory: true))
    -> TemporaryFolder
  {
    for (index, name) in ["a", "b"].enumerated() {
      mkdir(folder(name), 0o777)
      for number in 0..<count {
        let pixels = [UInt8](repeating: UInt8(index * 200 + number), count: size.0 * size.1)
        TestFiles.write(ImageFormat.png.encoded(pixels, width: size.1, height: size.0), to: folder("\(name)/\(10 + number).png"))
      }
    }
    return folder
  }

  private static func config(_ path: String, validation: Double? = nil, test: Double? = nil) -> ImageFilesConfig {
    ImageFilesConfig(.single(path, validation: validation, test: test, stratify: true))
  }

  @Test func foldersAreClasses() throws {
    let folder = Self.folder(10)
    let data = try LoadedData(Self.config(folder.path, validation: 0.2, test: 0.2), seed: 1)
    #expect([data.train.count, data.validation?.count, data.test?.count] == [12, 4, 4])
    #expect(data.preprocessor.target.classes == ["a", "b"] && data.preprocessor.shape == .image(channels: 1, height: 4, width: 3))
    for set in [data.train, data.validation, data.test].compactMap(\.self) {
      for (place, id) in set.rowIDs.enumerated() {
        #expect(set.labels[place] == id / 10 && set.features[place * 12] == Float(Int(id) / 10 * 200 + Int(id) % 10) / 255)
      }
    }
    #expect(try LoadedData(Self.config(folder.path, validation: 0.2, test: 0.2), seed: 1).train == data.train)
    #expect(try LoadedData(Self.config(folder.path, validation: 0.2, test: 0.2), seed: 2).train != data.train)
    // One entry stands for all files, and changes with any of them.
    let hash = SHA256.hex(of: data.files[0])
    #expect(data.files.map(\.name) == [folder.path] && data.files[0].storedCount > 20 * 60)
    TestFiles.write(ImageFormat.png.encoded([UInt8](repeating: 3, count: 12), width: 3, height: 4), to: folder("a/10.png"))
    #expect(SHA256.hex(of: try LoadedData(Self.config(folder.path), seed: 1).files[0]) != hash)
  }

  @Test func listsNamePathsAndClasses() throws {
    let folder = Self.folder(3)
    folder.write("file,kind\na/10.png,x\nb/11.png,y\n\(folder.path)/a/12.png,x\n", to: "list.csv")
    var config = Self.config(folder("list.csv"))
    (config.pathColumn, config.labelColumn) = ("file", "kind")
    let data = try LoadedData(config, seed: 1)
    #expect(data.train.labels == [0, 1, 0] && data.preprocessor.target.classes == ["x", "y"])
    #expect(stride(from: 0, to: 36, by: 12).map { data.train.features[$0] } == [0, 201, 2].map { Float($0) / 255 })
    #expect(errors { try LoadedData(Self.config(folder("list.csv")), seed: 1) }[0].contains("has no column \"path\", only"))
    folder.write("path,label\na/10.png,x\nb/11.png,\n", to: "gap.csv")
    #expect(errors { try LoadedData(Self.config(folder("gap.csv")), seed: 1) }.map { $0.suffix(7) } == ["[E0219]"])
    folder.write("path,label\na/10.png,x\nb/none.png,y\n", to: "lost.csv")
    #expect(errors { try LoadedData(Self.config(folder("lost.csv")), seed: 1) }.map { $0.suffix(7) } == ["[E0301]"])
  }

  @Test func sizesAndColours() throws {
    let folder = Self.folder(3)
    let pixels = (0..<6 * 8 * 3).map { UInt8($0) }
    TestFiles.write(ImageFormat.png.encoded(pixels, width: 8, height: 6), to: folder("a/99.png"))
    let problem = errors { try LoadedData(Self.config(folder.path), seed: 1) }
    #expect(problem.count == 1 && problem[0].contains("it has 6 x 8 pixels, but") && problem[0].hasSuffix("[E0257]"))
    var config = Self.config(folder.path)
    config.size = (3, 4)
    let data = try LoadedData(config, seed: 1)
    #expect(data.preprocessor.shape == .image(channels: 3, height: 3, width: 4) && data.train.width == 36)
    config.isGrey = true
    #expect(try LoadedData(config, seed: 1).preprocessor.shape == .image(channels: 1, height: 3, width: 4))
    config.isGrey = false
    config.scaling = .standard
    let standard = try LoadedData(config, seed: 1)
    for channel in 0..<3 {
      let features = standard.train.features
      var values: [Float] = []
      for row in 0..<standard.train.count { values += features[row * 36 + channel * 12..<row * 36 + channel * 12 + 12] }
      let mean = values.reduce(0, +) / Float(values.count)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
      #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-4)
    }
    let stored = try ImagePreprocessor(json: JSON.parse(standard.preprocessor.json.serialized(), path: "p.json"))
    #expect(stored == standard.preprocessor)
  }

  /// Whether images stay in memory makes no difference.
  @Test func imagesBeyondTheMemoryAreDecodedWhenAskedFor() throws {
    let folder = Self.folder(20)
    var config = Self.config(folder.path)
    let all = try LoadedData(config, seed: 1).train
    for cache in [0, 12 * 7] {
      config.cache = cache
      let some = try Engine.withThreads(2) { try LoadedData(config, seed: 1).train }
      #expect(some == all)
      let augmented = TrainingOrder(
        augmentation: Augmentation(
          geometry: .init(rows: 4, columns: 3, centers: .init(repeating: 0, count: 12), units: .init(repeating: 255, count: 12), shift: 1)))
      func batches(_ data: Dataset) -> [[Float]] {
        let stream = BatchStream(data.trainingBatches(BatchPlan(rows: 40, batchSize: 16), augmented, random: RandomStreams(seed: 5)))
        return (0..<5).map { _ in stream.nextBatch().inputs.values }
      }
      #expect(batches(some) == batches(all))
      #expect(throws: Never.self) { try some.checkReadable() }
      // What can no longer be read is said once it is asked for.
      TestFiles.write([1, 2, 3], to: folder("b/29.png"))
      _ = some.features
      #expect(throws: Diagnostics.self) { try some.checkReadable() }
      TestFiles.write(ImageFormat.png.encoded([UInt8](repeating: 219, count: 12), width: 3, height: 4), to: folder("b/29.png"))
    }
  }

  @Test func damagedImagesAreErrorsOrLeftOut() throws {
    let folder = Self.folder(5)
    TestFiles.write(Array("no image".utf8), to: folder("a/12.png"))
    let whole = try #require(TestFiles.bytes(folder("b/13.png")))
    TestFiles.write(Array(whole.dropLast(30)), to: folder("b/13.png"))
    folder.write("x", to: "b/notes.txt")
    var config = Self.config(folder.path)
    let problems = errors { try LoadedData(config, seed: 1) }
    #expect(problems.count == 1 && problems[0].contains("a/12.png") && problems[0].hasSuffix("[E0256]"))
    config.skipsDamaged = true
    let data = try LoadedData(config, seed: 1)
    #expect(data.train.rowIDs == [0, 1, 3, 4, 5, 6, 7, 9])
    #expect(data.notes.contains { $0.hasPrefix("2 images of") } && data.notes.contains { $0.hasPrefix("1 file in") })
  }

  @Test func foldersThatAreNone() throws {
    let folder = TemporaryFolder()
    #expect(errors { try LoadedData(Self.config(folder.path), seed: 1) }.map { $0.suffix(7) } == ["[E0306]"])
    TestFiles.write(ImageFormat.png.encoded([1, 2], width: 2, height: 1), to: folder("x.png"))
    #expect(errors { try LoadedData(Self.config(folder.path), seed: 1) }.map { $0.suffix(7) } == ["[E0219]"])
    #expect(errors { try LoadedData(Self.config(folder("x.png")), seed: 1) }.map { $0.suffix(7) } == ["[E0219]"])
  }
}
