import TemperRunSupport
import Testing

@Suite struct DataMakeTests {
  private let folder = TemporaryFolder()

  private func make(_ arguments: String...) -> Program.Result { Program.run(["data", "make"] + arguments, in: folder.path) }

  @Test func theSameSeedGivesTheSameBytes() {
    let first = make("stories", "--output", "a.txt", "--size", "5000")
    #expect(first.status == 0 && first.out == "" && first.err == "wrote a.txt\n")
    _ = make("stories", "--output", "b.txt", "--size", "5000", "--seed", "0")
    _ = make("stories", "--output", "c.txt", "--size", "5000", "--seed", "1")
    let texts = ["a.txt", "b.txt", "c.txt"].map { TestFiles.text(folder.path + "/" + $0) }
    #expect(texts[0] == texts[1] && texts[0] != texts[2])
    #expect((4000...5000).contains(texts[0].utf8.count))
    #expect(TestFiles.text(Repository.path("datasets/stories.txt")).hasPrefix(texts[0].dropLast()))
    #expect(make("arithmetic", "--output", "d.txt", "--documents", "7").status == 0)
    #expect(TestFiles.text(folder.path + "/d.txt").split(separator: "\n").count == 7)
  }

  @Test func nothingIsOverwritten() {
    #expect(make("arithmetic", "--output", "a.txt", "--documents", "3").status == 0)
    let before = TestFiles.text(folder.path + "/a.txt")
    let again = make("arithmetic", "--output", "a.txt", "--documents", "4")
    #expect(again.status == 73)
    #expect(again.err == "error: a.txt: the file already exists. Name another with --output, or remove it. [E0405]\n")
    #expect(TestFiles.text(folder.path + "/a.txt") == before)
    #expect(make("arithmetic", "--output", "no/such/folder.txt").status == 73)
  }

  @Test(arguments: [["--size", "10", "--documents", "2"], ["--size", "0"], ["--documents", "0"]])
  func badAmountsAreRefused(amount: [String]) {
    let result = Program.run(["data", "make", "stories", "--output", "a.txt"] + amount, in: folder.path)
    #expect(result.status == 64 && result.err.contains("--"))
    #expect(Program.run(["data", "make", "poems", "--output", "a.txt"], in: folder.path).status == 64)
  }
}
