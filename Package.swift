// swift-tools-version: 6.2
import PackageDescription

// What may import what is written down once more, module by module, in Imports.json beside this file:
// SwiftPM lets transitive imports through, `make check` does not.
//
// HOLDFAST_CORE=1        declares the pure modules and their tests alone: seconds, neither Ceph nor NIO.
// HOLDFAST_ONLY=A,B      declares these targets, what they need, and their tests: a short inner loop for one module.

/// A target with what it needs. `core` modules are pure: no Ceph, no network, no external package with I/O.
struct Module {
    enum Kind { case library, executable, tests, cShim, preload, system }

    var name: String
    var kind: Kind
    var path: String?
    var needs: [String]
    var products: [String]
    var core: Bool

    static func library(_ name: String, needs: [String] = [], products: [String] = [], core: Bool = false) -> Module {
        Module(name: name, kind: .library, path: nil, needs: needs, products: products, core: core)
    }

    static func executable(_ name: String, needs: [String], products: [String] = []) -> Module {
        Module(name: name, kind: .executable, path: nil, needs: needs, products: products, core: false)
    }

    static func support(_ name: String, path: String, needs: [String] = [], products: [String] = [], core: Bool = false)
        -> Module
    {
        Module(name: name, kind: .library, path: path, needs: needs, products: products, core: core)
    }

    static func tests(
        _ name: String, path: String? = nil, needs: [String], products: [String] = [], core: Bool = false
    ) -> Module {
        Module(name: name, kind: .tests, path: path, needs: needs, products: products, core: core)
    }
}

