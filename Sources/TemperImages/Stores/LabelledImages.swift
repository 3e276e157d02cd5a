import TemperCore
import TemperData
import TemperFiles
import TemperJSON
import TemperTables

/// Images and the class of each.
public struct LabelledImages: Sendable {
  /// The images.
  public let images: any ImageStore
  /// The name of the classes' column.
  let labelName: String
  /// Where the classes are from.
  let labelsPlace: Place
  /// The images that may be used, in order.
  private let usable: [Int]
  /// For each image the index of its class in `names`.
  private let labels: [Int32]
  private let names: [String]
  private let place: @Sendable (_ row: Int) -> Place

  /// The images of `images` that `usable` lists, all by default, whose classes are `names[labels[row]]`, from `labelsPlace` and of each from `place`.
  init(
    _ images: any ImageStore, usable: [Int]? = nil, labels: [Int32], names: [String], labelName: String = "label", labelsPlace: Place,
    place: @escaping @Sendable (_ row: Int) -> Place
  ) {
    (self.images, self.labels, self.names, self.labelName) = (images, labels, names, labelName)
    (self.usable, self.labelsPlace, self.place) = (usable ?? Array(0..<images.count), labelsPlace, place)
  }

  /// The number of images, with those that cannot be used.
  public var count: Int { images.count }

  /// The place of an image with its class.
  public func place(ofRow row: Int) -> Place { place(row) }

  /// The class of image `row`.
  func label(_ row: Int) -> String { names[Int(labels[row])] }

  /// The usable images that do not have the label `ignored`.
  public func rows(ignoring ignored: Int? = nil) -> [Int] {
    guard let ignored else { return usable }
    return usable.filter { label($0) != "\(ignored)" }
  }

  /// Splits all usable images without the label `ignored` at random, stratified by class unless `stratify` is false.
  func split(
    validation: Double?, test: Double?, stratify: Bool = true, ignoring ignored: Int?, random: RandomSequence
  ) throws(Diagnostics) -> Split {
    let all = rows(ignoring: ignored)
    if validation == nil, test == nil { return Split(train: all) }
    var dealer = RandomSplit(validation: validation ?? 0, test: test ?? 0, random: random, place: labelsPlace)
    if !stratify { return try dealer.deal(all) }
    let classes = Dictionary(grouping: all) { labels[$0] }
    let sorted = classes.map { (name: names[Int($0.key)], rows: $0.value) }
    let order = Preprocessor.sortedClasses(sorted.map(\.name))
    let byName = Dictionary(uniqueKeysWithValues: sorted.map { ($0.name, $0.rows) })
    return try dealer.deal(order.map { (name: $0, rows: byName[$0] ?? []) })
  }

  /// The classes of the images `rows`. Throws `E0219` where there are less than two.
  func classes(_ rows: [Int]) throws(Diagnostics) -> Target {
    let classes = Set(rows.map { labels[$0] }).map { names[Int($0)] }
    guard classes.count > 1 else {
      throw Diagnostics(
        .unusableLabels, at: labelsPlace,
        "every training image has the label \(quoted(classes.first ?? "")). Classification needs at least two classes.")
    }
    return .classes(label: labelName, names: Preprocessor.sortedClasses(classes))
  }

  /// The class index of each row. Throws `E0216` for labels that no training image has.
  func labels(_ rows: [Int], _ classes: [String]) throws(Diagnostics) -> [Int32] {
    var findings = Findings()
    let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    let result = rows.map { row in
      if let number = numbers[label(row)] { return number }
      findings.add(
        .unknownLabel, at: place(row),
        "label \(row), counted from 0, is \(label(row)), which does not occur in the training images (known: \(listed(classes))). "
          + "Remove the image, or add a training image with this label.")
      return 0
    }
    try findings.check()
    return result
  }
}
