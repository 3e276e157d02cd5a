import TemperFiles
import TemperJSON

/// How far a run had come when it was killed. The raw value is used in files.
enum KillMoment: String, CaseIterable {
  /// It had not written its directory yet.
  case starting
  /// It had no checkpoint yet.
  case beforeCheckpoint = "before_first_checkpoint"
  /// It was writing a checkpoint.
  case writingCheckpoint = "writing_checkpoint"
  /// It had a checkpoint.
  case afterCheckpoint = "after_checkpoint"
  /// It was saving and evaluating its models.
  case ending
  /// It had ended, and nothing was killed.
  case ended

  /// What a killed training left in `path`.
  init(of path: String) {
    guard Files.exists(path + "/" + RunDirectory.resolvedName) else {
      self = .starting
      return
    }
    let run = Self.part(of: path)
    let checkpoints = run + "/checkpoints"
    if Files.exists(run + "/last") || Files.exists(run + "/last.partial") {
      self = .ending
    } else if Files.names(in: checkpoints).contains(where: { $0.hasSuffix(".partial") || $0.hasSuffix(".old") }) {
      self = .writingCheckpoint
    } else {
      self = CheckpointFolder.steps(of: run).isEmpty ? .beforeCheckpoint : .afterCheckpoint
    }
  }

  /// The run that was being trained: the first part of an experiment without results, or the directory itself.
  private static func part(of path: String) -> String {
    let parts = Files.names(in: path).map { path + "/" + $0 }.filter { Files.exists($0 + "/" + RunDirectory.resolvedName) }
    return parts.first { !Files.exists($0 + "/" + RunDirectory.resultsName) } ?? parts.last ?? path
  }

  /// In a table.
  var words: String {
    switch self {
    case .starting: "while starting and reading data"
    case .beforeCheckpoint: "before the first checkpoint"
    case .writingCheckpoint: "while writing a checkpoint"
    case .afterCheckpoint: "after a checkpoint"
    case .ending: "while saving results"
    case .ended: "after the end: nothing was killed"
    }
  }
}
