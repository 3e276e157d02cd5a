// The plain values, each required, with a default, or optional (nil where absent or null).

extension FieldReader {
  /// A number that must be given.
  public func number(
    _ key: String, in range: some ValueRange<Double> = Bounds<Double>.any, precision: NumberPrecision = .single, doc: String
  ) -> Double {
    value(key, .number(in: range, precision: precision), doc: doc)
  }

  /// A number with a (finite) default.
  public func number(
    _ key: String, default defaultValue: Double, in range: some ValueRange<Double> = Bounds<Double>.any,
    precision: NumberPrecision = .single, doc: String
  ) -> Double {
    value(key, .number(in: range, precision: precision), default: .number(defaultValue), doc: doc)
  }

  /// A number or nil.
  public func optionalNumber(
    _ key: String, in range: some ValueRange<Double> = Bounds<Double>.any, precision: NumberPrecision = .single, doc: String
  ) -> Double? {
    optional(key, .number(in: range, precision: precision), doc: doc)
  }

  /// A whole number that must be given.
  public func integer(_ key: String, in range: some ValueRange<Int> = Bounds<Int>.any, doc: String) -> Int {
    value(key, .integer(in: range), doc: doc)
  }

  /// A whole number with a default.
  public func integer(
    _ key: String, default defaultValue: Int, in range: some ValueRange<Int> = Bounds<Int>.any, doc: String
  ) -> Int {
    value(key, .integer(in: range), default: .integer(defaultValue), doc: doc)
  }

  /// A whole number or nil.
  public func optionalInteger(_ key: String, in range: some ValueRange<Int> = Bounds<Int>.any, doc: String) -> Int? {
    optional(key, .integer(in: range), doc: doc)
  }

  /// A truth value that must be given.
  public func bool(_ key: String, doc: String) -> Bool {
    value(key, .bool, doc: doc)
  }

  /// A truth value with a default.
  public func bool(_ key: String, default defaultValue: Bool, doc: String) -> Bool {
    value(key, .bool, default: .bool(defaultValue), doc: doc)
  }

  /// A truth value or nil.
  public func optionalBool(_ key: String, doc: String) -> Bool? {
    optional(key, .bool, doc: doc)
  }

  /// A string that must be given.
  public func string(_ key: String, doc: String) -> String {
    value(key, .string, doc: doc)
  }

  /// A string with a default.
  public func string(_ key: String, default defaultValue: String, doc: String) -> String {
    value(key, .string, default: .string(defaultValue), doc: doc)
  }

  /// A string or nil.
  public func optionalString(_ key: String, doc: String) -> String? {
    optional(key, .string, doc: doc)
  }
}

// One of several strings: the cases of an enum, or a list made at run time.

extension FieldReader {
  /// A case that must be given.
  public func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Value.Type = Value.self, doc: String
  ) -> Value {
    value(key, .choice(type), doc: doc)
  }

  /// A case with a default.
  public func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, default defaultValue: Value, doc: String
  ) -> Value {
    value(key, .choice(), default: .string(defaultValue.rawValue), doc: doc)
  }

  /// A case or nil.
  public func optionalChoice<Value: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Value.Type = Value.self, doc: String
  ) -> Value? {
    optional(key, .choice(type), doc: doc)
  }

  /// One of `names`, which must be given.
  public func choice(_ key: String, of names: [String], doc: String) -> String {
    value(key, .choice(names), doc: doc)
  }

  /// One of `names`, with a default.
  public func choice(_ key: String, of names: [String], default defaultValue: String, doc: String) -> String {
    value(key, .choice(names), default: .string(defaultValue), doc: doc)
  }

  /// One of `names`, or nil.
  public func optionalChoice(_ key: String, of names: [String], doc: String) -> String? {
    optional(key, .choice(names), doc: doc)
  }
}
