import TemperFiles
import TemperImages
import TemperJSON

extension ConfigDraft {
  /// A config that trains a convolutional network on the profiled folder of images, at `path` relative to the config's folder.
  public init(_ images: ImageProfile, path: String) {
    let size = images.modelSize
    var data: [(String, JSON)] = [("type", "images")]
    if images.parts.isEmpty {
      data.append(("path", .string(path)))
    } else {
      data += images.parts.map { ($0.part.rawValue, .string(path + "/" + $0.name)) }
    }
    if !images.isUniform || size != images.middle { data.append(("size", [.integer(size.height), .integer(size.width)])) }
    if !images.damaged.isEmpty { data.append(("damaged", "skip")) }
    if images.parts.isEmpty { data.append(("split", ["validation": 0.1, "test": 0.1])) }
    let trained = images.classes.reduce(0) { $0 + $1.count }
    let blocks = Self.blocks(min(size.height, size.width))
    var model: [(String, JSON)] = [("type", "cnn"), ("channels", .array(blocks.map { .integer($0) }))]
    if min(size.height, size.width) < 1 << (blocks.count + 1) { model.append(("pool", "none")) }
    if blocks.count > 2 { model.append(("global_pool", true)) }
    let epochs = max(8, min(40, 200_000 / max(1, trained)))
    self.init(
      members: [
        ("data", .object(data)), ("model", .object(model)), ("regularization", ["dropout": ["rate": 0.5]]),
        ("optimizer", ["type": "adamw", "learning_rate": 2e-3, "weight_decay": 0.1]), ("schedule", ["type": "cosine"]),
        (
          "train",
          [
            "epochs": .integer(epochs), "batch_size": trained < 1000 ? 32 : 64,
            "augment": ["shift": .integer(max(1, min(size.height, size.width) / 12))],
          ]
        ),
        ("early_stopping", ["patience": .integer(max(4, epochs / 3))]),
      ])
  }

  /// The outputs of each block: as many blocks as halve the shorter side to no less than four pixels.
  private static func blocks(_ side: Int) -> [Int] {
    var (blocks, left) = ([32], side / 2)
    while left >= 8, blocks.count < 4 {
      blocks.append(blocks[blocks.count - 1] * 2)
      left /= 2
    }
    return blocks.count == 1 ? [32, 64] : blocks
  }
}

extension ImageProfile {
  /// The size for the model: that of the images, as far as it can be trained on a processor in reasonable time.
  var modelSize: (height: Int, width: Int) {
    let most = 64.0
    let longer = Double(max(middle.height, middle.width))
    if isUniform, longer <= 96 { return middle }
    let scale = min(1, most / longer)
    func rounded(_ side: Int) -> Int { max(8, Int((Double(side) * scale / 8).rounded()) * 8) }
    return (rounded(middle.height), rounded(middle.width))
  }

  /// The profile for people: a line each.
  public func text(_ path: String) -> String {
    let size = { (size: (height: Int, width: Int)) in "\(size.height) x \(size.width)" }
    let sizes =
      isUniform ? "of \(size(middle)) pixels" : "from \(size(sizes.least)) to \(size(sizes.most)) pixels, resized to \(size(modelSize))"
    let folders = parts.isEmpty ? "" : " in \(parts.map(\.name).joined(separator: ", "))"
    let most = 12
    let named = classes.prefix(most).map { "\(quoted($0.name)) (\(grouped($0.count)))" }.joined(separator: ", ")
    let more = classes.count > most ? ", and \(grouped(classes.count - most)) more" : ""
    var lines = [
      "\(grouped(count)) images in \(path), \(isGrey ? "grey" : "in colours"), \(sizes)",
      "\(counted(classes.count, "class", "classes"))\(folders): \(named)\(more)",
    ]
    if let first = damaged.first {
      lines.append("\(counted(damaged.count, "image")) cannot be read and are left out. The first is \(first.path): \(first.reason)")
    }
    return lines.joined(separator: "\n")
  }

  /// The profile with the config that was written.
  public func json(_ draft: ConfigDraft, data: String, config: String) -> JSON {
    func pair(_ size: (height: Int, width: Int)) -> JSON { [.integer(size.height), .integer(size.width)] }
    return .object([
      ("data", .string(data)), ("config", .string(config)), ("images", .integer(count)), ("grey", .bool(isGrey)),
      ("smallest", pair(sizes.least)), ("largest", pair(sizes.most)), ("size", pair(modelSize)),
      ("classes", .object(classes.map { ($0.name, .integer($0.count)) })),
      ("damaged", .array(damaged.map { .object([("path", .string($0.path)), ("reason", .string($0.reason))]) })), ("draft", draft.json),
    ])
  }
}
