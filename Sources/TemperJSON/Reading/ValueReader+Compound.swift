/// A key of an object whose keys are the user's own, and its value.
public struct MapEntry<Value> {
  /// The key as written.
  public let key: String
  /// The value.
  public let value: Value
  /// The place of the value, for errors found later.
  public let place: Place

  /// A key, its value and its place.
  public init(key: String, value: Value, place: Place) {
    (self.key, self.value, self.place) = (key, value, place)
  }
}

extension MapEntry: Sendable where Value: Sendable {}

extension MapEntry: Equatable where Value: Equatable {
  /// Equal keys and values, regardless of their places.
  public static func == (a: MapEntry, b: MapEntry) -> Bool { a.key == b.key && a.value == b.value }
}

/// A value of one of two types.
public enum Either<First, Second> {
  /// Of the first.
  case first(First)
  /// Of the second.
  case second(Second)
}

extension Either: Sendable where First: Sendable, Second: Sendable {}
extension Either: Equatable where First: Equatable, Second: Equatable {}

extension ValueReader {
  /// An array of `count` values that `element` reads.
  public static func list<Element>(of element: ValueReader<Element>, count: some ValueRange<Int> = Bounds<Int>.any) -> ValueReader
  where Value == [Element] {
    let count = count.bounds
    let wants = count == .any ? "an array of \(element.noun)s" : "an array of \(count.count(of: element.noun))"
    func described() -> (shape: ValueShape, placeholder: [Element]) {
      let (shape, placeholder) = element.describe()
      return (.list(shape, count: count), Array(repeating: placeholder, count: max(0, count.example)))
    }
    return ValueReader(
      kinds: [.array], noun: "array", wants: wants,
      describe: described,
      read: { found in
        guard let values = found.json.array else {
          let fits = element.kinds.contains(found.json.kind) && count.contains(1)
          found.wrongType(wants: wants, kinds: [.array], hint: fits ? "; put it in brackets" : nil)
          return (described().placeholder, .null)
        }
        let read = values.enumerated().map { element.read(found.part($1, path: "\(found.path)[\($0)]")) }
        guard count.contains(values.count) else {
          found.report(.outOfRange, "expected \(found.wants ?? wants), found \(values.isEmpty ? "an empty array" : "\(values.count)")")
          return (described().placeholder, .null)
        }
        return (read.map(\.0), .array(read.map(\.1)))
      })
  }

  /// A single value, or an array of such values; a single one reads as an array of one. `count` limits arrays.
  public static func oneOrMany<Element>(_ element: ValueReader<Element>, count: some ValueRange<Int> = Bounds<Int>.any) -> ValueReader
  where Value == [Element] {
    let count = count.bounds
    let list = ValueReader.list(of: element, count: count)
    let wants = "\(element.wants) or \(list.wants)"
    return ValueReader(
      kinds: element.kinds.union([.array]), noun: "value", wants: wants,
      describe: {
        let (shape, placeholder) = list.describe()
        return (.oneOrMany(shape.element, count: count), placeholder)
      },
      read: { found in
        if found.json.kind == .array { return list.read(found) }
        var found = found
        if !element.kinds.contains(found.json.kind) { found.wants = wants }
        let (value, resolved) = element.read(found)
        return ([value], resolved)
      })
  }

  /// An object whose keys are the user's own, in the order written.
  public static func map<Element>(of element: ValueReader<Element>) -> ValueReader where Value == [MapEntry<Element>] {
    let wants = "an object of \(element.noun)s"
    return ValueReader(
      kinds: [.object], noun: "object", wants: wants,
      describe: { (.map(element.describe().shape), []) },
      read: { found in
        guard let members = found.json.members else {
          found.wrongType(wants: wants, kinds: [.object])
          return ([], .null)
        }
        var entries: [MapEntry<Element>] = []
        var resolved: [JSON.Member] = []
        for member in members {
          let (value, json) = element.read(found.part(member.value, path: found.path.appending(key: member.name)))
          entries.append(MapEntry(key: member.name, value: value, place: member.value.place ?? found.place))
          resolved.append(JSON.Member(member.name, json))
        }
        return (entries, JSON(.object(resolved)))
      })
  }

  /// What either of two readers accepts; they must expect different JSON types (a string and an object), as the type decides.
  public static func either<First, Second>(_ first: ValueReader<First>, _ second: ValueReader<Second>) -> ValueReader
  where Value == Either<First, Second> {
    let wants = "\(first.wants) or \(second.wants)"
    return ValueReader(
      kinds: first.kinds.union(second.kinds), noun: "value", wants: wants,
      describe: {
        let (shape, placeholder) = first.describe()
        return (.either(shape, second.describe().shape), .first(placeholder))
      },
      read: { found in
        if second.kinds.contains(found.json.kind) {
          let (value, resolved) = second.read(found)
          return (.second(value), resolved)
        }
        if first.kinds.contains(found.json.kind) {
          var found = found
          found.wants = wants
          let (value, resolved) = first.read(found)
          return (.first(value), resolved)
        }
        found.wrongType(wants: wants, kinds: first.kinds.union(second.kinds))
        return (.first(first.describe().placeholder), .null)
      })
  }

  /// An object that reads itself, key by key.
  public static func object(_ body: @escaping (FieldReader) -> Value) -> ValueReader {
    ValueReader(
      kinds: [.object], noun: "object", wants: "an object",
      describe: {
        let (shape, placeholder) = FieldReader.describe(body)
        return (.object(shape), placeholder)
      },
      read: { found in
        guard found.json.kind == .object else {
          found.wrongType(wants: "an object", kinds: [.object])
          return (FieldReader.describe(body).value, .null)
        }
        let reader = FieldReader(found)
        let value = body(reader)
        return (value, reader.finish())
      })
  }
}
