/// Hyperband (Li et al. 2018) over asynchronous successive halving, as Optuna 5.0 does it: trials are divided among brackets, whose first rungs lie
/// at different steps, by a hash of their numbers; a trial is compared with those of its bracket.
public struct HyperbandPruner: Pruner {
  private let name: String
  /// Successive halving from ever later steps on.
  let brackets: [SuccessiveHalvingPruner]
  private let budgets: [Int]

  /// A pruner by the reports of an objective of this direction.
  ///
  /// - Parameters:
  ///   - direction: Of the first objective.
  ///   - name: The study's name, part of the hash.
  ///   - minResource: The first step at which a trial may end, at least 1.
  ///   - maxResource: The number of steps of a trial that is not pruned, at least `minResource`.
  ///   - reductionFactor: At least 2.
  public init(_ direction: Direction, name: String, minResource: Int = 1, maxResource: Int, reductionFactor: Int = 3) {
    precondition(maxResource >= minResource && minResource >= 1 && reductionFactor >= 2, "a trial reaches the first rung")
    self.name = name
    var (count, step) = (1, minResource)
    // Whole numbers, where a quotient of logarithms would take 243 for a little less than the fifth power of 3.
    while step <= maxResource / reductionFactor { (count, step) = (count + 1, step * reductionFactor) }
    brackets = (0..<count).map {
      SuccessiveHalvingPruner(direction, minResource: minResource, reductionFactor: reductionFactor, minEarlyStoppingRate: $0)
    }
    budgets = (0..<count).map { bracket in
      let rungs = count - bracket
      let trials = count * (1..<rungs).reduce(1) { power, _ in power * reductionFactor }
      return (trials + rungs - 1) / rungs
    }
  }

  /// The bracket of trial `number`, from 0: the first one prunes earliest and has the most trials.
  public func bracket(of number: Int) -> Int {
    var place = Int(Self.crc32(Array("\(name)_\(number)".utf8))) % budgets.reduce(0, +)
    for (bracket, budget) in budgets.enumerated() {
      if place < budget { return bracket }
      place -= budget
    }
    return 0
  }

  /// Whether the trial is not among the best of its bracket.
  public func isHopeless(_ trial: Trial, among others: [Trial]) -> Bool {
    let bracket = bracket(of: trial.number)
    return brackets[bracket].isHopeless(trial, among: others.filter { self.bracket(of: $0.number) == bracket })
  }

  /// The CRC-32 of IEEE 802.3, which `zlib` and Python's `binascii` compute.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
  }
}
