import TemperRunSupport
import Testing

/// `temper report`, and what a browser makes of its page.
@Suite struct ReportTests {
  private let shop = Workshop()

  private func train(_ name: String, _ changes: String...) throws {
    let options = changes.flatMap { ["--set", $0] }
    try #require(Program.run(["train", "c.json", "--name", name, "-q"] + options, in: shop.folder.path).status == 0)
  }

  @Test func itWritesAPage() throws {
    try train("a")
    try train("b", "optimizer.learning_rate=0.1")
    let one = shop.temper("report", "runs/a")
    #expect(one.status == 0 && one.out == "runs/a/report.html\n" && one.err == "", "\(one.err)")
    #expect(TestFiles.text(shop.folder("runs/a/report.html")).hasPrefix("<!doctype html>"))
    let both = shop.temper("report", "runs/a/", "runs/b", "--output", "both.html")
    #expect(both.out == "both.html\n" && TestFiles.text(shop.folder("both.html")).contains("2 runs are compared"))
    #expect(!TestFiles.names(shop.folder("runs/b")).contains("report.html"))
    // A page is no part of the run, which goes on and is overwritten as before.
    #expect(shop.temper("train", "--resume", "runs/a", "-q").status == 0)
    #expect(shop.temper("train", "c.json", "--name", "a", "-q", "--overwrite").status == 0)
    #expect(!TestFiles.names(shop.folder("runs/a")).contains("report.html"))
  }

  @Test func exitCodes() throws {
    try train("a")
    let none = shop.temper("report", "runs/none")
    #expect(none.status == 66 && none.err.contains("[E0311]"), "\(none.err)")
    #expect(shop.temper("report", "runs").status == 66 && shop.temper("report", "runs/a/best").status == 66)
    #expect(shop.temper("report").status == 64)
    #expect(shop.temper("report", "runs/a", "--output", "none/x.html").status == 73)
    #expect(!TestFiles.names(shop.folder.path).contains("none/"))
  }
}

/// Pages in headless Chromium.
@Suite("Reports in a browser", .enabled(if: Browser.isThere, "needs Chromium: apt-get install chromium"))
struct ReportBrowserTests {
  private let shop = Workshop()

  /// At the width of a phone nothing but wide tables scrolls, and nowhere does a text of a picture lie on another.
  @Test(arguments: [390, 1280]) func nothingOverlapsOrSticksOut(width: Int) throws {
    for changes in [
      [], ["task=regression", "data.label=x0"], ["data.split={\"validation\": {\"folds\": 2}}", "data.columns={\"part\": \"ignore\"}"],
    ] {
      let options = changes.flatMap { ["--set", $0] }
      let trained = Program.run(["train", "c.json", "-q", "--overwrite", "--set", "train.epochs=9"] + options, in: shop.folder.path)
      try #require(trained.status == 0 && shop.temper("report", "runs/c").status == 0, "\(trained.err)")
      let page = TestFiles.text(shop.folder("runs/c/report.html"))
      shop.folder.write(page.replacing("</body>", with: Browser.probe(width: width) + "</body>"), to: "probe.html")
      let seen = Browser.run("--dump-dom", width: width, "probe.html", in: shop.folder)
      let title = seen.out.firstMatch(of: /<title>(\d+) (\d+) (\d+)<\/title>/)
      let (wide, overlaps, texts) = (
        title.flatMap { Int($0.output.1) }, title.flatMap { Int($0.output.2) }, title.flatMap { Int($0.output.3) }
      )
      #expect(wide.map { $0 <= width } == true && overlaps == 0 && texts.map { $0 > 20 } == true, "\(changes): \(seen.out.prefix(300))")
    }
  }

  @Test func aPictureIsTaken() throws {
    try #require(shop.temper("train", "c.json", "-q").status == 0 && shop.temper("report", "runs/c").status == 0)
    let shot = Browser.run("--screenshot=shot.png", width: 800, "runs/c/report.html", in: shop.folder)
    let bytes = try #require(TestFiles.bytes(shop.folder("shot.png")), "\(shot.err)")
    #expect(bytes.count > 20_000 && bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), "an empty page is smaller")
  }
}

/// Headless Chromium.
private enum Browser {
  static let isThere = Program.shell("command -v chromium", in: "/").status == 0

  /// Lays the page out at a width, and writes into the title how far it reaches, how many texts of a picture touch another of it, and how many texts
  /// there are. No window is as narrow as a phone.
  static func probe(width: Int) -> String {
    """
    <script>
    document.querySelectorAll("details").forEach(d => d.open = true);
    document.documentElement.style.width = "\(width)px";
    const inside = [...document.body.querySelectorAll("*")].filter(e => !e.parentElement.closest(".scroll, figure.wide"));
    const reach = Math.ceil(Math.max(...inside.map(e => e.getBoundingClientRect().right)));
    let [touching, texts] = [0, 0];
    for (const svg of document.querySelectorAll("svg")) {
      const boxes = [...svg.querySelectorAll("text")].filter(t => t.textContent).map(t => t.getBoundingClientRect());
      texts += boxes.length;
      boxes.forEach((a, i) => boxes.slice(0, i).forEach(b => {
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2) touching += 1;
      }));
    }
    document.title = `${reach} ${touching} ${texts}`;
    </script>
    """
  }

  static func run(_ action: String, width: Int, _ page: String, in folder: TemporaryFolder) -> Program.Result {
    Program.shell(
      """
      HOME="$PWD" chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$PWD/profile" \\
        --window-size=\(width),2400 \(action) "file://$PWD/\(page)"
      """, in: folder.path)
  }
}
