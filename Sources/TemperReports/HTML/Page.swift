/// A page with all it needs in itself: no script, no picture, no font and no address from elsewhere.
public struct Page {
  /// The title, of the window and as the first heading.
  public let title: String
  /// What comes below the heading, in order.
  public private(set) var parts: [Markup] = []

  /// An empty page.
  public init(_ title: String) { self.title = title }

  /// Adds `part` at the end.
  public mutating func add(_ part: Markup) { parts.append(part) }

  /// Adds a section with a heading; nothing if there is no content.
  public mutating func add(section heading: String, _ content: Markup?) {
    if let content { parts.append("<section><h2>\(heading)</h2>\n\(content)</section>") }
  }

  /// The document.
  public var html: String {
    let page: Markup = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="color-scheme" content="light dark"><title>\(title)</title>
      <style>\(Style.css)</style></head><body>
      <h1>\(title)</h1>
      \(parts)
      </body></html>

      """
    return page.html
  }
}
