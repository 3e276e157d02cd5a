// swift-tools-version: 6.1
import PackageDescription

/// Which x86-64 level the numeric targets are compiled for: `baseline` (SSE2, any x86-64), `native` (this machine only), by
/// default x86-64-v3 (AVX2 and FMA, any x86 server since 2013-2015). Other architectures use their own default.
let cpu = Context.environment["TEMPER_CPU"] ?? "v3"
#if arch(x86_64)
  let march: [String] =
    switch cpu {
    case "baseline": []
    case "native": ["-Xcc", "-march=native"]
    default: ["-Xcc", "-march=x86-64-v3"]
    }
#else
  let march: [String] = []
#endif

/// Loops in C are compiled as those in Swift are; -O3 also in debug builds.
let kernels: [CSetting] = [.unsafeFlags(march.filter { $0 != "-Xcc" } + ["-O3"])]

/// A file sees the members of the modules that it imports, not those that another file does.
let plain: [SwiftSetting] = [.enableUpcomingFeature("MemberImportVisibility")]

/// Numeric targets are optimised in debug builds too: an unoptimised kernel is some 100 times slower, and tests train models.
let numeric: [SwiftSetting] = plain + [.unsafeFlags(march), .unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "temper",
  products: [
    .executable(name: "temper", targets: ["temper"]),
    .library(name: "TemperMetrics", targets: ["TemperMetrics"]),
    .library(name: "TemperCore", targets: ["TemperCore"]),
    .library(name: "TemperNN", targets: ["TemperNN"]),
    .library(name: "TemperOptim", targets: ["TemperOptim"]),
    .library(name: "TemperFiles", targets: ["TemperFiles"]),
    .library(name: "TemperData", targets: ["TemperData"]),
    .library(name: "TemperTables", targets: ["TemperTables"]),
    .library(name: "TemperText", targets: ["TemperText"]),
    .library(name: "TemperImages", targets: ["TemperImages"]),
    .library(name: "TemperGuard", targets: ["TemperGuard"]),
    .library(name: "TemperTrain", targets: ["TemperTrain"]),
    .library(name: "TemperReports", targets: ["TemperReports"]),
    .library(name: "TemperSearch", targets: ["TemperSearch"]),
    .library(name: "TemperStudies", targets: ["TemperStudies"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .target(name: "CTemperSupport"),
    .target(name: "CTemperKernels", dependencies: ["CTemperSupport"], cSettings: kernels),
    .target(name: "TemperJSON", swiftSettings: plain),
    .target(name: "TemperMetrics", dependencies: ["TemperJSON"], swiftSettings: numeric),
    .target(name: "TemperCore", dependencies: ["COpenBLAS", "CTemperKernels", "CTemperSupport"], swiftSettings: numeric),
    // Samplers, pruners and importances of hyperparameter searches: pure functions of trials.
    .target(name: "TemperSearch", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics"], swiftSettings: numeric),
    .target(name: "TemperNN", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics"], swiftSettings: numeric),
    .target(
      name: "TemperOptim", dependencies: ["CTemperKernels", "CTemperSupport", "TemperCore", "TemperJSON", "TemperNN"],
      swiftSettings: numeric),
    .target(name: "TemperFiles", dependencies: ["CTemperSupport", "TemperCore", "TemperJSON"], swiftSettings: numeric),
    // Studies of hyperparameter searches in Optuna's SQLite files.
    .target(name: "TemperStudies", dependencies: ["CSQLite", "TemperFiles", "TemperJSON", "TemperSearch"], swiftSettings: plain),
    .target(name: "TemperData", dependencies: ["CTemperKernels", "TemperCore", "TemperFiles", "TemperJSON"], swiftSettings: numeric),
    .target(
      name: "TemperTables", dependencies: ["TemperCore", "TemperData", "TemperFiles", "TemperJSON", "TemperMetrics"], swiftSettings: numeric
    ),
    .target(name: "TemperText", dependencies: ["TemperCore", "TemperData", "TemperFiles", "TemperJSON"], swiftSettings: numeric),
    .target(
      name: "TemperImages",
      dependencies: ["CPNG", "CTemperKernels", "CTurboJPEG", "TemperCore", "TemperData", "TemperFiles", "TemperJSON", "TemperTables"],
      swiftSettings: numeric),
    .target(name: "TemperGuard", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics", "TemperNN"], swiftSettings: numeric),
    .target(
      name: "TemperTrain",
      dependencies: [
        "CTemperSupport", "TemperCore", "TemperData", "TemperFiles", "TemperGuard", "TemperImages", "TemperJSON", "TemperMetrics",
        "TemperNN",
        "TemperOptim", "TemperSearch", "TemperTables", "TemperText",
      ],
      swiftSettings: numeric),
    .target(
      name: "TemperReports",
      dependencies: ["TemperData", "TemperFiles", "TemperJSON", "TemperMetrics", "TemperTables", "TemperTrain"],
      swiftSettings: numeric),
    .target(
      name: "TemperSweep",
      dependencies: [
        "TemperCore", "TemperData", "TemperFiles", "TemperJSON", "TemperMetrics", "TemperReports", "TemperSearch", "TemperStudies",
        "TemperTrain",
      ],
      swiftSettings: numeric),
    // Compiled for any x86-64: it checks the processor before anything else runs.
    .executableTarget(
      name: "temper",
      dependencies: [
        "CTemperSupport", "TemperCore", "TemperData", "TemperFiles", "TemperImages", "TemperJSON", "TemperMetrics", "TemperNN",
        "TemperReports", "TemperStudies",
        "TemperSweep",
        "TemperTables",
        "TemperText", "TemperTrain", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: plain + (march.contains("-march=x86-64-v3") ? [.define("TEMPER_X86_64_V3")] : [])),
    .target(
      name: "TemperTestSupport", dependencies: ["TemperCore", "TemperJSON"], path: "Tests/TemperTestSupport", swiftSettings: numeric),
    .target(name: "TemperRunSupport", dependencies: ["TemperFiles", "TemperJSON"], path: "Tests/TemperRunSupport", swiftSettings: plain),
    // The driver of FuzzTests.
    .executableTarget(
      name: "TemperFuzz",
      dependencies: ["TemperFiles", "TemperImages", "TemperJSON", "TemperRunSupport", "TemperTables", "TemperText", "TemperTrain"],
      path: "Tests/TemperFuzz", swiftSettings: plain),
    // A process of WorkerTests.
    .executableTarget(
      name: "TemperStudyWorker", dependencies: ["TemperSearch", "TemperStudies"], path: "Tests/TemperStudyWorker",
      swiftSettings: plain),
    .testTarget(name: "TemperJSONTests", dependencies: ["TemperJSON"], swiftSettings: plain),
    .testTarget(
      name: "TemperCoreTests", dependencies: ["CTemperSupport", "TemperCore", "TemperJSON", "TemperTestSupport"], swiftSettings: numeric),
    .testTarget(
      name: "TemperMetricsTests", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics", "TemperRunSupport"], exclude: ["Goldens"],
      swiftSettings: numeric),
    .testTarget(
      name: "TemperSearchTests", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics", "TemperSearch"], exclude: ["Goldens"],
      swiftSettings: numeric),
    .testTarget(
      name: "TemperStudiesTests",
      dependencies: ["TemperFiles", "TemperJSON", "TemperRunSupport", "TemperSearch", "TemperStudies", "TemperStudyWorker"],
      swiftSettings: plain),
    .testTarget(
      name: "TemperNNTests", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics", "TemperNN", "TemperTestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "TemperOptimTests", dependencies: ["TemperCore", "TemperJSON", "TemperNN", "TemperOptim", "TemperTestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "TemperFilesTests", dependencies: ["TemperCore", "TemperFiles", "TemperJSON", "TemperRunSupport"], exclude: ["Goldens"],
      swiftSettings: plain),
    .testTarget(
      name: "TemperDataTests",
      dependencies: ["TemperCore", "TemperData", "TemperFiles", "TemperJSON", "TemperRunSupport", "TemperTestSupport"],
      exclude: ["Goldens"],
      swiftSettings: plain),
    .testTarget(
      name: "TemperTablesTests",
      dependencies: ["TemperCore", "TemperData", "TemperFiles", "TemperJSON", "TemperMetrics", "TemperRunSupport", "TemperTables"],
      exclude: ["Goldens"], swiftSettings: plain),
    .testTarget(
      name: "TemperTextTests", dependencies: ["TemperCore", "TemperData", "TemperFiles", "TemperJSON", "TemperRunSupport", "TemperText"],
      exclude: ["Goldens"], swiftSettings: plain),
    .testTarget(
      name: "TemperImagesTests",
      dependencies: [
        "TemperCore", "TemperData", "TemperFiles", "TemperImages", "TemperJSON", "TemperRunSupport", "TemperTables", "TemperTestSupport",
      ],
      swiftSettings: plain),
    .testTarget(
      name: "TemperGuardTests",
      dependencies: ["TemperCore", "TemperGuard", "TemperJSON", "TemperMetrics", "TemperNN", "TemperTestSupport"], swiftSettings: numeric),
    .testTarget(
      name: "TemperTrainTests",
      dependencies: [
        "TemperCore", "TemperData", "TemperFiles", "TemperGuard", "TemperImages", "TemperJSON", "TemperMetrics", "TemperNN",
        "TemperOptim", "TemperRunSupport", "TemperSearch", "TemperTables", "TemperTestSupport", "TemperText", "TemperTrain",
      ],
      swiftSettings: numeric),
    .testTarget(
      name: "TemperReportsTests",
      dependencies: ["TemperFiles", "TemperJSON", "TemperMetrics", "TemperReports", "TemperRunSupport", "TemperTrain"], swiftSettings: plain
    ),
    .testTarget(
      name: "TemperSweepTests", dependencies: ["TemperJSON", "TemperRunSupport", "TemperSearch", "TemperSweep", "TemperTrain"],
      swiftSettings: plain),
    // It runs the program, which is to be built before.
    .testTarget(
      name: "TemperCLITests",
      dependencies: [
        "CTemperSupport", "temper", "TemperFiles", "TemperFuzz", "TemperImages", "TemperJSON", "TemperRunSupport", "TemperStudies",
        "TemperTrain",
      ],
      exclude: ["Snapshots"], swiftSettings: plain),
  ]
)
