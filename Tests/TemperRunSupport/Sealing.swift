import TemperFiles
import TemperJSON

/// Seals a folder of files again that a test has changed on purpose, so that what is looked at next is their content: a stored model, or, by
/// another name of the `record` of hashes, a checkpoint.
public func reseal(_ folder: String, record: String = "bundle.json") throws {
  let facts = try JSON.parse(TestFiles.bytes(folder + "/" + record) ?? [], path: record).members ?? []
  let writer = SealedFolder.Writer(folder)
  for name in TestFiles.names(folder) where name != record { try writer.write(TestFiles.bytes(folder + "/" + name) ?? [], to: name) }
  try writer.finish(record, facts.filter { !["files", "sha256"].contains($0.name) }.map { ($0.name, $0.value) })
}
