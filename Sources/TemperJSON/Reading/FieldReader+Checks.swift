extension Diagnostic.Code {
  /// E0108.
  public static let contradiction = Diagnostic.Code("E0108", "two keys that exclude each other are both given")
  /// E0109.
  public static let invalidValue = Diagnostic.Code("E0109", "a value that contradicts others")
}

// Checks by a component itself, beyond types and ranges.

extension FieldReader {
  /// Whether `key` is given and not `null`. False if there is no file.
  public func has(_ key: String) -> Bool {
    member(key).map { !$0.value.isNull } ?? false
  }

  /// Reports an error that a component found.
  ///
  /// It is suppressed if one of the values it concerns has another error, as it may be a placeholder then.
  /// - Parameters:
  ///   - key: The key it concerns: one of this object, a nested one (`train.epochs`), or empty for the object itself. The place
  ///     reported is that of its value, or of the object if it is absent.
  ///   - code: The kind of error; `.invalidValue` if it needs no code of its own.
  ///   - message: What is wrong and what to do, without the key.
  ///   - others: Further keys that the check looked at.
  public func fail(_ key: String, _ code: Diagnostic.Code, _ message: String, with others: [String] = []) {
    let (keyPath, keyPlace) = locate(key)
    if ([keyPath] + others.map { locate($0).path }).contains(where: pass.isDoubtful) { return }
    pass.report(code, at: keyPlace ?? place, path: keyPath, message, isAbsent: keyPlace == nil)
  }

  /// Reports it if more than one of `keys` is given (and not `null`). The initializer need not read the others then.
  public func exclusive(_ keys: String...) {
    excludedKeys.formUnion(keys)
    let given = keys.filter(has)
    guard given.count > 1, let first = member(given[0]), let second = member(given[1]) else { return }
    let firstPlace = first.place.map { " (\($0))" } ?? ""
    pass.report(
      .contradiction, at: second.place ?? place, path: path.appending(key: second.name),
      "contradicts \(path.appending(key: first.name))\(firstPlace); give one of the two", spoiling: path.appending(key: first.name))
  }

  /// The full path of a key of this object or of a nested one, and the place of its value, nil if that is absent.
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
