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

/// Numeric targets are optimised in debug builds too: an unoptimised kernel is some 100 times slower, and tests train models.
let numeric: [SwiftSetting] = [.unsafeFlags(march), .unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "temper",
  products: [
    .executable(name: "temper", targets: ["temper"]),
    .library(name: "TemperMetrics", targets: ["TemperMetrics"]),
    .library(name: "TemperCore", targets: ["TemperCore"]),
    .library(name: "TemperNN", targets: ["TemperNN"]),
    .library(name: "TemperOptim", targets: ["TemperOptim"]),
    .library(name: "TemperData", targets: ["TemperData"]),
    .library(name: "TemperGuard", targets: ["TemperGuard"]),
    .library(name: "TemperTrain", targets: ["TemperTrain"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CTemperSupport"),
    .target(name: "CTemperKernels", dependencies: ["CTemperSupport"], cSettings: kernels),
    .target(name: "TemperJSON"),
    .target(name: "TemperMetrics", dependencies: ["TemperJSON"], swiftSettings: numeric),
    .target(name: "TemperCore", dependencies: ["COpenBLAS", "CTemperKernels", "CTemperSupport"], swiftSettings: numeric),
    .target(name: "TemperNN", dependencies: ["TemperCore", "TemperJSON", "TemperMetrics"], swiftSettings: numeric),
    .target(name: "TemperOptim", dependencies: ["CTemperSupport", "TemperNN"], swiftSettings: numeric),
    .target(name: "TemperData", dependencies: ["CTemperSupport", "TemperCore", "TemperJSON", "TemperMetrics"], swiftSettings: numeric),
    .target(name: "TemperGuard", dependencies: ["TemperMetrics", "TemperNN"], swiftSettings: numeric),
    .target(
      name: "TemperTrain", dependencies: ["CTemperSupport", "TemperData", "TemperGuard", "TemperMetrics", "TemperOptim"],
      swiftSettings: numeric),
    // Compiled for any x86-64: it checks the processor before anything else runs.
    .executableTarget(
      name: "temper",
      dependencies: ["CTemperSupport", "TemperMetrics", "TemperTrain", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: march.contains("-march=x86-64-v3") ? [.define("TEMPER_X86_64_V3")] : []),
    .target(
      name: "TemperTestSupport", dependencies: ["TemperCore", "TemperJSON"], path: "Tests/TemperTestSupport", swiftSettings: numeric),
    .testTarget(
      name: "TemperCoreTests", dependencies: ["CTemperSupport", "TemperCore", "TemperTestSupport"], swiftSettings: numeric),
    .testTarget(
      name: "TemperMetricsTests", dependencies: ["TemperCore", "TemperMetrics", "TemperRunSupport"], exclude: ["Goldens"],
      swiftSettings: numeric),
    .testTarget(name: "TemperNNTests", dependencies: ["TemperNN", "TemperTestSupport"], swiftSettings: numeric),
    .testTarget(name: "TemperOptimTests", dependencies: ["TemperOptim", "TemperTestSupport"], swiftSettings: numeric),
    .target(name: "TemperRunSupport", dependencies: ["TemperData", "TemperJSON"], path: "Tests/TemperRunSupport"),
    .testTarget(
      name: "TemperGuardTests", dependencies: ["TemperGuard", "TemperMetrics", "TemperRunSupport", "TemperTestSupport"],
      swiftSettings: numeric),
    .testTarget(
      name: "TemperTrainTests", dependencies: ["TemperMetrics", "TemperTrain", "TemperRunSupport", "TemperTestSupport"],
      swiftSettings: numeric),
    // It runs the program, which is to be built before.
    .testTarget(
      name: "TemperCLITests", dependencies: ["CTemperSupport", "temper", "TemperJSON", "TemperRunSupport", "TemperTrain"],
      exclude: ["Snapshots"]),
    .testTarget(name: "TemperJSONTests", dependencies: ["TemperJSON"]),
    .testTarget(name: "TemperDataTests", dependencies: ["TemperData", "TemperMetrics", "TemperRunSupport"], exclude: ["Goldens"]),
  ]
)
