import Glibc

/// A number with `digits` decimal places, such as `0.975`; as `1.085e+27` if it is very large, `n/a` if missing or not finite.
public func fixed(_ value: Double?, _ digits: Int) -> String {
  guard let value, value.isFinite else { return "n/a" }
  guard abs(value) < 1e15 else { return scientific(value) }
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let scaled = (abs(value) * Double(scale)).rounded()
  guard scaled < 9e18 else { return String(value) }
  let whole = Int(scaled)
  let sign = value < 0 && whole > 0 ? "-" : ""
  if digits == 0 { return sign + String(whole) }
  let fraction = String(whole % scale)
  return sign + String(whole / scale) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// Scientific notation with four digits.
private func scientific(_ value: Double) -> String {
  var (digits, exponent) = (abs(value), 0)
  while digits >= 9.9995 { (digits, exponent) = (digits / 10, exponent + 1) }
  return (value < 0 ? "-" : "") + fixed(digits, 3) + "e+\(exponent)"
}

/// An integer with thousands separators, such as `17,226`.
public func grouped(_ value: Int) -> String {
  var text = ""
  for (index, digit) in String(value.magnitude).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return (value < 0 ? "-" : "") + String(text.reversed())
}

/// A number with four significant digits: `0.001234`, `1.234e-05`.
public func shortNumber(_ value: Double) -> String {
  if value == 0 { return "0" }
  if !value.isFinite { return "\(value)" }
  let exponent = Int(log10(abs(value)).rounded(.down))
  if (-4...5).contains(exponent) {
    let text = fixed(value, max(0, 3 - exponent))
    return text.contains(".") ? String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()) : text
  }
  return shortNumber(value / pow(10, Double(exponent))) + "e\(exponent < 0 ? "-" : "+")\(abs(exponent) < 10 ? "0" : "")\(abs(exponent))"
}
