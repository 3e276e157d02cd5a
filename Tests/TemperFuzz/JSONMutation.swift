import TemperJSON

/// Changes one value of a JSON text: it becomes another one, is left out, or is there twice.
enum JSONMutation {
  /// Stands in the changed value for a text that no JSON value has.
  private static let mark = "\u{1}mark"

  static func apply(to bytes: [UInt8], _ random: inout FuzzRandom) -> [UInt8] {
    guard var json = try? JSON.parse(bytes, path: "") else { return FuzzMutation.number(in: bytes, &random) }
    var number = random.below(count(json))
    change(&json, &number, &random)
    let word = random.pick(FuzzWords.values)
    return Array(json.serialized().replacing("\"\\u0001mark\"", with: word).utf8)
  }

  private static func children(_ json: JSON) -> [JSON] { json.array ?? json.members?.map(\.value) ?? [] }

  private static func count(_ json: JSON) -> Int { children(json).reduce(1) { $0 + count($1) } }

  /// Changes the value with `number` in the order of the text, which becomes negative.
  private static func change(_ json: inout JSON, _ number: inout Int, _ random: inout FuzzRandom) {
    if number == 0 { json = changed(json, &random) }
    number -= 1
    switch json.content {
    case .array(var items):
      for index in items.indices where number >= 0 { change(&items[index], &number, &random) }
      json.content = .array(items)
    case .object(var members):
      for index in members.indices where number >= 0 { change(&members[index].value, &number, &random) }
      json.content = .object(members)
    default: break
    }
  }

  private static func changed(_ json: JSON, _ random: inout FuzzRandom) -> JSON {
    switch json.content {
    case .array(var items) where !items.isEmpty && random.below(3) > 0:
      let index = random.below(items.count)
      if random.below(2) == 0 { items.remove(at: index) } else { items.append(items[index]) }
      return JSON(.array(items))
    case .object(var members) where !members.isEmpty && random.below(3) > 0:
      let index = random.below(members.count)
      switch random.below(3) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      default: members[index].name = random.pick(["", "a", members[random.below(members.count)].name, members[index].name + "_"])
      }
      return JSON(.object(members))
    case .integer(let value) where random.below(3) == 0:
      return .integer(random.pick([value &+ 1, value &- 1, 0 &- value, value &* 2, value / 2, 0]))
    default: return .string(mark)
    }
  }
}
