import Testing

@testable import TemperReports

@Suite struct MarkupTests {
  @Test func textsAreEscapedAndMarkupIsNot() {
    let hostile = "<script>alert('x')</script> & \"y\" \u{0}\u{7}\n"
    let cell: Markup = "<td title=\"\(hostile)\">\(hostile)</td>"
    let text = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot; \u{FFFD}\u{FFFD}\n"
    #expect(cell.html == "<td title=\"\(text)\">\(text)</td>")
    let row: Markup = "<tr>\(cell)\([cell, "<td>\(12)</td>"])</tr>"
    #expect(row.html == "<tr>\(cell.html)\(cell.html)\n<td>12</td></tr>")
    #expect(!Page("<b>").html.contains("<b>") && Page("<b>").html.contains("&lt;b&gt;"))
  }
}
