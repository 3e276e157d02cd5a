import TemperCore
import TemperJSON
import TemperRunSupport
import TemperTestSupport
import Testing

@testable import TemperTrain

/// What a trained model makes of a text, against PyTorch on the same weights.
@Suite struct PerplexityTests {
  @Test func perplexityIsThatOfPyTorch() throws {
    let golden = Goldens.folder + "/perplexity"
    let reference = try JSON.parse(TestFiles.text(golden + "/reference.json"), path: "reference.json")
    let folder = TemporaryFolder()
    folder.write(try #require(reference["text"]?.string), to: "t.txt")
    try PretrainedModel(reading: golden).writeBundle(to: folder("own"), readFrom: golden)
    let json = try LanguageModel(reading: folder("own")).evaluate([folder("t.txt")]).detailedJSON
    #expect(json["tokens"]?.integer == reference["tokens"]?.integer)
    for name in ["loss", "perplexity"] {
      let (own, theirs) = (try #require(json[name]?.number), try #require(reference[name]?.number))
      #expect(abs(own - theirs) <= 1e-5 * theirs, "\(name): \(own), \(theirs)")
    }
  }
}
