import KubernetesModel
import LabSupport
import Testing
import Vocabulary

/// `holdfast provision`, as a process, on a real Ceph cluster.
@Suite(.needsCeph, .timeLimit(.minutes(3))) struct ProvisionTests {
    @Test func manifestsBecomeImagesAndPVsAndOnceMoreChangesNothing() async throws {
        try await Desk.with { desk in
            let first = try await desk.provision()
            try #require(first.status == 0, "\(first.error)")
            let before = try await desk.contents()
            let second = try await desk.provision()
            #expect(second.status == 0, "\(second.error)")
            #expect(second.output == first.output, "byte for byte")
            #expect(try await desk.contents() == before)

            let printed = try await desk.provision("-o", "json")
            let list = try JSONObject(json: printed.output)
            let volumes = try (list["items"]?.arrayValue ?? []).compactMap(\.objectValue).map {
                try PersistentVolume(manifest: $0)
            }
            #expect(volumes.map { $0.claim?.name } == ["data", "logs"])
            #expect(volumes.map { $0.json["spec", "capacity", "storage"] } == ["6Mi", "5Mi"])
            #expect(Set(volumes.compactMap { $0.csi?.volumeAttributes["imageName"] }) == (try await desk.images()))
            for volume in volumes {
                let image = try #require(volume.csi?.volumeAttributes["imageName"])
                #expect(try await desk.ceph.rbd(["info", "\(desk.name)/\(image)"]).contains("order 22"))
                let journal = try await desk.ceph.rados(["-p", desk.name, "ls"])
                #expect(journal.contains("csi.volume.\(image.dropFirst("csi-vol-".count))"))
            }
            // Everything under way is settled: no note is left behind.
            for (object, omap) in before where object.hasPrefix("holdfast.intents.") { #expect(omap.isEmpty) }
            for result in [first, second, printed] {
                #expect(!result.output.contains(desk.key.reveal()) && !result.error.contains(desk.key.reveal()))
            }
        }
    }

    @Test func aDryRunTouchesNothing() async throws {
        try await Desk.with { desk in
            let result = try await desk.provision("--dry-run")
            #expect(result.status == 0, "\(result.error)")
            #expect(result.output.contains("\(desk.name)/data") && result.output.contains("5 MiB"))
            #expect(try await desk.contents().isEmpty)
            #expect(!(result.output + result.error).contains(desk.key.reveal()))
        }
    }

    /// What is wrong in a manifest, and the line that the message must name.
    struct Hostile: Sendable, CustomStringConvertible {
        var description: String
        var text: @Sendable (Desk) -> String
        var line: Int
        var says: String
    }

    static let hostile = [
        Hostile(
            description: "an unknown parameter",
            text: { $0.storageClass(with: "colour: blue") + "---\n" + $0.claim("data", storage: "1Gi") }, line: 14,
            says: "colour"),
        Hostile(
            description: "a parameter that is no text", text: { $0.storageClass(with: "stripeCount: 4") }, line: 14,
            says: "put the value in quotes"),
        Hostile(
            description: "a parameter that is there twice", text: { $0.storageClass(with: "pool: other") }, line: 8,
            says: "pool is there twice"),
        Hostile(
            description: "aliases that stand for billions of values", text: bomb, line: 1, says: "too many values"),
        Hostile(
            description: "a text that is no YAML", text: { "kind: StorageClass\nmetadata: {name: \($0.name)\n" },
            line: 3, says: "not YAML"),
        Hostile(
            description: "control characters in a name",
            text: { $0.claim(#""evil\e[2Jname""#, storage: "1Gi") }, line: 7, says: #"\u{1B}"#),
        Hostile(
            description: "a size beyond all bounds",
            text: { $0.storageClass() + "---\n" + $0.claim("big", storage: "99Ei") },
            line: 15, says: "ask for less"),
    ]

    private static func bomb(_ desk: Desk) -> String {
        let levels = ["a", "b", "c", "d", "e", "f", "g", "h"]
        let lines = levels.indices.dropFirst().map { index in
            let alias = "*\(levels[index - 1])"
            return "\(levels[index]): &\(levels[index]) [\(Array(repeating: alias, count: 20).joined(separator: ", "))]"
        }
        return "a: &a [1, 2, 3, 4]\n" + lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: hostile) func aHostileManifestIsRefusedWithFileAndLine(_ hostile: Hostile) async throws {
        try await Desk.with { desk in
            try desk.write("hostile.yaml", hostile.text(desk))
            let start = ContinuousClock.now
            let result = try await desk.provision(files: ["secret.yaml", "hostile.yaml"])
            #expect(result.status == 1, "\(result.status) \(result.error)")
            #expect(result.output.isEmpty, "nothing to apply")
            #expect(result.error.contains("\(desk.path("hostile.yaml")):\(hostile.line): "), "\(result.error)")
            #expect(result.error.contains(hostile.says), "\(result.error)")
            #expect(!result.error.contains("\u{1B}[2J"))
            #expect(try await desk.contents().isEmpty, "nothing was made")
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }

    @Test func whatCephRefusesIsToldWithTheClaimAndTheOthersAreMade() async throws {
        try await Desk.with { desk in
            try desk.write(
                "lost.yaml",
                desk.storageClass().replacing("pool: \(desk.name)", with: "pool: no-such-pool")
                    .replacing("name: \(desk.name)\nprovisioner", with: "name: lost\nprovisioner")
                    + "---\n"
                    + desk.claim("lost", storage: "4Mi").replacing(
                        "storageClassName: \(desk.name)", with: "storageClassName: lost"))
            let result = try await desk.provision(
                "-o", "name", files: ["class.yaml", "secret.yaml", "claims.yaml", "lost.yaml"])
            #expect(result.status == 2, "what was named does not exist")
            #expect(result.output.split(separator: "\n").count == 2)
            #expect(result.error.contains("claim \(desk.name)/lost: ") && result.error.contains("no-such-pool"))
            #expect(try await desk.images().count == 2)
        }
    }

    @Test func theJournalIsThatOfTheInstance() async throws {
        try await Desk.with { desk in
            let result = try await desk.provision("--instance-id", "east")
            try #require(result.status == 0, "\(result.error)")
            let objects = try await desk.contents()
            #expect(objects["csi.volumes.east"]?.contains("csi.volume.pvc-") == true)
            #expect(objects["csi.volumes.default"] == nil)
        }
    }

    @Test(.needsKubernetes) func thePrintedPVsBindTheClaimsOnARealAPI() async throws {
        let kube = try await KubeLab.shared()
        try await Desk.with { desk in
            let result = try await desk.provision()
            try #require(result.status == 0, "\(result.error)")
            try await kube.kubectl(["create", "namespace", desk.name])
            try await kube.kubectl(["apply", "-f", desk.path("class.yaml")])
            try await kube.kubectl(["apply", "-f", "-"], input: result.output)
            try await kube.kubectl(["apply", "-f", desk.path("claims.yaml")])
            let phases = ["get", "pvc", "-n", desk.name, "-o", "jsonpath={.items[*].status.phase}"]
            try await eventually("both claims are bound") { try await kube.kubectl(phases) == "Bound Bound" }
            // The finalizers would wait for a provisioner that is not there.
            let volumes = try await kube.kubectl(["get", "-f", "-", "-o", "name"], input: result.output)
            try await kube.kubectl(["delete", "namespace", desk.name], deadline: .in(.seconds(60)))
            for volume in volumes.split(separator: "\n").map(String.init) {
                try await kube.kubectl(["patch", volume, "--type=merge", "-p", #"{"metadata":{"finalizers":null}}"#])
                try await kube.kubectl(["delete", volume, "--ignore-not-found"])
            }
            try await kube.kubectl(["delete", "-f", desk.path("class.yaml")])
        }
    }
}
