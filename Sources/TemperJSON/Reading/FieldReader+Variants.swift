extension FieldReader {
  /// One value of a discriminator, and how the object is then read.
  public struct Variant<Value> {
    let name: String
    let doc: String
    let read: (FieldReader) -> Value

    /// - Parameters:
    ///   - name: The value of the discriminator.
    ///   - doc: One line about it.
    ///   - read: Reads the other keys of the same object.
    public init(_ name: String, _ doc: String, _ read: @escaping (FieldReader) -> Value) {
      (self.name, self.doc, self.read) = (name, doc, read)
    }
  }

  /// A discriminator of this object and what was chosen, for messages about keys of the other variants.
  struct ChosenVariant {
    let key: String
    /// Nil if the choice was invalid.
    let chosen: String?
    let cases: [(name: String, keys: () -> [String])]
  }

  /// The variant that the key `key` names; required.
  public func variant<Value>(_ key: String, doc: String, _ variants: [Variant<Value>]) -> Value {
    variant(key, defaultName: nil, doc: doc, variants)
  }

  /// The variant that the key `key` names, or `defaultName` if it is absent.
  public func variant<Value>(_ key: String, default defaultName: String, doc: String, _ variants: [Variant<Value>]) -> Value {
    variant(key, defaultName: defaultName, doc: doc, variants)
  }

  private func variant<Value>(_ key: String, defaultName: String?, doc: String, _ variants: [Variant<Value>]) -> Value {
    guard let standard = defaultName == nil ? variants.first : variants.first(where: { $0.name == defaultName }) else {
      fatalError("\(path.appending(key: key)) has no variant \(defaultName ?? "at all")")
    }
    note(key)
    guard members != nil else { return describe(key, standard, hasDefault: defaultName != nil, doc: doc, variants) }
    let chosen = choose(key, among: variants, standard: defaultName == nil ? nil : standard, doc: doc)
    chosenVariants.append(
      ChosenVariant(
        key: key, chosen: chosen?.name,
        cases: variants.map { variant in (variant.name, { FieldReader.describe(variant.read).shape.keys }) }))
    guard let chosen else { return FieldReader.describe(standard.read).value }
    resolve(key, as: .string(chosen.name))
    return chosen.read(self)
  }

  private func choose<Value>(_ key: String, among variants: [Variant<Value>], standard: Variant<Value>?, doc: String) -> Variant<Value>? {
    let names = variants.map(\.name)
    let wants = ValueReader<String>.choice(names).wants
    guard let json = member(key)?.value else {
      if standard == nil { reportMissing(key, wants: wants, doc: doc, spoiling: path) }
      return standard
    }
    guard let name = json.string else {
      found(key, json).wrongType(wants: wants, kinds: [.string], hint: "", spoiling: path)
      return nil
    }
    if let variant = variants.first(where: { $0.name == name }) { return variant }
    found(key, json).unknownChoice(name, among: names, wants: wants, spoiling: path)
    return nil
  }

  private func describe<Value>(
    _ key: String, _ standard: Variant<Value>, hasDefault: Bool, doc: String, _ variants: [Variant<Value>]
  ) -> Value {
    var value: Value?
    let cases = variants.map { variant in
      let (shape, placeholder) = FieldReader.describe(variant.read)
      if variant.name == standard.name { value = placeholder }
      return ObjectShape.Variants.Case(name: variant.name, doc: variant.doc, shape: shape)
    }
    shape.entries.append(
      .variants(ObjectShape.Variants(key: key, doc: doc, defaultName: hasDefault ? standard.name : nil, cases: cases)))
    return value ?? FieldReader.describe(standard.read).value
  }
}
