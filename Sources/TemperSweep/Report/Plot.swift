import Glibc
import TemperJSON
import TemperTrain

/// An axis of a plot: which number lies where, from 0 to 1, and the marks on it.
struct Axis {
  let label: String
  /// The marks, with their places.
  let marks: [(text: String, at: Double)]
  private let low, high: Double
  private let isLog: Bool

  /// A numeric axis that has room for `values`.
  init(_ label: String, _ values: [Double], isLog: Bool = false) {
    let finite = values.filter { $0.isFinite && (!isLog || $0 > 0) }
    (self.label, self.isLog) = (label, isLog)
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    let (a, b) = isLog ? (log10(least), log10(most)) : (least, most)
    let margin = b > a ? 0.04 * (b - a) : isLog ? 0.5 : max(abs(a), 1) * 0.05
    (low, high) = (a - margin, b + margin)
    let (from, span) = (low, high - low)
    marks = Self.rounds(low, high, isLog: isLog).map { (shortNumber(isLog ? pow(10, $0) : $0), ($0 - from) / span) }
  }

  /// Round values from `low` to `high`, some three to eight: multiples of 1, 2 or 5 times a power of ten; of a logarithm, which they are too, whole
  /// ones, and those of 2 and 5 where there are few.
  private static func rounds(_ low: Double, _ high: Double, isLog: Bool) -> [Double] {
    if isLog, high - low > 1 {
      let whole = (Int(low.rounded(.up))...max(Int(low.rounded(.up)), Int(high.rounded(.down)))).map(Double.init)
      if whole.count > 3 { return whole }
      let all = (Int(low.rounded(.down))...Int(high.rounded(.up))).flatMap { power in [1, 2, 5].map { Double(power) + log10($0) } }
      return all.filter { $0 >= low && $0 <= high }
    }
    let power = pow(10, log10((high - low) / 4).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { (high - low) / $0 <= 6 } ?? 10 * power
    return stride(from: (low / step).rounded(.up), through: (high / step).rounded(.down), by: 1).map { $0 * step }
  }

  /// An axis of choices, by index.
  init(_ label: String, choices: [String]) {
    (self.label, isLog, low, high) = (label, false, -0.5, Double(choices.count) - 0.5)
    let count = Double(choices.count)
    marks = choices.enumerated().map { ($1, (Double($0) + 0.5) / count) }
  }

  /// The place of `value`, from 0 to 1; nil if it has none.
  func place(_ value: Double) -> Double? {
    let value = isLog ? log10(value) : value
    return value.isFinite ? min(max((value - low) / (high - low), 0), 1) : nil
  }
}

/// Shapes of an SVG picture with two axes.
struct Plot {
  static let (width, height) = (460.0, 280.0)
  private static let (left, right, top, bottom) = (64.0, 14.0, 12.0, 44.0)

  private let x, y: Axis
  private var shapes: [String] = []

  init(x: Axis, y: Axis) { (self.x, self.y) = (x, y) }

  private func point(_ px: Double, _ py: Double) -> (String, String) {
    (
      Self.number(Self.left + px * (Self.width - Self.left - Self.right)),
      Self.number(Self.height - Self.bottom - py * (Self.height - Self.top - Self.bottom))
    )
  }

  /// Adds a point, with a text that the reader sees when pointing at it.
  mutating func add(_ valueX: Double, _ valueY: Double, class kind: String, shade: Double? = nil, title: String) {
    guard let px = x.place(valueX), let py = y.place(valueY) else { return }
    let (cx, cy) = point(px, py)
    let fill = shade.map { " fill=\"\(Palette.color($0))\"" } ?? ""
    shapes.append("<circle class=\"\(kind)\" cx=\"\(cx)\" cy=\"\(cy)\" r=\"3.5\"\(fill)><title>\(escapedHTML(title))</title></circle>")
  }

  /// Adds a line through points.
  mutating func addLine(_ points: [(Double, Double)], class kind: String) {
    let places = points.compactMap { valueX, valueY -> String? in
      guard let px = x.place(valueX), let py = y.place(valueY) else { return nil }
      let (cx, cy) = point(px, py)
      return "\(cx),\(cy)"
    }
    if places.count > 1 { shapes.append("<polyline class=\"\(kind)\" points=\"\(places.joined(separator: " "))\"/>") }
  }

  /// The picture.
  var svg: String {
    var parts: [String] = []
    for mark in x.marks {
      let (px, py) = point(mark.at, 0)
      parts.append("<line class=\"grid\" x1=\"\(px)\" y1=\"\(py)\" x2=\"\(px)\" y2=\"\(point(mark.at, 1).1)\"/>")
      parts.append("<text x=\"\(px)\" y=\"\(Self.number(Self.height - 26))\" text-anchor=\"middle\">\(escapedHTML(mark.text))</text>")
    }
    for mark in y.marks {
      let (px, py) = point(0, mark.at)
      parts.append("<line class=\"grid\" x1=\"\(px)\" y1=\"\(py)\" x2=\"\(point(1, mark.at).0)\" y2=\"\(py)\"/>")
      parts.append(
        "<text x=\"\(Self.number(Self.left - 6))\" y=\"\(py)\" dy=\"0.32em\" text-anchor=\"end\">\(escapedHTML(mark.text))</text>")
    }
    parts.append(
      "<text class=\"label\" x=\"\(Self.number((Self.left + Self.width) / 2))\" y=\"\(Self.number(Self.height - 6))\" text-anchor=\"middle\">"
        + "\(escapedHTML(x.label))</text>")
    parts.append(
      "<text class=\"label\" transform=\"translate(12 \(Self.number(Self.height / 2 - 16))) rotate(-90)\" text-anchor=\"middle\">\(escapedHTML(y.label))</text>"
    )
    return
      "<svg viewBox=\"0 0 \(Self.number(Self.width)) \(Self.number(Self.height))\" role=\"img\">\((parts + shapes).joined(separator: "\n"))</svg>"
  }

  static func number(_ value: Double) -> String { fixed(value, 1) }
}

/// Colors from good (0) to bad (1) that people without color vision tell apart as well: of viridis, from dark to light.
enum Palette {
  private static let stops: [(Double, Double, Double)] = [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)]

  static func color(_ share: Double) -> String {
    let position = min(max(share, 0), 1) * Double(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    let part = position - Double(index)
    func mixed(_ component: (((Double, Double, Double)) -> Double)) -> Int {
      Int((component(stops[index]) * (1 - part) + component(stops[index + 1]) * part).rounded())
    }
    return "rgb(\(mixed(\.0)),\(mixed(\.1)),\(mixed(\.2)))"
  }
}

/// `text` as content or attribute of HTML.
func escapedHTML(_ text: String) -> String {
  let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]
  return text.map { names[$0] ?? String($0) }.joined()
}
