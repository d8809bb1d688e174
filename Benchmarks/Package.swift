// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that no user of Holdfast resolves or builds what only measuring needs.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "holdfast", path: ".."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "image-loop",
            dependencies: [
                .product(name: "Ceph", package: "holdfast"), .product(name: "Volumes", package: "holdfast"),
                .product(name: "Vocabulary", package: "holdfast"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "data-loop",
            dependencies: [
                .product(name: "Ceph", package: "holdfast"), .product(name: "Vocabulary", package: "holdfast"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "crush-loop",
            dependencies: [
                .product(name: "CRUSH", package: "holdfast"), .product(name: "Vocabulary", package: "holdfast"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "whatif-loop",
            dependencies: [
                .product(name: "Resilience", package: "holdfast"), .product(name: "ClusterState", package: "holdfast"),
                .product(name: "CRUSH", package: "holdfast"), .product(name: "Vocabulary", package: "holdfast"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "thread-loop",
            linkerSettings: [.linkedLibrary("rados"), .linkedLibrary("rbd"), .linkedLibrary("pthread")]),
    ]
)
