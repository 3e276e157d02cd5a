// Arrays, each required, with a default, or optional (nil where absent or null). `range` limits every element.

extension FieldReader {
  /// Numbers that must be given.
  public func numbers(
    _ key: String, in range: some ValueRange<Double> = Bounds<Double>.any, count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Double] {
    value(key, .list(of: .number(in: range), count: count), doc: doc)
  }

  /// Numbers with a default.
  public func numbers(
    _ key: String, default defaultValue: [Double], in range: some ValueRange<Double> = Bounds<Double>.any,
    count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Double] {
    value(
      key, .list(of: .number(in: range), count: count), default: .array(defaultValue.map { .number($0) }), doc: doc)
  }

  /// Numbers or nil.
  public func optionalNumbers(
    _ key: String, in range: some ValueRange<Double> = Bounds<Double>.any, count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Double]? {
    optional(key, .list(of: .number(in: range), count: count), doc: doc)
  }

  /// Whole numbers that must be given.
  public func integers(
    _ key: String, in range: some ValueRange<Int> = Bounds<Int>.any, count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Int] {
    value(key, .list(of: .integer(in: range), count: count), doc: doc)
  }

  /// Whole numbers with a default.
  public func integers(
    _ key: String, default defaultValue: [Int], in range: some ValueRange<Int> = Bounds<Int>.any,
    count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Int] {
    value(
      key, .list(of: .integer(in: range), count: count), default: .array(defaultValue.map { .integer($0) }), doc: doc)
  }

  /// Whole numbers or nil.
  public func optionalIntegers(
    _ key: String, in range: some ValueRange<Int> = Bounds<Int>.any, count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Int]? {
    optional(key, .list(of: .integer(in: range), count: count), doc: doc)
  }

  /// A whole number or an array of them, which must be given; a single one reads as an array of one.
  public func integerOrIntegers(
    _ key: String, in range: some ValueRange<Int> = Bounds<Int>.any, count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Int] {
    value(key, .oneOrMany(.integer(in: range), count: count), doc: doc)
  }

  /// A whole number or an array of them, with a default.
  public func integerOrIntegers(
    _ key: String, default defaultValue: [Int], in range: some ValueRange<Int> = Bounds<Int>.any,
    count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Int] {
    value(
      key, .oneOrMany(.integer(in: range), count: count), default: .array(defaultValue.map { .integer($0) }), doc: doc)
  }

  /// A whole number, an array of them, or nil.
  public func optionalIntegerOrIntegers(
    _ key: String, in range: some ValueRange<Int> = Bounds<Int>.any, count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [Int]? {
    optional(key, .oneOrMany(.integer(in: range), count: count), doc: doc)
  }

  /// Strings that must be given.
  public func strings(_ key: String, count: some ValueRange<Int> = Bounds<Int>.any, doc: String) -> [String] {
    value(key, .list(of: .string, count: count), doc: doc)
  }

  /// Strings with a default.
  public func strings(
    _ key: String, default defaultValue: [String], count: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> [String] {
    value(key, .list(of: .string, count: count), default: .array(defaultValue.map { .string($0) }), doc: doc)
  }

  /// Strings or nil.
  public func optionalStrings(_ key: String, count: some ValueRange<Int> = Bounds<Int>.any, doc: String) -> [String]? {
    optional(key, .list(of: .string, count: count), doc: doc)
  }
}
