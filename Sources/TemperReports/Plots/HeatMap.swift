import TemperJSON

/// A matrix of counts as a picture: one color for the diagonal, one for all other cells, the stronger the larger the share of its row.
struct HeatMap {
  /// The names of rows and columns.
  let names: [String]
  /// The counts that are not 0.
  let cells: [(row: Int, column: Int, count: Int)]
  /// The sum of each row, including what has no column here.
  let totals: [Int]

  private static let longest = 16
  /// Up to this many names, counts are written in the cells.
  private static let readable = 14

  /// The picture; `description` is for readers who do not see it.
  func svg(_ description: String) -> Markup {
    let labels = names.map { $0.count > Self.longest ? String($0.prefix(Self.longest - 1)) + "…" : $0 }
    let margin = 10 + Plot.characterWidth * Double(max(2, labels.map(\.count).max() ?? 2))
    let side = min(34, max(11, (400 - margin) / Double(max(1, names.count))))
    let (edge, isReadable) = (side * Double(names.count), names.count <= Self.readable)
    func place(_ index: Int) -> Double { margin + 14 + side * Double(index) }
    var parts: [Markup] = []
    for cell in cells {
      let share = Double(cell.count) / Double(max(1, totals[cell.row]))
      let (x, y, kind) = (Plot.number(place(cell.column)), Plot.number(place(cell.row)), cell.row == cell.column ? "cell hit" : "cell")
      let title = "\(names[cell.row]) predicted as \(names[cell.column]): \(grouped(cell.count)) of \(grouped(totals[cell.row]))"
      // The square root, so that a few rows can be seen.
      parts.append(
        """
        <rect class="\(kind)" x="\(x)" y="\(y)" width="\(Plot.number(side - 1))" height="\(Plot.number(side - 1))" \
        fill-opacity="\(fixed(0.06 + 0.8 * share.squareRoot(), 2))"><title>\(title)</title></rect>
        """)
      guard isReadable, side >= Plot.characterWidth * Double("\(cell.count)".count) else { continue }
      let (cx, cy) = (Plot.number(place(cell.column) + side / 2), Plot.number(place(cell.row) + side / 2))
      let kind2 = share > 0.45 ? "on" : "inside"
      parts.append("<text class=\"\(kind2)\" x=\"\(cx)\" y=\"\(cy)\" dy=\"0.34em\" text-anchor=\"middle\">\(cell.count)</text>")
    }
    for (index, label) in labels.enumerated() {
      let middle = Plot.number(place(index) + side / 2)
      parts.append("<text x=\"\(Plot.number(margin + 8))\" y=\"\(middle)\" dy=\"0.34em\" text-anchor=\"end\">\(label)</text>")
      parts.append(
        """
        <text transform="translate(\(middle) \(Plot.number(margin + 8))) rotate(-90)" dy="0.34em">\(label)</text>
        """)
    }
    let size = Plot.number(margin + 14 + edge + 2)
    let frame = Plot.number(margin + 13.5)
    return """
      <svg viewBox="0 0 \(size) \(size)" style="max-width:\(size)px" role="img" aria-label="\(description)">
      <text class="label" x="2" y="12">true ↓ predicted →</text>
      <rect class="axis" fill="none" x="\(frame)" y="\(frame)" width="\(Plot.number(edge))" height="\(Plot.number(edge))"/>
      \(parts)</svg>
      """
  }
}
