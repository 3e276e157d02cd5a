import TemperJSON
import TemperTables

extension RowSurvey {
  /// The diagram of confidence and accuracy, or of truth and prediction.
  func diagram(_ split: String) -> Markup? { kind == .value ? scatter(split) : reliability(split) }

  private func reliability(_ split: String) -> Markup? {
    if rows == 0 { return nil }
    let isLabels = kind == .labels
    var plot = Plot(
      x: Axis(isLabels ? "probability of a label" : "confidence", [0, 1], tight: true),
      y: Axis(isLabels ? "share of rows that have it" : "accuracy", [0, 1], tight: true))
    plot.addLine([(0, 0), (1, 1)], class: "ideal")
    for (index, bin) in bins.enumerated() where bin.rows > 0 {
      let (from, to) = (Double(index) / Double(Self.binCount), Double(index + 1) / Double(Self.binCount))
      let (accuracy, confidence) = (Double(bin.hits) / Double(bin.rows), bin.confidence / Double(bin.rows))
      let title = "\(grouped(bin.rows)): \(fixed(accuracy, 3)) at a mean of \(fixed(confidence, 3))"
      plot.addBlock(from + 0.004...to - 0.004, 0...accuracy, class: "block", title: title)
      // The area is as the number of rows.
      let share = Double(bin.rows) / Double(bins.reduce(0) { $0 + $1.rows })
      plot.add(confidence, accuracy, class: "dot l1", title: title, radius: 2 + 7 * share.squareRoot())
    }
    let what = isLabels ? "labels" : "rows"
    let note = "Bars above the line are too cautious, below it too sure; the larger a circle, the more \(what)."
    return Figure(title: "Reliability, \(split) rows", note: note).around(plot.svg("reliability diagram"))
  }

  private func scatter(_ split: String) -> Markup? {
    if pairs.isEmpty { return nil }
    let all = pairs.flatMap { [$0.truth, $0.prediction] }
    var plot = Plot(x: Axis("true", all), y: Axis("predicted", all))
    if let low = all.min(), let high = all.max() { plot.addLine([(low, low), (high, high)], class: "ideal") }
    for pair in pairs {
      plot.add(
        pair.truth, pair.prediction, class: "pair", title: "\(shortNumber(pair.truth)): \(shortNumber(pair.prediction))", radius: 2.5)
    }
    let note = pairs.count < rows ? "\(grouped(pairs.count)) of \(grouped(rows)) rows." : "\(grouped(rows)) rows."
    return Figure(title: "Predicted and true, \(split) rows", note: note).around(plot.svg("predicted against true values"))
  }

  /// Images of the split with what was predicted; nil for rows that are none.
  func gallery(_ split: String) -> Markup? {
    if samples.isEmpty { return nil }
    let cards: [Markup] = samples.map { Self.card($0) }
    return "<p>\(grouped(samples.count)) of \(grouped(rows)) \(split) rows, evenly spaced.</p><div class=\"cards\">\(cards)</div>"
  }

  private static func card(_ row: RowExample) -> Markup {
    let isRight = row.truth == row.prediction
    let says: Markup = isRight ? "\(row.truth)" : "\(row.prediction)<br>is \(row.truth)"
    return
      "<figure class=\"\(isRight ? "card" : "card wrong")\" title=\"\(row.place)\"><img alt=\"\(row.place)\" src=\"data:image/png;base64,\(base64(row.picture ?? []))\"><figcaption>\(says) <span class=\"soft\">\(row.measure)</span></figcaption></figure>"
  }

  /// `bytes` in the alphabet of RFC 4648.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let own = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(0) { $0 << 8 | (start + $1 < bytes.count ? Int(bytes[start + $1]) : 0) }
      for place in 0..<4 { text.append(place <= own.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "=")) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The rows that are predicted worst.
  func table(_ split: String) -> Markup {
    if worst.rows.isEmpty { return "<p>All \(grouped(rows)) \(split) rows are predicted correctly.</p>" }
    let measure = kind == .value ? "error" : "confidence"
    let values: HTMLTable.Column = kind == .value ? .number : .text
    var table = HTMLTable([("row", .text), ("true", values), ("predicted", values), (measure, .number)])
    if worst.rows.contains(where: { $0.picture != nil }) {
      let pictures: [Markup] = worst.rows.map { Self.card($0) }
      return
        "<p>\(worst.wrong.map(grouped) ?? "") of \(grouped(rows)) \(split) rows are predicted wrongly; the most confident mistakes first.</p><div class=\"cards\">\(pictures)</div>"
    }
    for row in worst.rows { table.add([row.place, row.truth, row.prediction, row.measure], below: row.content) }
    let intro =
      worst.wrong.map { "\(grouped($0)) of \(grouped(rows)) \(split) rows are predicted wrongly; the most confident mistakes first." }
      ?? "The largest errors on \(grouped(rows)) \(split) rows."
    return "<p>\(intro)</p>\(table.markup(leftOut: (worst.wrong ?? rows) - worst.rows.count, of: "rows"))"
  }
}
