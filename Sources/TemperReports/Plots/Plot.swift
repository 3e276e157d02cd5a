import TemperJSON

/// An SVG picture with two axes.
public struct Plot {
  private static let (width, height) = (400.0, 240.0)
  private static let (right, bottom) = (14.0, 39.0)
  /// The width of a character of a mark, at most.
  static let characterWidth = 6.4

  private let x, y: Axis
  private let left, top: Double
  /// What lies behind lines and points, and above the grid.
  private var ground: [Markup] = []
  private var shapes: [Markup] = []

  /// An empty plot.
  public init(x: Axis, y: Axis) {
    (self.x, self.y) = (x, y)
    left = 12 + Self.characterWidth * Double(y.marks.map(\.text.count).max() ?? 1)
    top = y.label.isEmpty ? 10 : 24
  }

  private func point(_ px: Double, _ py: Double) -> (x: Markup, y: Markup) {
    (
      Self.number(left + px * (Self.width - left - Self.right)),
      Self.number(Self.height - Self.bottom - py * (Self.height - top - Self.bottom))
    )
  }

  private func places(_ points: [(Double, Double)]) -> [(x: Markup, y: Markup)] {
    points.compactMap { valueX, valueY in
      guard let px = x.place(valueX), let py = y.place(valueY) else { return nil }
      return point(px, py)
    }
  }

  /// Adds a point, with a text that the reader sees when pointing at it; `shade` is 0 for the best and 1 for the worst.
  public mutating func add(
    _ valueX: Double, _ valueY: Double, class kind: String, shade: Double? = nil, title: String, radius: Double = 3.5
  ) {
    guard let (cx, cy) = places([(valueX, valueY)]).first else { return }
    let fill: Markup = shade.map { " fill=\"\(Palette.color($0))\"" } ?? ""
    shapes.append(
      "<circle class=\"\(kind)\" cx=\"\(cx)\" cy=\"\(cy)\" r=\"\(Self.number(radius))\"\(fill)><title>\(title)</title></circle>")
  }

  /// Adds a line through points, which are marked where they are few: a single one would not be seen.
  public mutating func addLine(_ points: [(Double, Double)], class kind: String, dots: String? = nil) {
    let places = places(points)
    let path: [Markup] = places.map { "\($0.x),\($0.y)" }
    if places.count > 1 { shapes.append("<polyline class=\"\(kind)\" points=\"\(path.joined(by: " "))\"/>") }
    if let dots, places.count <= 30 {
      shapes += places.map { "<circle class=\"\(dots)\" cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"2\"/>" }
    }
  }

  /// Adds a rectangle behind everything else, of the whole height by default.
  public mutating func addBlock(_ xs: ClosedRange<Double>, _ ys: ClosedRange<Double>? = nil, class kind: String, title: String) {
    guard let from = x.place(xs.lowerBound), let to = x.place(xs.upperBound) else { return }
    let (low, high) = ys.map { (y.place($0.lowerBound) ?? 0, y.place($0.upperBound) ?? 0) } ?? (0, 1)
    let (px, py) = point(from, high)
    let (width, height) = ((to - from) * (Self.width - left - Self.right), (high - low) * (Self.height - top - Self.bottom))
    ground.append(
      """
      <rect class="\(kind)" x="\(px)" y="\(py)" width="\(Self.number(width))" height="\(Self.number(height))"><title>\(title)</title></rect>
      """)
  }

  /// Adds a vertical line at `value`.
  public mutating func addMark(_ value: Double) {
    guard let place = x.place(value) else { return }
    let (low, high) = (point(place, 0), point(place, 1))
    ground.append("<line class=\"mark\" x1=\"\(low.x)\" y1=\"\(low.y)\" x2=\"\(high.x)\" y2=\"\(high.y)\"/>")
  }

  /// The picture; `description` is for readers who do not see it.
  public func svg(_ description: String) -> Markup {
    var parts: [Markup] = []
    for mark in x.marks {
      let (low, high) = (point(mark.at, 0), point(mark.at, 1))
      parts.append("<line class=\"grid\" x1=\"\(low.x)\" y1=\"\(low.y)\" x2=\"\(low.x)\" y2=\"\(high.y)\"/>")
    }
    for mark in y.marks {
      let (low, high) = (point(0, mark.at), point(1, mark.at))
      parts.append("<line class=\"grid\" x1=\"\(low.x)\" y1=\"\(low.y)\" x2=\"\(high.x)\" y2=\"\(low.y)\"/>")
      parts.append("<text x=\"\(Self.number(left - 6))\" y=\"\(low.y)\" dy=\"0.32em\" text-anchor=\"end\">\(mark.text)</text>")
    }
    for (text, at) in Self.apart(x.marks, width: Self.width - left - Self.right) {
      parts.append(
        "<text x=\"\(point(at, 0).x)\" y=\"\(Self.number(Self.height - Self.bottom + 18))\" text-anchor=\"middle\">\(text)</text>")
    }
    let middle = (left + Self.width - Self.right) / 2
    parts.append(
      "<text class=\"label\" x=\"\(Self.number(middle))\" y=\"\(Self.number(Self.height - 5))\" text-anchor=\"middle\">\(x.label)</text>")
    if !y.label.isEmpty { parts.append("<text class=\"label\" x=\"0\" y=\"11\">\(y.label)</text>") }
    return """
      <svg viewBox="0 0 \(Self.number(Self.width)) \(Self.number(Self.height))" role="img" aria-label="\(description)">\(parts)
      \(ground)
      \(shapes)</svg>
      """
  }

  /// The marks of a horizontal axis of `width` whose texts do not touch one another.
  private static func apart(_ marks: [(text: String, at: Double)], width: Double) -> [(text: String, at: Double)] {
    var (shown, end) = ([(text: String, at: Double)](), -Double.infinity)
    for mark in marks {
      let half = characterWidth * Double(mark.text.count) / 2
      guard mark.at * width - half > end + 6 else { continue }
      shown.append(mark)
      end = mark.at * width + half
    }
    return shown
  }

  /// A length, to a tenth of a pixel.
  static func number(_ value: Double) -> Markup { Markup(text: fixed(value, 1)) }
}
