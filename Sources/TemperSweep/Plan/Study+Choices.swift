import TemperJSON
import TemperSearch
import TemperStudies

extension Study {
  /// Throws a key whose choices are not those of `space`: a trial has the index of its choice, which would stand for another one. Only a study that
  /// another program began can have such.
  func demandChoices(of space: SearchSpace) throws(Diagnostics) {
    var seen: Set<String> = []
    for trial in try trials() {
      for stored in trial.parameters where seen.insert(stored.name).inserted {
        guard let own = space.parameters.first(where: { $0.name == stored.name })?.distribution,
          let json = try? JSON.parse(stored.distribution, path: stored.name), let other = try? Distribution(optunaJSON: json),
          other.choices != own.choices
        else { continue }
        throw Diagnostics(
          .studyDiffers, at: .wholeFile(path: path),
          "in the study \(quoted(name)), \(stored.name) is \(other.kind), and here it is \(own.kind). Write the same choices in the same order, "
            + "or use another --study.")
      }
    }
  }
}

extension Distribution {
  fileprivate var choices: [JSON]? { if case .categorical(let choices) = self { choices } else { nil } }

  fileprivate var kind: String { choices.map { "one of " + $0.map { $0.serialized() }.joined(separator: ", ") } ?? "a number" }
}
