import TemperFiles
import TemperImages
import TemperJSON
import TemperTables

/// Predicts rows with one model, or with the averaged predictions of an experiment's models, such as all folds of a cross-validation:
/// probabilities per class, or numbers.
public struct RowPredictor {
  private let models: [any Predicting]
  /// For each model, the index among all outputs of each of its own; they differ if a fold's training rows lack a class.
  private let places: [[Int]]
  /// The predicted target.
  let target: Target

  /// Reads the model in `path`: a folder like `best/`, or the directory of a run or an experiment. Throws if the model does not
  /// take rows, which `asked` needs.
  public init(reading path: String, for asked: String, components: Components = .standard) throws(Diagnostics) {
    let experiment = Files.exists(path + "/" + ModelFolder.weightsName) ? nil : Experiments.kind(of: path)
    self.init(
      try (experiment?.models(in: path) ?? [path]).map { folder throws(Diagnostics) in
        try StoredModel.predicting(folder, for: asked, components: components)
      })
  }

  /// Averages the predictions of `models`, of which there is at least one.
  init(_ models: [any Predicting]) {
    self.models = models
    target = models.dropFirst().reduce(models[0].preprocessor.target) { $0.joined(with: $1.preprocessor.target) }
    let outputs = target.outputNames
    places = models.map { model in model.preprocessor.target.outputNames.map { name in outputs.firstIndex(of: name) ?? 0 } }
  }

  /// The config of one of the models; all read rows in the same way.
  var config: RunConfig { models[0].config }
  /// The number of features of the widest model.
  var width: Int { models.map(\.width).max() ?? 0 }
  /// The numeric columns, which JSON lines repeat as numbers.
  var numberColumns: [String] { models[0].preprocessor.numberColumns }
  /// The columns that an input table must have.
  var neededColumns: [String] {
    var names: [String] = []
    for name in models.flatMap(\.neededColumns) where !names.contains(name) { names.append(name) }
    return names
  }

  /// The averaged predictions for `rows`, row-major.
  func predictions(_ rows: RowSelection) throws(Diagnostics) -> [Double] {
    try averaged(rows.rows.count) { (model) throws(Diagnostics) in try model.predictions(rows) }
  }

  private func averaged(_ rows: Int, _ predict: (any Predicting) throws(Diagnostics) -> [Double]) throws(Diagnostics) -> [Double] {
    if models.count == 1 { return try predict(models[0]) }
    let width = target.width
    var sums = Array(repeating: 0.0, count: rows * width)
    for (model, places) in zip(models, places) {
      let own = try predict(model)
      for (index, value) in own.enumerated() {
        sums[index / places.count * width + places[index % places.count]] += value
      }
    }
    return sums.map { $0 / Double(models.count) }
  }
}
