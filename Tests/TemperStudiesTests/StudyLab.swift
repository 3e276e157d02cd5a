import TemperFiles
import TemperJSON
import TemperRunSupport
import TemperSearch
import TemperStudies

/// A folder with a database of studies.
struct StudyLab {
  let folder = TemporaryFolder(inMemory: true)
  var path: String { folder("sweep.db") }

  /// A connection to a study, which is created unless it exists.
  func study(_ name: String = "s", _ directions: [Direction] = [.minimize], journal: JournalMode? = nil) throws(Diagnostics) -> Study {
    try Study(path: path, name: name, directions: directions, journal: journal)
  }

  static func rate(_ value: Double) -> StoredTrial.Parameter {
    .init(
      name: "rate", value: value, distribution: #"{"name":"FloatDistribution","attributes":{"step":null,"low":0.0,"high":1.0,"log":false}}"#
    )
  }

  static func optimizer(_ index: Int) -> StoredTrial.Parameter {
    .init(
      name: "optimizer", value: Double(index), distribution: #"{"name":"CategoricalDistribution","attributes":{"choices":["sgd","adamw"]}}"#
    )
  }
}

/// The codes of the errors that `body` throws; empty if it throws none.
func diagnosed(_ body: () throws -> Void) -> [String] {
  do {
    try body()
    return []
  } catch let error as Diagnostics {
    return error.list.map(\.code.name)
  } catch {
    return ["\(error)"]
  }
}
