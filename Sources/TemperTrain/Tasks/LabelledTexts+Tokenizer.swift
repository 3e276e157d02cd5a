import TemperJSON
import TemperTables
import TemperText

extension LabelledTexts.Part {
  /// Throws `E0282` for each text of which `tokenizer` would drop a part.
  func checkKnown(to tokenizer: Tokenizer) throws(Diagnostics) { try tokenizer.checkKnown(texts, place: place) }
}
