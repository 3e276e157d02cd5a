extension Diagnostic.Code {
  /// E0110.
  public static let malformedOverride = Diagnostic.Code("E0110", "an override is not of the form key=value")
  /// E0111.
  public static let overrideThroughValue = Diagnostic.Code("E0111", "an override names a key within something that is not an object")
}

extension JSON {
  /// Merges one `key=value` from the command line into the tree.
  ///
  /// The key is a path, `optimizer.learning_rate`; missing objects on the way are created. The value is JSON or,
  /// if it is not valid JSON, the string itself (`model.activation=gelu`). An object replaces the whole old value, `null` is
  /// written as it would be in a file. The place of the merged value is the option's text. A key with a dot in its own name is reached through
  /// the object it lies in: `expect={"test.accuracy": {"min": 0.9}}`.
  /// - Throws: A missing `=`, an empty key, or a path through a value that is not an object. The tree is unchanged then.
  public mutating func apply(override text: String) throws(Diagnostics) {
    let place = Place.option("--set \(text)")
    guard let equals = text.firstIndex(of: "=") else {
      throw Diagnostics(.malformedOverride, at: place, "expected key=value, such as train.epochs=3; there is no \"=\"")
    }
    guard let keys = Self.keys(text[..<equals]) else {
      throw Diagnostics(.malformedOverride, at: place, "expected key=value, such as train.epochs=3; the key is empty or has an empty part")
    }
    let valueText = String(text[text.index(after: equals)...])
    let value = (try? JSON.parse(valueText, path: "")) ?? .string(valueText)
    try set(keys[...], to: value.placed(place), path: "", place: place)
  }

  /// Removes the key at the path `key`, `early_stopping.patience`, from the tree, so that its default applies; does nothing if it is absent.
  /// - Throws: A key with an empty part or a value, and a path through a value that is not an object. The tree is unchanged then.
  public mutating func remove(key: String) throws(Diagnostics) {
    let place = Place.option("--unset \(key)")
    guard let keys = Self.keys(key[...]), !key.contains("=") else {
      throw Diagnostics(.malformedOverride, at: place, "expected a key alone, such as train.epochs")
    }
    try set(keys[...], to: nil, path: "", place: place)
  }

  /// The parts of a path; nil if one is empty.
  private static func keys(_ path: Substring) -> [String]? {
    let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return keys.contains("") ? nil : keys
  }

  private mutating func set(_ keys: ArraySlice<String>, to value: JSON?, path: String, place optionPlace: Place) throws(Diagnostics) {
    guard let key = keys.first else { return }
    guard case .object(var members) = content else {
      let stands = place.map { " (\($0))" } ?? ""
      throw Diagnostics(
        .overrideThroughValue, at: optionPlace,
        "\(path.isEmpty ? "the configuration" : path) is \(named)\(stands), not an object, so it has no key \(key.quoted)")
    }
    let index = members.firstIndex { $0.name == key }
    if keys.count > 1 {
      // null is treated like an object that was not given.
      var child = index.map { members[$0].value }.flatMap { $0.isNull ? nil : $0 } ?? JSON(.object([]), place: optionPlace)
      let isNew = index.map { members[$0].value.isNull } ?? true
      if isNew, value == nil { return }
      try child.set(keys.dropFirst(), to: value, path: path.appending(key: key), place: optionPlace)
      if let index { members[index].value = child } else { members.append(Member(key, child, place: optionPlace)) }
    } else if let index {
      if let value { members[index] = Member(key, value, place: optionPlace) } else { members.remove(at: index) }
    } else if let value {
      members.append(Member(key, value, place: optionPlace))
    }
    content = .object(members)
  }

  /// The same value, all of it at `place`.
  private func placed(_ place: Place) -> JSON {
    switch content {
    case .array(let values): JSON(.array(values.map { $0.placed(place) }), place: place)
    case .object(let members): JSON(.object(members.map { Member($0.name, $0.value.placed(place), place: place) }), place: place)
    default: JSON(content, place: place)
    }
  }
}
