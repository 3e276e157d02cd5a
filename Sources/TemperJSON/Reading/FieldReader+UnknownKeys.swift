extension Diagnostic.Code {
  /// E0102.
  public static let unknownKey = Diagnostic.Code("E0102", "a key that nothing reads")
  /// E0103.
  public static let alias = Diagnostic.Code("E0103", "a key under another name, or in another block")
  /// E0107.
  public static let notReadByType = Diagnostic.Code("E0107", "a key that the chosen type does not read")
}

extension FieldReader {
  /// Reports every key of the object that nothing read.
  func reportUnknownKeys() {
    let unread = (members ?? []).filter { member in
      !keys.contains(member.name) && !excludedKeys.contains(member.name) && !(isRoot && member.name == "$schema")
    }
    if unread.isEmpty { return }
    // If the type is invalid, the keys of all types are possible.
    let open = chosenVariants.filter { $0.chosen == nil }.flatMap { $0.cases.flatMap { $0.keys() } }
    let known = keys.union(excludedKeys).union(open).sorted()
    let meant = unread.map { suggestion(for: $0.name, among: known) }
    // A misspelled "type" leaves the default type, for which the other keys are not meant.
    let isTypeMisspelt = chosenVariants.contains { variant in meant.contains(variant.key) && member(variant.key) == nil }
    for (member, meant) in zip(unread, meant) where !open.contains(member.name) {
      if let message = notReadByType(member.name) {
        if !isTypeMisspelt { report(member, .notReadByType, message) }
      } else if let right = pass.aliases[member.name] {
        report(member, .alias, "unknown key; write \(right.quoted) instead")
        pass.meant(right)
      } else {
        if let meant { pass.meant(path.appending(key: meant)) }
        let question = meant.map { " Did you mean \($0.quoted)?" } ?? ""
        let list = known.isEmpty ? " There are no keys here" : " Keys here: \(known.joined(separator: ", "))"
        report(member, .unknownKey, "unknown key.\(question)\(list)")
      }
    }
  }

  private func report(_ member: JSON.Member, _ code: Diagnostic.Code, _ message: String) {
    pass.report(code, at: member.place ?? place, path: path.appending(key: member.name), message)
  }

  private func notReadByType(_ key: String) -> String? {
    for variant in chosenVariants {
      guard let chosen = variant.chosen else { continue }
      let readers = variant.cases.filter { $0.name != chosen && $0.keys().contains(key) }.map(\.name.quoted)
      if readers.isEmpty { continue }
      let names = readers.joined(separator: ", ")
      return member(variant.key) == nil
        ? "not read by \(variant.key) \(chosen.quoted), the default (read by \(names)). Remove it or set \(variant.key.quoted)"
        : "not read by \(variant.key) \(chosen.quoted) (read by \(names)). Remove it or change the \(variant.key)"
    }
    return nil
  }
}
