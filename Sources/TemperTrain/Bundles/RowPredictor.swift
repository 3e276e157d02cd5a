import TemperFiles
import TemperImages
import TemperJSON
import TemperTables

/// What predicts rows: a model, or the models of all folds of a cross-validation, whose predictions are averaged: probabilities class by class,
/// numbers as they are.
public struct RowPredictor {
  private let models: [ModelBundle]
  /// For each model, the place among all outputs of each of its own; they differ where a fold's training rows lack a class.
  private let places: [[Int]]
  /// What is predicted.
  let target: Target

  /// Reads the model in `path`: a folder like `best/`, or the directory of a run or of a cross-validation. Throws for a model of language, which
  /// `asked` is not for.
  public init(reading path: String, for asked: String) throws(Diagnostics) {
    guard Files.exists(path + "/" + CrossValidation.resultName), !Files.exists(path + "/" + ModelFolder.weightsName) else {
      self.init([try StoredModel(reading: path).rows(for: asked, path: path)])
      return
    }
    var models: [ModelBundle] = []
    for fold in try CrossValidation.folders(in: path) {
      models.append(try StoredModel(reading: fold).rows(for: asked, path: fold))
    }
    self.init(models)
  }

  private init(_ models: [ModelBundle]) {
    self.models = models
    target = models.dropFirst().reduce(models[0].preprocessor.target) { $0.joined(with: $1.preprocessor.target) }
    let outputs = target.outputNames
    places = models.map { model in model.preprocessor.target.outputNames.map { name in outputs.firstIndex(of: name) ?? 0 } }
  }

  /// The config of one of the models; all are the same in how rows are read.
  var config: RunConfig { models[0].config }
  /// The numbers of features, of the model with the most.
  var width: Int { models.map(\.preprocessor.width).max() ?? 0 }
  /// The columns whose values are numbers, which JSON lines repeat as such.
  var numberColumns: [String] { models[0].preprocessor.numberColumns }
  /// Whether the models learned from images, which may then be given as an IDX file.
  var takesImages: Bool { models[0].takesImages }
  /// The columns that a table to predict from must have.
  var neededColumns: [String] {
    var names: [String] = []
    for name in models.flatMap(\.neededColumns) where !names.contains(name) { names.append(name) }
    return names
  }

  /// See ``ModelBundle/predictions(_:rows:)``.
  func predictions(_ table: Table, rows: Range<Int>) throws(Diagnostics) -> [Double] {
    try averaged(rows.count) { (model) throws(Diagnostics) in try model.predictions(table, rows: rows) }
  }

  /// What the models say of the images numbered `rows`.
  func predictions(_ images: IDXImages, rows: Range<Int>) throws(Diagnostics) -> [Double] {
    try averaged(rows.count) { (model) throws(Diagnostics) in try model.predictions(images, rows: rows) }
  }

  private func averaged(_ rows: Int, _ predict: (ModelBundle) throws(Diagnostics) -> [Double]) throws(Diagnostics) -> [Double] {
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

extension Target {
  /// A name for each output of a model.
  fileprivate var outputNames: [String] {
    switch self {
    case .classes(_, let names), .multilabel(let names): names
    case .value(let label, _, _): [label]
    }
  }

  /// The same with the classes of `other` that it lacks.
  fileprivate func joined(with other: Target) -> Target {
    guard case .classes(let label, let names) = self else { return self }
    return .classes(label: label, names: names + other.outputNames.filter { !names.contains($0) })
  }
}
