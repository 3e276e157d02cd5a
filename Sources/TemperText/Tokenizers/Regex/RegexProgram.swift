/// A regular expression compiled to the instructions of a backtracking machine.
struct RegexProgram: Sendable {
  private enum Instruction: Sendable {
    /// One character of a set.
    case set(ScalarSet)
    /// Characters of a set, as many as possible up to `most`; fewer, but at least `least`, where the rest does not match otherwise.
    case run(ScalarSet, least: Int, most: Int, isPossessive: Bool)
    /// Continues at `first`, and at `second` if that fails.
    case split(first: Int, second: Int)
    case jump(Int)
    /// Continues at `next` if what follows this instruction, up to a `done`, matches here, or if it does not.
    case look(isNegated: Bool, next: Int)
    /// Continues at `next` after the first match of what follows this instruction, up to a `done`.
    case atomic(next: Int)
    case done
  }

  private var instructions: [Instruction] = []
  private static let sizeLimit = 20_000
  /// The number of steps after which a match is abandoned: patterns that need as many backtrack exponentially.
  private static let stepLimit = 1_000_000

  init(_ node: RegexNode) throws(RegexProblem) {
    try add(node)
    instructions.append(.done)
  }

  private mutating func add(_ node: RegexNode) throws(RegexProblem) {
    guard instructions.count < Self.sizeLimit else { throw RegexProblem(message: "is too large") }
    switch node {
    case .set(let set): instructions.append(.set(set))
    case .sequence(let parts): for part in parts { try add(part) }
    case .choice(let parts):
      var ends: [Int] = []
      for (number, part) in parts.enumerated() {
        guard number + 1 < parts.count else {
          try add(part)
          break
        }
        let start = instructions.count
        instructions.append(.done)
        try add(part)
        ends.append(instructions.count)
        instructions.append(.done)
        instructions[start] = .split(first: start + 1, second: instructions.count)
      }
      for end in ends { instructions[end] = .jump(instructions.count) }
    case .repeated(.set(let set), let repetition) where repetition.kind != .lazy:
      instructions.append(
        .run(set, least: repetition.least, most: repetition.most ?? .max, isPossessive: repetition.kind == .possessive))
    case .repeated(let part, let repetition):
      if repetition.kind == .possessive {
        return try add(.atomic(.repeated(part, .init(least: repetition.least, most: repetition.most))))
      }
      for _ in 0..<repetition.least { try add(part) }
      try addOptional(part, times: repetition.most.map { $0 - repetition.least }, isLazy: repetition.kind == .lazy)
    case .lookahead(let part, let isNegated):
      try addPart(part) { .look(isNegated: isNegated, next: $0) }
    case .atomic(let part):
      try addPart(part) { .atomic(next: $0) }
    }
  }

  /// A part matched separately, up to a `done`.
  private mutating func addPart(_ part: RegexNode, _ instruction: (_ next: Int) -> Instruction) throws(RegexProblem) {
    let start = instructions.count
    instructions.append(.done)
    try add(part)
    instructions.append(.done)
    instructions[start] = instruction(instructions.count)
  }

  /// `part` as often as it matches, at most `times`.
  private mutating func addOptional(_ part: RegexNode, times: Int?, isLazy: Bool) throws(RegexProblem) {
    func split(at start: Int, end: Int) -> Instruction {
      isLazy ? .split(first: end, second: start + 1) : .split(first: start + 1, second: end)
    }
    var starts: [Int] = []
    for _ in 0..<(times ?? 1) {
      starts.append(instructions.count)
      instructions.append(.done)
      try add(part)
    }
    if times == nil { instructions.append(.jump(starts[0])) }
    for start in starts { instructions[start] = split(at: start, end: instructions.count) }
  }

  /// The end of the match that begins at `place`; nil where there is none.
  func end(of text: UnsafeBufferPointer<UInt8>, from place: Int) -> Int? {
    var steps = 0
    return instructions.withUnsafeBufferPointer { Self.end($0, 0, text, place, &steps) }
  }

  /// A backtracking point: an instruction, and a position in the text. A run may be shortened, character by character, down to `least`.
  private struct Retreat {
    var instruction: Int
    var place: Int
    var least: Int
  }

  private static func end(
    _ program: UnsafeBufferPointer<Instruction>, _ start: Int, _ text: UnsafeBufferPointer<UInt8>, _ from: Int, _ steps: inout Int
  ) -> Int? {
    var retreats: [Retreat] = []
    var (instruction, place) = (start, from)
    while true {
      var isMatch = true
      steps += 1
      if steps > stepLimit { return nil }
      switch program[instruction] {
      case .set(let set):
        isMatch = false
        if place < text.count {
          let (value, next) = UTF8Scan.scalar(text, at: place)
          if set.contains(value) { (isMatch, place) = (true, next) }
        }
        instruction += 1
      case .run(let set, let least, let most, let isPossessive):
        var (count, shortest) = (0, place)
        while count < most, place < text.count {
          let (value, next) = UTF8Scan.scalar(text, at: place)
          guard set.contains(value) else { break }
          (count, place) = (count + 1, next)
          if count == least { shortest = place }
        }
        isMatch = count >= least
        instruction += 1
        if isMatch, !isPossessive, place > shortest {
          retreats.append(Retreat(instruction: instruction, place: place, least: shortest))
        }
      case .split(let first, let second):
        retreats.append(Retreat(instruction: second, place: place, least: place))
        instruction = first
      case .jump(let next): instruction = next
      case .look(let isNegated, let next):
        isMatch = (end(program, instruction + 1, text, place, &steps) == nil) == isNegated
        instruction = next
      case .atomic(let next):
        let end = end(program, instruction + 1, text, place, &steps)
        (isMatch, place) = (end != nil, end ?? place)
        instruction = next
      case .done: return place
      }
      if isMatch { continue }
      guard let retreat = retreats.popLast() else { return nil }
      instruction = retreat.instruction
      place = retreat.place
      if retreat.least < retreat.place {
        // The run gives up its last character, and may do so again.
        place = UTF8Scan.start(ofCharacterBefore: place, in: text, notBefore: retreat.least)
        if place > retreat.least { retreats.append(Retreat(instruction: instruction, place: place, least: retreat.least)) }
      }
    }
  }
}
