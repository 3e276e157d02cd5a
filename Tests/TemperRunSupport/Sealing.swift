import TemperFiles
import TemperJSON

/// Seals a stored model again whose files a test has changed on purpose, so that what is looked at next is their content.
public func reseal(_ folder: String) throws {
  let facts = try JSON.parse(TestFiles.bytes(folder + "/bundle.json") ?? [], path: "bundle.json").members ?? []
  let writer = SealedFolder.Writer(folder)
  for name in TestFiles.names(folder) where name != "bundle.json" { try writer.write(TestFiles.bytes(folder + "/" + name) ?? [], to: name) }
  try writer.finish("bundle.json", facts.filter { !["files", "sha256"].contains($0.name) }.map { ($0.name, $0.value) })
}
