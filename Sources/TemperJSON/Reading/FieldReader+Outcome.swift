extension FieldReader {
  /// The result of reading a file.
  public struct Outcome<Value> {
    /// The value read; partly placeholders if `diagnostics` is not empty.
    public let value: Value
    /// The file with every default filled in, in the order of reading; it reads to the same value. Optional keys not given are `null`.
    public let resolved: JSON
    /// All errors, in the order of the file.
    public let diagnostics: [Diagnostic]

    /// The value and the resolved file.
    /// - Throws: All errors.
    public func get() throws(Diagnostics) -> (value: Value, resolved: JSON) {
      if !diagnostics.isEmpty { throw Diagnostics(diagnostics) }
      return (value, resolved)
    }
  }

  /// Reads a whole file with `body`, the initializer of the root object. A key `$schema` at the root is ignored.
  ///
  /// `aliases` are names that users of other tools would write, each with the full path of the right key:
  /// `["lr": "optimizer.learning_rate"]`. They are rejected wherever nothing reads a key of that name.
  public static func read<Value>(
    _ json: JSON, aliases: [String: String] = [:], _ body: @escaping (FieldReader) -> Value
  ) -> Outcome<Value> {
    let pass = ReadingPass(aliases: aliases)
    let found = Found(json: json, path: "", place: json.place ?? .wholeFile(path: "<configuration>"), pass: pass)
    guard json.kind == .object else {
      found.wrongType(wants: "an object", kinds: [.object])
      return Outcome(value: describe(body).value, resolved: .null, diagnostics: pass.diagnostics)
    }
    let reader = FieldReader(found, isRoot: true)
    let value = body(reader)
    return Outcome(value: value, resolved: reader.finish(), diagnostics: pass.diagnostics)
  }
}
