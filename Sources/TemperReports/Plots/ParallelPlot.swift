/// A picture with an axis for each parameter and one for the value, on which each trial is a line.
public struct ParallelPlot {
  private let axes: [Axis]
  private var lines: [(places: [Double?], shade: Double, title: String)] = []

  /// An empty plot.
  public init(_ axes: [Axis]) { self.axes = axes }

  /// Adds a trial with a value for each axis, nil where it has none; `shade` is 0 for the best and 1 for the worst.
  public mutating func add(_ values: [Double?], shade: Double, title: String) {
    lines.append((zip(axes, values).map { axis, value in value.flatMap { axis.place($0) } }, shade, title))
  }

  /// The picture; `description` is for readers who do not see it.
  public func svg(_ description: String) -> Markup {
    let (step, top, height) = (130.0, 30.0, 230.0)
    func x(_ index: Int) -> Markup { Plot.number(70 + step * Double(index)) }
    func y(_ place: Double) -> Markup { Plot.number(top + (1 - place) * height) }
    var parts: [Markup] = []
    // The best come last, on top.
    for line in lines.sorted(by: { $0.shade > $1.shade }) {
      let points: [Markup] = line.places.enumerated().compactMap { index, place in place.map { "\(x(index)),\(y($0))" } }
      parts.append(
        """
        <polyline class="trial" stroke="\(Palette.color(line.shade))" points="\(points.joined(by: " "))"><title>\(line.title)</title></polyline>
        """)
    }
    for (index, axis) in axes.enumerated() {
      parts.append("<line class=\"axis\" x1=\"\(x(index))\" y1=\"\(y(0))\" x2=\"\(x(index))\" y2=\"\(y(1))\"/>")
      parts.append("<text class=\"label\" x=\"\(x(index))\" y=\"\(index % 2 == 0 ? 12 : 24)\" text-anchor=\"middle\">\(axis.label)</text>")
      for mark in axis.marks {
        parts.append("<text x=\"\(x(index))\" dx=\"-4\" y=\"\(y(mark.at))\" dy=\"0.32em\" text-anchor=\"end\">\(mark.text)</text>")
      }
    }
    let width = 70 + step * Double(axes.count - 1) + 80
    return """
      <svg viewBox="0 0 \(Plot.number(width)) \(Plot.number(top + height + 12))" style="max-width:\(Plot.number(1.4 * width))px" role="img" aria-label="\(description)">\(parts)</svg>
      """
  }
}
