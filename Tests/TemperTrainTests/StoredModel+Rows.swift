import TemperCore
import TemperData
import TemperJSON
import TemperNN
import TemperTables
import Testing

@testable import TemperTrain

extension StoredModel {
  /// The model in a folder, which takes rows.
  static func rows(_ path: String) throws(Diagnostics) -> any Predicting { try predicting(path, for: "a test") }
}

extension Predicting {
  /// What the model says of rows of a table.
  func predictions(_ table: Table, rows: Range<Int>) throws(Diagnostics) -> [Double] { try predictions(RowSelection(table, rows)) }

  /// Evaluates the model on all rows of a table.
  func evaluate(_ table: Table) throws(Diagnostics) -> Evaluation { try evaluate(RowSelection(table, 0..<table.count)) }
}

extension Lab {
  /// The rows of the sample config, as they are learned from.
  func rows(_ changes: [String] = []) throws -> LoadedRows<FeatureEncoder> {
    let file = try config(changes)
    let setup = TaskSetup(file, ParameterStore(random: RandomStreams(seed: 0)))
    var rows = try #require(try file.config.rowsInput.load(setup) as? LoadedRows<FeatureEncoder>)
    rows.addLabelNoise(file.config)
    return rows
  }
}
