extension ValueReader<String> {
  /// A string that `parse` turns into a value; an error that it throws is reported. `example` is one that it accepts; the resolved form is the
  /// string itself.
  public func parsed<Other, Failure: Error & CustomStringConvertible>(
    noun: String, example: String, _ parse: @escaping (String) throws(Failure) -> Other
  ) -> ValueReader<Other> {
    func placeholder() -> Other {
      do { return try parse(example) } catch { fatalError("\(example.quoted) is no \(noun): \(error)") }
    }
    return ValueReader<Other>(
      kinds: kinds, noun: noun, wants: "a string such as \(example.quoted)",
      describe: { (describe().shape, placeholder()) },
      read: { found in
        guard let text = found.json.string else {
          found.wrongType(wants: "a string such as \(example.quoted)", kinds: kinds)
          return (placeholder(), .null)
        }
        do { return (try parse(text), found.json) } catch {
          found.report(.invalidText, "\(error)")
          return (placeholder(), .null)
        }
      })
  }
}

extension ValueReader<JSON> {
  /// A value of any type.
  public static var anything: ValueReader {
    ValueReader(
      kinds: [.null, .bool, .number, .string, .array, .object], noun: "value", wants: "a value", describe: { (.anything, .null) },
      read: { ($0.json, $0.json) })
  }
}

extension Diagnostic.Code {
  /// E0114.
  public static let invalidText = Diagnostic.Code("E0114", "a string that is not of the form that its key has")
}