let modules: [Module] = [
    // Values and pure functions.
    .library("Vocabulary", core: true),
    .library("KubernetesModel", needs: ["Vocabulary"], core: true),
    .library("Console", core: true),

    // Where does data lie, and what does a loss do to it. Pure.
    .library("CRUSH", needs: ["Vocabulary"], core: true),
    Module(name: "CZlib", kind: .system, path: "Sources/CZlib", needs: [], products: [], core: true),
    .library("ClusterState", needs: ["CRUSH", "KubernetesModel", "Vocabulary", "CZlib"], core: true),
    .library("Resilience", needs: ["CRUSH", "ClusterState", "Vocabulary"], core: true),
    .library("Audit", needs: ["Resilience", "CRUSH", "ClusterState", "KubernetesModel", "Vocabulary"], core: true),
    .library(
        "AuditReport", needs: ["Audit", "Resilience", "CRUSH", "ClusterState", "KubernetesModel", "Vocabulary"],
        core: true),

    // Ceph.
    Module(name: "CephShim", kind: .cShim, path: "CephShim", needs: [], products: [], core: false),
    .library("Ceph", needs: ["CephShim", "Vocabulary"], products: ["Logging", "Metrics"]),
    .library("Volumes", needs: ["Ceph", "Vocabulary"], products: ["Logging", "Metrics"]),

    // Kubernetes.
    .library(
        "KubernetesClient", needs: ["KubernetesModel", "Vocabulary"],
        products: [
            "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOSSL", "NIOHTTP1", "Logging", "Metrics", "Yams",
            "Subprocess", "DequeModule",
        ]),
    .library(
        "DevAPIServer", needs: ["KubernetesModel", "Vocabulary"],
        products: ["Hummingbird", "NIOCore", "HTTPTypes", "Logging", "ServiceLifecycle"]),

    // The service and the commands.
    .library(
        "Observability",
        products: ["Hummingbird", "NIOCore", "HTTPTypes", "Logging", "CoreMetrics", "ServiceLifecycle"]),
    .library(
        "Provisioner", needs: ["Volumes", "Ceph", "KubernetesClient", "KubernetesModel", "Vocabulary"],
        products: ["Logging", "Metrics", "ServiceLifecycle", "HeapModule", "DequeModule"]),
    .library(
        "Live", needs: ["Ceph", "KubernetesClient", "KubernetesModel", "ClusterState", "CRUSH", "Vocabulary"]),
    .library(
        "Commands",
        needs: [
            "Provisioner", "Volumes", "Ceph", "KubernetesClient", "KubernetesModel", "Live", "CRUSH", "ClusterState",
            "Resilience", "Audit", "AuditReport", "Console", "Vocabulary",
        ],
        products: ["ArgumentParser", "Logging", "Yams"]),
    .executable("holdfast", needs: ["Commands"], products: ["ArgumentParser"]),
    .executable(
        "holdfast-provisioner", needs: ["Provisioner", "Observability", "Vocabulary"],
        products: ["ArgumentParser", "Logging", "Metrics", "ServiceLifecycle", "UnixSignals", "Yams"]),
    .executable(
        "holdfast-dev-api", needs: ["DevAPIServer", "Vocabulary"], products: ["ArgumentParser", "Logging"]),

    // Tests.
    .support("TestSupport", path: "Tests/TestSupport", core: true),
    .support(
        "StateFixtures", path: "Tests/StateFixtures",
        needs: ["ClusterState", "CRUSH", "KubernetesModel", "Vocabulary"], core: true),
    .support("LabSupport", path: "Tests/LabSupport", needs: ["Vocabulary"], products: ["Subprocess"]),
    Module(name: "FaultShim", kind: .preload, path: "Tests/FaultShim", needs: [], products: [], core: false),
    .support(
        "FaultSupport", path: "Tests/FaultSupport", needs: ["LabSupport"],
        products: ["AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOSSL", "NIOHTTP1"]),
    .tests("LabSupportTests", needs: ["LabSupport", "Vocabulary"]),
    .tests("VocabularyTests", needs: ["Vocabulary", "TestSupport"], core: true),
    .tests("KubernetesModelTests", needs: ["KubernetesModel", "Vocabulary", "TestSupport"], core: true),
    .tests("ConsoleTests", needs: ["Console"], core: true),
    .tests("CRUSHTests", needs: ["CRUSH", "Vocabulary", "TestSupport"], core: true),
    .tests(
        "ClusterStateTests",
        needs: ["StateFixtures", "ClusterState", "CRUSH", "KubernetesModel", "Vocabulary", "TestSupport"], core: true),
    .tests(
        "ResilienceTests",
        needs: [
            "StateFixtures", "Resilience", "ClusterState", "CRUSH", "Vocabulary", "TestSupport",
        ], core: true),
    .tests(
        "AuditTests",
        needs: [
            "StateFixtures", "Audit", "Resilience", "ClusterState", "CRUSH", "KubernetesModel", "Vocabulary",
        ], core: true),
    .tests(
        "AuditReportTests",
        needs: [
            "StateFixtures", "AuditReport", "Audit", "Resilience", "ClusterState", "KubernetesModel",
        ], core: true),
    .tests("CephTests", needs: ["Ceph", "Vocabulary", "TestSupport"]),
    .tests("VolumesTests", needs: ["Volumes", "Ceph", "Vocabulary", "TestSupport"]),
    .tests(
        "KubernetesClientTests", needs: ["KubernetesClient", "KubernetesModel", "Vocabulary", "TestSupport"],
        products: ["Logging", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL"]),
    .tests(
        "DevAPIServerTests",
        needs: ["DevAPIServer", "holdfast-dev-api", "KubernetesModel", "Vocabulary", "TestSupport", "LabSupport"],
        products: ["Logging", "ServiceLifecycle"]),
    .tests(
        "ObservabilityTests", needs: ["Observability", "Vocabulary"],
        products: [
            "ServiceLifecycle", "HummingbirdTesting", "Hummingbird", "HTTPTypes", "Logging", "Metrics", "CoreMetrics",
        ]),
    .tests(
        "ProvisionerTests",
        needs: ["Provisioner", "Volumes", "KubernetesClient", "KubernetesModel", "Vocabulary", "TestSupport"],
        products: ["Logging"]),
    .tests(
        "CommandsTests",
        needs: ["Commands", "Provisioner", "Volumes", "KubernetesModel", "Console", "Vocabulary", "TestSupport"],
        products: ["ArgumentParser"]),
    .tests(
        "CephIntegrationTests", path: "Tests/IntegrationTests/Ceph",
        needs: ["CRUSH", "Ceph", "Vocabulary", "TestSupport", "LabSupport"], products: ["Logging"]),
    .tests(
        "VolumesIntegrationTests", path: "Tests/IntegrationTests/Volumes",
        needs: ["Volumes", "Ceph", "Vocabulary", "TestSupport", "LabSupport"], products: ["Logging"]),
    .tests(
        "KubernetesIntegrationTests", path: "Tests/IntegrationTests/Kubernetes",
        needs: ["KubernetesClient", "KubernetesModel", "Vocabulary", "LabSupport"],
        products: ["Logging"]),
    .tests(
        "CommandLineIntegrationTests", path: "Tests/IntegrationTests/CommandLine",
        needs: ["holdfast", "KubernetesModel", "Vocabulary", "LabSupport"]),
    .tests(
        "WhatIfIntegrationTests", path: "Tests/IntegrationTests/WhatIf",
        needs: ["Resilience", "ClusterState", "CRUSH", "Vocabulary", "LabSupport"]),
    .tests(
        "AuditIntegrationTests", path: "Tests/IntegrationTests/Audit",
        needs: ["Audit", "Resilience", "ClusterState", "CRUSH", "KubernetesModel", "Vocabulary", "LabSupport"]),
    .tests(
        "EndToEndTests", path: "Tests/IntegrationTests/EndToEnd",
        needs: [
            "holdfast", "holdfast-provisioner", "KubernetesModel", "Vocabulary", "TestSupport", "LabSupport",
            "FaultSupport",
        ]),
    .tests(
        "SurvivalTests", path: "Tests/IntegrationTests/Survival",
        needs: ["holdfast", "KubernetesModel", "Vocabulary", "TestSupport", "LabSupport"]),
]

/// One line per external package: where it is, from which version, and the products used of it.
struct External {
    var package: String
    var url: String
    var version: Version
    var traits: Set<Package.Dependency.Trait>?
    var products: [String]

    init(
        _ package: String, _ owner: String, _ version: Version, traits: Set<Package.Dependency.Trait>? = nil,
        _ products: [String]
    ) {
        self.package = package
        self.url = "https://github.com/\(owner)/\(package).git"
        self.version = version
        self.traits = traits
        self.products = products
    }

    var dependency: Package.Dependency {
        if let traits { return .package(url: url, from: version, traits: traits) }
        return .package(url: url, from: version)
    }
}

let externals: [External] = [
    External("swift-argument-parser", "apple", "1.8.2", ["ArgumentParser"]),
    External("swift-log", "apple", "1.16.2", ["Logging"]),
    External("swift-metrics", "apple", "2.13.0", ["Metrics", "CoreMetrics"]),
    External("swift-collections", "apple", "1.6.0", ["HeapModule", "DequeModule"]),
    External("swift-http-types", "apple", "1.8.0", ["HTTPTypes"]),
    External("swift-nio", "apple", "2.101.2", ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOFoundationCompat"]),
    External("swift-nio-ssl", "apple", "2.37.6", ["NIOSSL"]),
    External("async-http-client", "swift-server", "1.37.0", ["AsyncHTTPClient"]),
    External("swift-service-lifecycle", "swift-server", "2.13.0", ["ServiceLifecycle", "UnixSignals"]),
    External("swift-subprocess", "swiftlang", "1.0.2", ["Subprocess"]),
    External("hummingbird", "hummingbird-project", "2.28.1", traits: [], ["Hummingbird", "HummingbirdTesting"]),
    External("Yams", "jpsim", "6.2.2", ["Yams"]),
]

/// The targets that this invocation declares.
func selected() -> [Module] {
    if let only = Context.environment["HOLDFAST_ONLY"], !only.isEmpty {
        var wanted = Set<String>()
        var queue = only.split(separator: ",").map(String.init)
        for name in queue where !modules.contains(where: { $0.name == name }) {
            fatalError("HOLDFAST_ONLY names no target: \(name)")
        }
        queue += queue.map { "\($0)Tests" }
        while let name = queue.popLast() {
            guard let module = modules.first(where: { $0.name == name }), wanted.insert(name).inserted else { continue }
            queue += module.needs
        }
        return modules.filter { wanted.contains($0.name) }
    }
    if Context.environment["HOLDFAST_CORE"] == "1" { return modules.filter(\.core) }
    return modules
}

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

func target(_ module: Module) -> Target {
    let dependencies =
        module.needs.map { Target.Dependency.target(name: $0) }
        + module.products.map { product in
            guard let external = externals.first(where: { $0.products.contains(product) }) else {
                fatalError("no package is named for product \(product)")
            }
            return .product(name: product, package: external.package)
        }
    switch module.kind {
    case .library:
        return .target(name: module.name, dependencies: dependencies, path: module.path, swiftSettings: strict)
    case .executable:
        return .executableTarget(
            name: module.name, dependencies: dependencies, path: module.path, swiftSettings: strict)
    case .tests:
        return .testTarget(name: module.name, dependencies: dependencies, path: module.path, swiftSettings: strict)
    case .cShim:
        return .target(
            name: module.name, path: module.path, publicHeadersPath: "include",
            cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("rados"), .linkedLibrary("rbd")])
    case .system:
        return .systemLibrary(name: module.name, path: module.path, providers: [.apt(["zlib1g-dev"])])
    case .preload:
        return .target(
            name: module.name, path: module.path, publicHeadersPath: "include",
            cSettings: [.treatAllWarnings(as: .error)])
    }
}

let declared = selected()
let used = Set(declared.flatMap(\.products))

/// What the package of the benchmarks links.
let products: [Product] = declared.map(\.name).filter {
    ["Ceph", "Volumes", "CRUSH", "ClusterState", "Resilience", "StateFixtures", "Vocabulary"].contains($0)
}
.map { .library(name: $0, targets: [$0]) }

/// What tests have the dynamic linker load before everything else. No target may link it.
let preloads: [Product] = declared.filter { $0.kind == .preload }
    .map { .library(name: $0.name, type: .dynamic, targets: [$0.name]) }

let package = Package(
    name: "holdfast",
    products: products + preloads,
    dependencies: externals.filter { !used.isDisjoint(with: $0.products) }.map(\.dependency),
    targets: declared.map(target)
)
