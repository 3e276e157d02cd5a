import TemperCore
import TemperData
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A checkpoint whose files cannot be used.
  public static let damagedCheckpoint = Diagnostic.Code("E0244", "a checkpoint is damaged, or of another version")
  /// Data that are not those a checkpoint was trained on.
  public static let changedData = Diagnostic.Code("E0243", "the data of a run have changed since it began")
}

/// The state of a run after a step, in a folder of its own: with it the run goes on as if it had never stopped.
struct Checkpoint {
  static let weightsName = "model.safetensors"
  static let optimizerName = "optimizer.safetensors"
  static let bestName = "best.safetensors"
  static let stateName = "state.json"
  /// The file that is written last, and removed first.
  static let doneName = "DONE"
  static let version = 1

  /// The folder it lies in.
  let folder: String
  /// Steps taken.
  let step: Int
  /// The value of the metric that is watched, at an evaluation after that step.
  let value: Double?
  /// What the run and its trainer know besides tensors.
  let state: JSON

  /// Reads the state of the checkpoint in `folder`.
  init(reading folder: String) throws(Diagnostics) {
    self.folder = folder
    let file = try FileBytes(reading: folder + "/" + Self.stateName)
    let state: JSON
    do { state = try JSON.parse(file.bytes, path: file.name) } catch { throw Self.damaged(file.name, "\(error)") }
    guard state["version"]?.integer == Self.version, let step = state["step"]?.integer, step >= 0, let value = state["value"]?.exactNumber
    else { throw Self.damaged(file.name, "it is not of this version of Temper") }
    (self.state, self.step, self.value) = (state, step, value)
  }

  /// The tensors of one of its files; nil if there is no such file.
  func tensors(_ name: String) throws(Diagnostics) -> SafeTensors? {
    let path = folder + "/" + name
    guard Files.exists(path) else { return nil }
    let file = try FileBytes(reading: path)
    do { return try SafeTensors(parsing: file.bytes, path: file.name) } catch { throw Self.damaged(path, "\(error)") }
  }

  /// The tensors of a file that every checkpoint has.
  func neededTensors(_ name: String) throws(Diagnostics) -> SafeTensors {
    guard let tensors = try tensors(name) else { throw Self.damaged(folder + "/" + name, "the file is missing") }
    return tensors
  }

  /// An error about a file of a checkpoint that does not do.
  static func damaged(_ path: String, _ reason: String) -> Diagnostics {
    Diagnostics(
      .damagedCheckpoint, at: .wholeFile(path: path),
      "the checkpoint cannot be used: \(reason). Remove its folder to go on from the one before, or train anew with --overwrite.")
  }
}
