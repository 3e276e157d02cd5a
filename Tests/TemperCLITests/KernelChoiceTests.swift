import CTemperSupport
import TemperJSON
import TemperRunSupport
import Testing

@Suite struct KernelChoiceTests {
  private let shop = Workshop()

  /// A processor that OpenBLAS does not know is not taken for one of 2004, unless somebody asks for it.
  @Test func kernelsFitTheProcessor() throws {
    func core(_ environment: [String]) throws -> String? {
      let result = shop.temper("train", "c.json", "--overwrite", "--quiet", environment: environment)
      try #require(result.status == 0, "\(result.err)")
      return try JSON.parse(TestFiles.text(shop.folder("runs/c/manifest.json")), path: "manifest.json")["blas"]?["core"]?.string
    }
    #expect(try core([]) != "Prescott" || !temper_processor_supports_v3())
    #if arch(x86_64)
      #expect(try core(["OPENBLAS_CORETYPE=Prescott"]) == "Prescott")
    #endif
  }
}
