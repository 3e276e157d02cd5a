import TemperJSON
import TemperNN

extension RunConfig {
  /// Reports what a model that embeds the texts of a table cannot have.
  func checkTexts(_ c: FieldReader) {
    guard model.textEmbedding != nil else { return }
    let key = "model.text_embedding"
    if !data.readsTexts {
      c.fail(
        key, .invalidValue, "requires a table with text columns, which data of the type \(quoted(type(of: data).type)) are not; remove it",
        with: ["data.type"])
    }
    for (name, isGiven) in [
      ("sampling", !train.classSampling.isNone), ("augment", train.augment != nil), ("shuffle", !train.shuffles),
    ] where isGiven {
      c.fail("train.\(name)", .contradiction, "is not supported with \(key); remove one of the two", with: [key])
    }
  }
}
