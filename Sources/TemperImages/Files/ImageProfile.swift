import TemperFiles
import TemperJSON

/// What a folder of images has: classes, sizes, colours, and whether they are split already.
public struct ImageProfile: Sendable {
  /// The folders of a split, by their usual names.
  public enum Part: String, CaseIterable, Sendable {
    case train, validation, test

    /// Names of folders with these images.
    var names: [String] {
      switch self {
      case .train: ["train", "training"]
      case .validation: ["validation", "val", "valid", "dev"]
      case .test: ["test", "testing"]
      }
    }
  }

  /// The folders of the parts, in the folder; empty where its folders are classes.
  public let parts: [(part: Part, name: String)]
  /// The training images, or all of them, by class.
  public let classes: [(name: String, count: Int)]
  /// The number of images in all.
  public let count: Int
  /// The smallest and the largest size.
  public let sizes: (least: (height: Int, width: Int), most: (height: Int, width: Int))
  /// The middle height and width.
  public let middle: (height: Int, width: Int)
  /// Whether all are grey.
  public let isGrey: Bool
  /// What cannot be read, with the reason.
  public let damaged: [(path: String, reason: String)]

  /// Whether `path` is a folder with images.
  public static func isFolderOfImages(_ path: String) -> Bool {
    Files.isFolder(path) && Files.names(below: path).contains(where: ImageList.isImage)
  }

  /// Whether all images have one size.
  public var isUniform: Bool { sizes.least == sizes.most }

  /// Reads the headers of all images in the folder `path`. Throws for a folder without images or with images outside of the folders of classes.
  public init(folder path: String) throws(Diagnostics) {
    let names = Files.names(in: path).filter { Files.isFolder(path + "/" + $0) && !$0.hasPrefix(".") }
    let found = Part.allCases.compactMap { part in names.first { part.names.contains($0.lowercased()) }.map { (part: part, name: $0) } }
    parts = found.first?.part == .train && found.count == names.count ? found : []
    let folders = parts.isEmpty ? [path] : parts.map { path + "/" + $0.name }
    var (headers, damaged, classes) = ([ImageHeader](), [(path: String, reason: String)](), [String: Int]())
    for (index, folder) in folders.enumerated() {
      let list = try ImageList(folder, pathColumn: "path", labelColumn: "label")
      let survey = try ImageSurvey(list, skips: true)
      headers += survey.headers
      damaged += survey.skipped.map { (list.paths[$0.row], $0.problem.list.first?.message ?? "") }
      if index == 0, let labels = list.labels { for row in survey.rows { classes[labels[row], default: 0] += 1 } }
    }
    (self.damaged, count, isGrey) = (damaged, headers.count, headers.allSatisfy(\.isGrey))
    let (heights, widths) = (headers.map(\.height).sorted(), headers.map(\.width).sorted())
    sizes = ((heights[0], widths[0]), (heights[heights.count - 1], widths[widths.count - 1]))
    middle = (heights[heights.count / 2], widths[widths.count / 2])
    self.classes = classes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
  }
}
