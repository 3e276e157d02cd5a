import TemperCore

/// An integer calculation with its result: `12+34=46`, `7-30=-23`, `6*14=84`, `5+3*9=32`, `80-13+4=71`.
///
/// Numbers have one to three digits, uniformly by length, so that carries and borrows are frequent and short sums are not rare; factors
/// have at most two. Products take precedence in longer sums.
enum ArithmeticLine {
  static func random(_ random: inout RandomSequence) -> String {
    switch random.below(20) {
    case 0..<6:
      let (a, b) = (number(&random, 3), number(&random, 3))
      return "\(a)+\(b)=\(a + b)"
    case 6..<11:
      let (a, b) = (number(&random, 3), number(&random, 3))
      return "\(a)-\(b)=\(a - b)"
    case 11..<15:
      let (a, b) = (number(&random, 2), number(&random, 2))
      return "\(a)*\(b)=\(a * b)"
    case 15..<18:
      let (a, b, c) = (number(&random, 2), number(&random, 2), number(&random, 2))
      let (plus, more) = (random.below(2) == 0, random.below(2) == 0)
      let value = a + (plus ? b : -b) + (more ? c : -c)
      return "\(a)\(plus ? "+" : "-")\(b)\(more ? "+" : "-")\(c)=\(value)"
    default:
      let (a, b, c) = (number(&random, 2), number(&random, 1), number(&random, 1))
      let plus = random.below(2) == 0
      return "\(a)\(plus ? "+" : "-")\(b)*\(c)=\(a + (plus ? b * c : -b * c))"
    }
  }

  /// A number of up to `digits` digits, uniformly by length, without leading zeros.
  private static func number(_ random: inout RandomSequence, _ digits: Int) -> Int {
    switch 1 + random.below(digits) {
    case 1: random.below(10)
    case 2: 10 + random.below(90)
    default: 100 + random.below(900)
    }
  }
}
