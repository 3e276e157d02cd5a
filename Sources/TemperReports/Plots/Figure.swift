/// A picture with a caption: what it shows, which line is which, and a remark.
struct Figure {
  /// A line in a legend.
  struct Key {
    let name: String
    /// The number of its color.
    let color: Int
    let isDashed: Bool

    init(_ name: String, color: Int, isDashed: Bool = false) { (self.name, self.color, self.isDashed) = (name, color, isDashed) }
  }

  /// The colors there are.
  static let colors = 8

  let title: String
  var keys: [Key] = []
  var note = ""
  /// Whether it is wider than a phone, and scrolls there.
  var isWide = false

  /// The figure around `picture`.
  func around(_ picture: Markup) -> Markup {
    let legend: [Markup] = keys.map { "<span class=\"key\"><i class=\"b\($0.color)\($0.isDashed ? " dash" : "")\"></i>\($0.name)</span>" }
    return """
      <figure\(isWide ? " class=\"wide\"" as Markup : "")><figcaption><b>\(title)</b>\(legend.joined(by: " "))\(note.isEmpty ? "" : " ")\(note)</figcaption>
      \(picture)</figure>
      """
  }
}
