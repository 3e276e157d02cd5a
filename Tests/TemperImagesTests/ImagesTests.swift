import TemperCore
import Glibc
import TemperData
import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperTables
import Testing

@testable import TemperImages

@Suite("Images") struct ImagesTests {
  /// The bytes of an IDX file.
  static func idx(_ shape: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { length in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } } + elements
  }

  /// `count` images of 2 x 3 pixels whose values run on, with the labels 0, 1, 2, 0, ... of `names`.
  static func withImages<Value>(
    _ count: Int, names: [UInt8] = [3, 5, 9], _ body: (ImagesConfig.Files) throws -> Value
  ) throws -> Value {
    let pixels = (0..<count * 6).map { UInt8($0 * 5 % 256) }
    return try withFile(idx([count, 2, 3], pixels), suffix: "-images") { images in
      try withFile(idx([count], (0..<count).map { names[$0 % names.count] }), suffix: "-labels") { labels in
        try body(.init(images: images, labels: labels))
      }
    }
  }

  @Test func becomeFeaturesAndClasses() throws {
    try Self.withImages(30) { train in
      try Self.withImages(4, names: [9, 3]) { test in
        let config = ImagesConfig(train: train, test: test, validation: .rows(6))
        let data = try LoadedData(config, seed: 1)
        #expect([data.train.count, data.validation?.count, data.test?.count] == [24, 6, 4])
        #expect(data.preprocessor.target.classes == ["3", "5", "9"])
        #expect(
          data.preprocessor.ofTables.columns.map(\.name) == ["pixel_0_0", "pixel_0_1", "pixel_0_2", "pixel_1_0", "pixel_1_1", "pixel_1_2"])
        #expect(data.test?.labels == [2, 0, 2, 0] && data.test?.rowIDs == [0, 1, 2, 3])
        #expect(data.test?.features[..<3] == [0, 5 as Float / 255, 10 as Float / 255])
        // Stratified, disjoint, and of the rows that their ids name.
        #expect((0..<3).allSatisfy { label in data.validation?.labels.count { $0 == Int32(label) } == 2 })
        #expect((data.train.rowIDs + (data.validation?.rowIDs ?? [])).sorted() == Array(0..<30))
        for (place, id) in data.train.rowIDs.enumerated() {
          #expect(data.train.labels[place] == id % 3)
          #expect(data.train.features[place * 6] == Float(id * 30 % 256) / 255)
        }
        #expect(try LoadedData(config, seed: 1).train == data.train)
        #expect(try LoadedData(config, seed: 2).train != data.train)
        #expect(data.notes == ["30 images of 2 x 3 pixels, 6 of them held out for validation; 3 classes: \"3\", \"5\", \"9\""])
        #expect(data.files.map(\.name) == [train.images, train.labels, test.images, test.labels])
        #expect(try LoadedData(ImagesConfig(train: train), seed: 1).validation?.count == 3)
        #expect(try LoadedData(ImagesConfig(train: train, validation: nil), seed: 1).validation == nil)
      }
    }
  }

  @Test func theStoredPreprocessorTakesImagesAndTables() throws {
    try Self.withImages(12) { files in
      for scaling in PixelScaling.allCases {
        let data = try LoadedData(ImagesConfig(train: files, validation: nil, scaling: scaling), seed: 1)
        let stored = data.preprocessor.json.serialized()
        let preprocessor = try ImagePreprocessor(json: JSON.parse(stored, path: "p.json"))
        #expect(preprocessor == data.preprocessor)
        let images = try IDXImages(FileBytes(reading: files.images))
        #expect(try preprocessor.samples(of: images, rows: Array(0..<12)) == data.train.samples)
        let rows = (0..<12).map { row in
          images.withPixels { Array($0) }.dropFirst(row * 6).prefix(6).map { "\($0)" }.joined(separator: ",") + ",\([3, 5, 9][row % 3])"
        }
        let csv = try Table(
          FileBytes(
            name: "t.csv", bytes: Array(((images.pixelNames + ["label"]).joined(separator: ",") + "\n" + rows.joined(separator: "\n")).utf8)
          ),
          options: TableOptions())
        let pixels = try preprocessor.ofTables.dataset(of: csv, rows: Array(0..<12))
        #expect(pixels.features == data.train.features && pixels.targets == data.train.targets)
      }
    }
  }

  @Test func anEarlierVersionsColumnsOfPixels() throws {
    try Self.withImages(12) { files in
      let data = try LoadedData(ImagesConfig(train: files, validation: nil), seed: 1)
      let columns = data.preprocessor.ofTables
      #expect(try ImagePreprocessor(json: columns.json) == data.preprocessor)
      // Scales of their own, which standard scaling gave the pixels then.
      var own = columns.columns
      own[2].transform = .numeric(mean: 3, deviation: 2)
      let other = Preprocessor(columns: own, target: columns.target)
      let error = errors { try ImagePreprocessor(json: other.json) }
      #expect(error.count == 1 && error[0].contains("earlier versions scaled each pixel separately") && error[0].hasSuffix("[E0220]"))
    }
  }

  /// The bytes of an NPY file of unsigned bytes.
  private static func npy(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    var header = Array("{'descr': '|u1', 'fortran_order': False, 'shape': (\(shape.map { "\($0)," }.joined(separator: " "))), }".utf8)
    while (header.count + 11) % 64 != 0 { header.append(0x20) }
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.count + 1), 0] + header + [0x0A] + elements
  }

  @Test func arraysAreImagesToo() throws {
    let pixels = (0..<6 * 2 * 3).map { UInt8($0 * 5) }
    let (labels, names): ([UInt8], [UInt8]) = ((0..<6).map { UInt8($0 % 3) }, [3, 5, 9])
    func data(_ images: [UInt8], _ labels: [UInt8], isArray: Bool) throws -> LoadedData<ImagePreprocessor> {
      try withFile(images, suffix: isArray ? ".npy" : "-i") { images in
        try withFile(labels, suffix: isArray ? ".npy" : "-l") { labels in
          try LoadedData(ImagesConfig(train: .init(images: images, labels: labels), validation: nil), seed: 1)
        }
      }
    }
    let own = labels.map { names[Int($0)] }
    let idx = try data(Self.idx([6, 2, 3], pixels), Self.idx([6], own), isArray: false)
    let arrays = try data(Self.npy([6, 2, 3], pixels), Self.npy([6], own), isArray: true)
    #expect(arrays.train == idx.train && arrays.preprocessor == idx.preprocessor)
    #expect(try data(Self.npy([6, 2, 3, 1], pixels), Self.npy([6], own), isArray: true).train == idx.train)
    // Colours side by side, or one plane after the other.
    let planes = (0..<6 * 2 * 3).map { UInt8($0 * 7) }
    let interleaved = (0..<36).map { (place: Int) -> UInt8 in
      let (image, pixel, channel) = (place / 6, place % 6 / 3, place % 3)
      return planes[image * 6 + channel * 2 + pixel]
    }
    let first = try data(Self.npy([6, 3, 1, 2], planes), Self.npy([6], own), isArray: true)
    #expect(first.preprocessor.shape == .image(channels: 3, height: 1, width: 2))
    #expect(try data(Self.npy([6, 1, 2, 3], interleaved), Self.npy([6], own), isArray: true).train == first.train)
    for shape in [[6, 6], [6, 2, 3, 2], [36]] {
      #expect(
        errors { try data(Self.npy(shape, pixels), Self.npy([6], own), isArray: true) }.contains {
          $0.hasSuffix("[E0267]") || $0.hasSuffix("[E0268]")
        })
    }
  }

  @Test func imagesStayInTheirBytes() throws {
    try Self.withImages(30) { files in
      let data = try LoadedData(ImagesConfig(train: files), seed: 1)
      #expect(data.train.samples.shape == .image(channels: 1, height: 2, width: 3))
      let part = data.train.subset([4, 0])
      #expect(part.features == Array(data.train.features[24..<30] + data.train.features[..<6]))
    }
  }

  @Test func standardisedPixels() throws {
    // One scale for all pixels of a channel: 7, 0, 7, 10, 7, 0, 7, 10 have the mean 6 and the variance 13.5.
    try withFile(Self.idx([4, 1, 2], [7, 0, 7, 10, 7, 0, 7, 10]), suffix: "-images") { images in
      try withFile(Self.idx([4], [0, 1, 0, 1]), suffix: "-labels") { labels in
        let config = ImagesConfig(train: .init(images: images, labels: labels), validation: nil, scaling: .standard)
        let features = try LoadedData(config, seed: 1).train.features
        let expected = [7.0, 0, 7, 10, 7, 0, 7, 10].map { Float(($0 - 6) / 13.5.squareRoot()) }
        #expect(features == expected)
      }
    }
  }

  @Test(
    "files that are none",
    arguments: [
      ([1, 0, 8, 3], "not an IDX file: it does not begin with two zeros, a type and a number of axes. Check the path. [E0250]"),
      ([0, 0], "not an IDX file: it does not begin with two zeros, a type and a number of axes. Check the path. [E0250]"),
      ([0, 0, 7, 3], "not an IDX file: unknown element type 7. Check the path. [E0250]"),
      ([0, 0, 13, 3], "unsupported element type: 32-bit floats. Convert to unsigned bytes, or write a table. [E0251]"),
      (idx([2], [1, 2]), "it has 1 axis, but images have 3. Check which file is which. [E0252]"),
      ([0, 0, 8, 3, 0, 0], "the file ends inside its header. Copy or download it again. [E0253]"),
      (idx([1, 2, 2], [1, 2, 3]), "its header gives 1 x 2 x 2 bytes, but 3 follow. Copy or download it again. [E0253]"),
      (idx([1, 2, 2], [1, 2, 3, 4, 5]), "its header gives 1 x 2 x 2 bytes, but 5 follow. Copy or download it again. [E0253]"),
      (idx([0, 2, 2], []), "the array is empty: one of its axes has length 0. Check the path. [E0253]"),
      (
        idx([4_294_967_295, 4_294_967_295, 4_294_967_295], []),
        "its header gives 4294967295 x 4294967295 x 4294967295 bytes, but 0 follow. Copy or download it again. [E0253]"
      ),
    ])
  func mistakes(bytes: [UInt8], message: String) {
    #expect(errors { try IDXImages(FileBytes(name: "x", bytes: bytes)) } == ["x: " + message])
  }

  @Test func filesThatDoNotBelongTogether() throws {
    try Self.withImages(6) { six in
      try Self.withImages(5) { five in
        let mixed = ImagesConfig(train: .init(images: six.images, labels: five.labels))
        #expect(
          errors { try LoadedData(mixed, seed: 1) }
            == ["\(five.labels): it has 5 labels, but \(six.images) has 6 images. Check both paths. [E0254]"])
        let swapped = ImagesConfig(train: .init(images: six.labels, labels: six.images), test: five)
        #expect(errors { try LoadedData(swapped, seed: 1) }.map { $0.suffix(7) } == ["[E0252]", "[E0252]"])
      }
      try Self.withImages(2, names: [3, 4]) { test in
        #expect(
          errors { try LoadedData(ImagesConfig(train: six, test: test, validation: nil), seed: 1) } == [
            "\(test.labels): label 1, counted from 0, is 4, which does not occur in the training images (known: \"3\", \"5\", \"9\"). "
              + "Remove the image, or add a training image with this label. [E0216]"
          ])
      }
      try withFile(Self.idx([1, 3, 2], [0, 0, 0, 0, 0, 0]), suffix: "-images") { path in
        let preprocessor = try LoadedData(ImagesConfig(train: six, validation: nil), seed: 1).preprocessor
        #expect(
          errors { try preprocessor.samples(of: IDXImages(FileBytes(reading: path)), rows: [0]) } == [
            "\(path): images of 3 x 2 pixels, but the model was trained on images of 2 x 3. "
              + "Use images of the same size. [E0255]"
          ])
      }
      for rows in [0, 6, -1] {
        #expect(errors { try LoadedData(ImagesConfig(train: six, validation: .rows(rows)), seed: 1) }.map { $0.suffix(7) } == ["[E0231]"])
      }
    }
    try Self.withImages(6, names: [3]) { files in
      #expect(errors { try LoadedData(ImagesConfig(train: files, validation: nil), seed: 1) }.map { $0.suffix(7) } == ["[E0219]"])
    }
  }

  @Test func missingFilesOfAPackageSayHowToGetThem() {
    let folder = "/usr/share/datasets/fashion-mnist/"
    #expect(
      errors { try FileBytes(reading: folder + "no-such-file.gz") } == [
        "\(folder)no-such-file.gz: file not found. It is in a Debian package: apt-get install -y dataset-fashion-mnist [E0301]"
      ])
  }

  static let fashion = "/usr/share/datasets/fashion-mnist/"

  @Test("Fashion-MNIST as Debian ships it", .enabled(if: access(fashion + "train-images-idx3-ubyte.gz", R_OK) == 0))
  func fashionMNIST() throws {
    func files(_ part: String) -> ImagesConfig.Files {
      .init(images: Self.fashion + "\(part)-images-idx3-ubyte.gz", labels: Self.fashion + "\(part)-labels-idx1-ubyte.gz")
    }
    let data = try LoadedData(ImagesConfig(train: files("train"), test: files("t10k"), validation: .rows(6000)), seed: 0)
    #expect([data.train.count, data.validation?.count, data.test?.count, data.train.width] == [54_000, 6000, 10_000, 784])
    #expect(data.preprocessor.target.classes == (0..<10).map(String.init))
    for label in 0..<10 { #expect(data.validation?.labels.count { $0 == Int32(label) } == 600) }
  }
}
