import TemperJSON
import TemperTables
import TemperText

extension LabelledTexts.Part {
  /// Throws `E0282` for each text with something in it that `tokenizer` would leave out.
  func checkKnown(to tokenizer: Tokenizer) throws(Diagnostics) { try tokenizer.checkKnown(texts, place: place) }
}
