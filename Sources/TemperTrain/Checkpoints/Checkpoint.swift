import TemperCore
import TemperFiles
import TemperJSON
import TemperNN

extension Diagnostic.Code {
  /// A checkpoint whose files cannot be used.
  public static let damagedCheckpoint = Diagnostic.Code("E0244", "a checkpoint is damaged or of another version")
  /// The data differ from those that the checkpoint was trained on.
  public static let changedData = Diagnostic.Code("E0243", "the data of a run have changed since it started")
}

/// The state of a run after a step, in a folder of its own: a run resumed from it continues as if it had never stopped.
struct Checkpoint {
  static let weightsName = "model.safetensors"
  static let optimizerName = "optimizer.safetensors"
  static let bestName = "best.safetensors"
  static let stateName = "state.json"
  /// The file with the hashes of the others, written last and removed first.
  static let doneName = "DONE"
  static let version = 4

  /// Its folder.
  let folder: String
  /// Steps taken.
  let step: Int
  /// The monitored metric in an evaluation after that step.
  let value: Double?
  /// The state of run and trainer besides tensors.
  let state: JSON

  private let files: SealedFolder

  /// Reads the state of the checkpoint in `folder`.
  init(reading folder: String) throws(Diagnostics) {
    self.folder = folder
    // Version 1 had no hashes.
    if let done = try? FileBytes(reading: folder + "/" + Self.doneName), done.storedCount == 0 {
      throw Self.damaged(folder + "/" + Self.doneName, "it was written by an earlier version of Temper")
    }
    files = try Self.undamaged { () throws(SealedFolder.Damage) in try SealedFolder(reading: folder, record: Self.doneName) }
    let path = folder + "/" + Self.stateName
    let bytes = try Self.undamaged { [files] () throws(SealedFolder.Damage) in try files.file(Self.stateName) }
    let stored: JSON
    do { stored = try JSON.parse(bytes, path: path) } catch { throw Self.damaged(path, "\(error)") }
    let state = Self.upgraded(stored)
    guard state["version"]?.integer == Self.version, let step = state["step"]?.integer, step >= 0, let value = state["value"]?.exactNumber
    else { throw Self.damaged(path, "it was written by another version of Temper") }
    (self.state, self.step, self.value) = (state, step, value)
  }

  /// The files of the checkpoint in `folder` that hold weights.
  static func weights(in folder: String) -> [String] { [weightsName, bestName].map { folder + "/" + $0 } }

  /// Writes a checkpoint to the empty folder `folder`.
  static func write(_ files: [(name: String, bytes: [UInt8])], to folder: String) throws(Diagnostics) {
    let writer = SealedFolder.Writer(folder)
    // The best weights are usually the current ones.
    for file in files { try writer.write(file.bytes, to: file.name, orLink: [folder + "/" + weightsName]) }
    try writer.finish(doneName, [("version", .integer(version))])
  }

  /// The tensors in one of its files. Throws if the file is missing or damaged.
  func tensors(_ name: String) throws(Diagnostics) -> SafeTensors {
    let bytes = try Self.undamaged { () throws(SealedFolder.Damage) in try files.file(name) }
    let path = folder + "/" + name
    do { return try SafeTensors(parsing: bytes, path: path) } catch { throw Self.damaged(path, "\(error)") }
  }

  private static func undamaged<Value>(_ read: () throws(SealedFolder.Damage) -> Value) throws(Diagnostics) -> Value {
    do { return try read() } catch { throw damaged(error.path, error.reason) }
  }

  /// An error about an unusable file of a checkpoint.
  static func damaged(_ path: String, _ reason: String) -> Diagnostics {
    Diagnostics(
      .damagedCheckpoint, at: .wholeFile(path: path),
      "the checkpoint cannot be used: \(reason). Remove its folder to resume from the previous one, or train again with --overwrite.")
  }
}
