import TemperFiles
import TemperRunSupport
import Testing

/// The targets of Package.swift and what their files import.
@Suite("Imports") struct ImportTests {
  private let targets = Self.targets
  private static let targets = Target.all(in: TestFiles.text(Repository.path("Package.swift")))

  /// Modules that come with Swift and the system. Foundation is none of them: it would make the program several times as large.
  private static let system: Set = ["Dispatch", "Glibc", "Swift", "Synchronization"]

  @Test func everyImportIsDeclared() throws {
    #expect(targets.count > 20)
    for target in targets {
      let allowed = Self.system.union(target.dependencies).union(target.isTest ? ["Testing"] : [])
      for (file, modules) in target.imports {
        for module in modules where !allowed.contains(module) {
          Issue.record("\(file) imports \(module), which Package.swift does not declare for \(target.name)")
        }
      }
    }
  }

  @Test func everyDependencyIsImported() {
    // A C target includes headers.
    for target in targets where !target.isTest && !target.imports.isEmpty {
      let imported = Set(target.imports.flatMap(\.modules))
      #expect(target.dependencies.filter { !imported.contains($0) } == [], "\(target.name) declares what it does not import")
    }
  }

  /// CONTRIBUTING.md names the layers, the lowest first: a target depends on lower ones only.
  @Test func dependenciesPointDownwards() throws {
    let text = TestFiles.text(Repository.path("CONTRIBUTING.md"))
    let layers = try #require(text.firstMatch(of: /(?m:^ {4}COpenBLAS[^#]*?\n\n)/)).output.split(separator: "->")
    var height: [String: Int] = [:]
    for (number, layer) in layers.enumerated() {
      for name in layer.matches(of: /\w+/) { height[String(name.output)] = number }
    }
    let libraries = targets.filter { $0.folder.hasPrefix("Sources/") }
    #expect(Set(libraries.map(\.name)) == Set(height.keys), "the layers are those of Package.swift")
    for target in libraries {
      for name in target.dependencies {
        guard let own = height[target.name], let other = height[name] else { continue }
        #expect(other < own, "\(target.name) depends on \(name), which is not below it")
      }
    }
  }

  @Test func packagesFromOutsideHaveOnePlace() {
    #expect(targets.filter { $0.dependencies.contains("ArgumentParser") }.map(\.name) == ["temper"])
    let callers = targets.flatMap(\.imports).filter { $0.modules.contains("COpenBLAS") }
    #expect(
      Set(callers.map(\.file))
        == ["MatrixProduct", "SingularValues"].reduce(into: []) { $0.insert("Sources/TemperCore/Kernels/\($1).swift") })
  }

  @Test func targetsAndImportsAreRead() {
    let package = """
      .target(name: "A", dependencies: ["B", .product(name: "C", package: "c-swift")], swiftSettings: x),
      // .target(name: "Gone"),
      .testTarget(
        name: "ATests",
        dependencies: [
          "A"
        ]),
      .target(name: "Support", path: "Tests/Support"),
      """
    let found = Target.all(in: package)
    #expect(found.map(\.name) == ["A", "ATests", "Support"])
    #expect(found.map(\.dependencies) == [["B", "C"], ["A"], []])
    #expect(found.map(\.folder) == ["Sources/A", "Tests/ATests", "Tests/Support"])
    let source = "import A\n@testable import B\n@_spi(X) public import struct C.D\n// import E\nlet text = \"\"\"\n  import F\n"
    #expect(Target.modules(of: source) == ["A", "B", "C"])
  }
}

/// A target of Package.swift.
private struct Target {
  let name: String
  let dependencies: [String]
  let folder: String
  /// The Swift files and the modules that each imports.
  let imports: [(file: String, modules: [String])]

  var isTest: Bool { folder.hasPrefix("Tests/") }

  /// The targets that the text of a manifest lists.
  static func all(in manifest: String) -> [Target] {
    let code = manifest.replacing(/(?m:^ *\/\/.*$)/, with: "")
    let starts = code.matches(of: /\.(target|executableTarget|testTarget|systemLibrary)\(\s*name: "(\w+)"/)
    return starts.enumerated().map { number, start in
      let end = number + 1 < starts.count ? starts[number + 1].range.lowerBound : code.endIndex
      let rest = code[start.range.upperBound..<end]
      let list = rest.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.output.1.replacing(/package: "[^"]*"/, with: "") ?? ""
      let name = String(start.output.2)
      let folder =
        rest.firstMatch(of: /path: "([^"]*)"/).map { String($0.output.1) }
        ?? (start.output.1 == "testTarget" ? "Tests/" : "Sources/") + name
      return Target(
        name: name, dependencies: list.matches(of: /"([\w-]+)"/).map { String($0.output.1) }, folder: folder, imports: imports(of: folder))
    }
  }

  private static func imports(of folder: String) -> [(file: String, modules: [String])] {
    var open = [folder]
    var found: [(file: String, modules: [String])] = []
    while let folder = open.popLast() {
      for name in Files.names(in: Repository.path(folder)) {
        let file = folder + "/" + name
        if name.hasSuffix(".swift") {
          found.append((file, modules(of: TestFiles.text(Repository.path(file)))))
        } else if Files.isFolder(Repository.path(file)) {
          open.append(file)
        }
      }
    }
    return found
  }

  /// What a source file imports: attributes, levels of access and kinds may stand around.
  static func modules(of source: String) -> [String] {
    // Imports stand at the left, and few lines are worth the expression's time.
    let lines = source.utf8.split(separator: .lineFeed).filter { $0.first != 0x20 && $0.first != UInt8(ascii: "/") }
    return lines.compactMap { line in
      Substring(line).prefixMatch(
        of: /(?:@\w+(?:\(\w+\))? )*(?:\w+ )?import (?:(?:struct|class|enum|func|protocol|let|var|typealias) )?(\w+)/
      )?
      .output.1
    }.map(String.init)
  }
}
