extension Diagnostic.Code {
  /// E0108.
  public static let contradiction = Diagnostic.Code("E0108", "two keys that exclude each other are both given")
  /// E0109.
  public static let invalidValue = Diagnostic.Code("E0109", "a value that does not fit the others")
}

// What a component checks by itself, beyond types and ranges.

extension FieldReader {
  /// Whether `key` is given and not `null`. False where there is no file.
  public func has(_ key: String) -> Bool {
    member(key).map { !$0.value.isNull } ?? false
  }

  /// Reports a mistake of a component's own.
  ///
  /// It is kept back where something else is wrong with one of the values it is about, as these may be placeholders then.
  /// - Parameters:
  ///   - key: The key it is about: one of this object, one further in (`train.epochs`), or empty for the object itself. Its
  ///     value's place is the place reported, the object's where it is absent.
  ///   - code: What kind of mistake it is; `.invalidValue` where it needs no code of its own.
  ///   - message: What is wrong and what to do, without the key.
  ///   - others: Further keys that the check looked at.
  public func fail(_ key: String, _ code: Diagnostic.Code, _ message: String, with others: [String] = []) {
    let (keyPath, keyPlace) = locate(key)
    if ([keyPath] + others.map { locate($0).path }).contains(where: pass.isDoubtful) { return }
    pass.report(code, at: keyPlace ?? place, path: keyPath, message, isAbsent: keyPlace == nil)
  }

  /// Reports it if more than one of `keys` is given (and not `null`). The initialiser need not read the others then.
  public func exclusive(_ keys: String...) {
    excludedKeys.formUnion(keys)
    let given = keys.filter(has)
    guard given.count > 1, let first = member(given[0]), let second = member(given[1]) else { return }
    let firstPlace = first.place.map { " (\($0))" } ?? ""
    pass.report(
      .contradiction, at: second.place ?? place, path: path.appending(key: second.name),
      "contradicts \(path.appending(key: first.name))\(firstPlace); give one of the two", spoiling: path.appending(key: first.name))
  }

  /// The full path of a key of this object or further in, and the place of its value, nil where that is absent.
  private func locate(_ key: String) -> (path: String, place: Place?) {
    func find(_ rest: Substring, in members: [JSON.Member], at path: String) -> (String, Place?)? {
      for member in members {
        let path = path.appending(key: member.name)
        if member.name == rest { return (path, member.value.place ?? place) }
        if rest.hasPrefix(member.name + "."), let inner = member.value.members,
          let found = find(rest.dropFirst(member.name.count + 1), in: inner, at: path)
        {
          return found
        }
      }
      return nil
    }
    if key.isEmpty { return (path, place) }
    return find(key[...], in: members ?? [], at: path)
      ?? (key.split(separator: ".").reduce(path) { $0.appending(key: String($1)) }, nil)
  }
}
