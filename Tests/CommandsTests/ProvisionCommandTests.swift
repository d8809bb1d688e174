import ArgumentParser
import Console
import KubernetesModel
import Provisioner
import Testing
import Volumes

@testable import Commands

@Suite struct ProvisionCommandTests {
    private static let manifests = Samples.documents(
        Samples.classYAML, Samples.secretYAML, Samples.claimYAML("a"), Samples.claimYAML("b", size: "500M"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}")

    private func run(
        _ backend: MemoryBackend, _ arguments: [String] = [], input: String = manifests
    ) async throws -> (status: CommandStatus, output: String, story: String) {
        let parsed = try HoldfastCommand.parseAsRoot(["provision", "-f", "-"] + arguments)
        let command = try #require(parsed as? ProvisionCommand)
        let session = Samples.session(input: input, isQuiet: command.options.quiet)
        let status = await command.run(in: session) {
            try await command.perform(in: session) { body in try await body(backend) }
        }
        return (status, session.streams.output.contents, session.streams.story.contents)
    }

    @Test func printsThePVsToApply() async throws {
        let backend = MemoryBackend()
        let (status, output, story) = try await run(backend)
        #expect(status == .success)
        let volumes = try ManifestReader.read(output, file: "output").map { try PersistentVolume(manifest: $0.json) }
        #expect(volumes.count == 2)
        let volume = try #require(volumes.first)
        #expect(volume.claim?.key == ObjectKey(namespace: "default", name: "a"))
        #expect(volume.claim?.uid == nil, "a derived UID would make the binder reject the claim")
        #expect(volume.metadata.finalizers == ["external-provisioner.volume.kubernetes.io/finalizer"])
        #expect(volume.metadata[annotation: "pv.kubernetes.io/provisioned-by"] == "rbd.holdfast.io")
        #expect(volume.csi?.driver == "rbd.csi.ceph.com")
        #expect(volume.csi?[secret: .nodeStage] == SecretReference(namespace: "holdfast", name: "key"))
        #expect(volumes.map { $0.json["spec", "capacity", "storage"] } == ["1Gi", "477Mi"])
        #expect(story.contains("f:") == false)
        #expect(story.contains("ConfigMap is of no use here"))
        #expect(story.contains("2 of 2 claims have a volume"))
        #expect(!(output + story).contains("AQAAAA"), "no key in any output")
    }

    @Test func whatIsSettledIsWhatWasPrinted() async throws {
        let backend = MemoryBackend(failures: ["b": .notReady("Ceph is down")])
        let (status, output, story) = try await run(backend)
        #expect(status == .failure)
        #expect(try ManifestReader.read(output, file: "o").count == 1)
        #expect(story.contains("claim default/b: Ceph is down"))
        let settled = backend.recorded.settled
        #expect(settled.count == 1)
        #expect(output.contains("name: \(settled.first ?? "?")"))
    }

    @Test(
        arguments: [
            ([.poolMissing], .notFound), ([.conflict, .conflict], .conflict), ([.timedOut], .unreachable),
            ([.permissionDenied], .denied), ([.outOfSpace], .conflict), ([.permissionDenied, .timedOut], .failure),
            ([.corrupt], .failure),
        ] as [([VolumeError.Code], CommandStatus)])
    func theExitCodeTellsWhatFailed(codes: [VolumeError.Code], expected: CommandStatus) async throws {
        var failures: [String: ProvisionFailure] = [:]
        for (name, code) in zip(["a", "b"], codes) {
            failures[name] = ProvisionFailure(.finished, .retry, "no volume")
            failures[name]?.code = code
        }
        #expect(try await run(MemoryBackend(failures: failures)).status == expected)
    }

    @Test func twiceIsOnce() async throws {
        let backend = MemoryBackend()
        let first = try await run(backend)
        let second = try await run(backend)
        #expect(first.output == second.output)
        #expect(backend.recorded.volumes.count == 2)
    }

    @Test func aDryRunTouchesNothing() async throws {
        let backend = MemoryBackend()
        let (status, output, story) = try await run(backend, ["--dry-run"])
        #expect(status == .success)
        #expect(output.hasPrefix("CLAIM       CLASS   IMAGE"))
        #expect(output.contains("default/b   fast    kube/csi-vol-"))
        #expect(story.contains("dry run: nothing was made; 2 claims would get a volume"))
        #expect(backend.recorded.creations.isEmpty)
        let json = try JSONValue(json: try await run(backend, ["--dry-run", "-o", "json"]).output)
        #expect(json["kind"] == "ProvisionPlan")
        #expect(json["items"]?[1]?["sizeBytes"] == .integer(477 << 20))
    }

    @Test(arguments: ["yaml", "json"]) func theMachineFormsHoldTheSame(form: String) async throws {
        let output = try await run(MemoryBackend(), ["-o", form]).output
        let read = try ManifestReader.read(output, file: "o").map(\.json)
        let expected = try ManifestReader.read(try await run(MemoryBackend()).output, file: "o").map(\.json)
        #expect(read == expected)
    }

    @Test func namesAndTables() async throws {
        let names = try await run(MemoryBackend(), ["-o", "name"]).output
        #expect(names.split(separator: "\n").allSatisfy { $0.hasPrefix("persistentvolume/pvc-") })
        let table = try await run(MemoryBackend(), ["-o", "table", "-q"])
        #expect(table.output.contains("default/a   fast    kube/csi-vol-"))
        #expect(table.story == "")
    }

    @Test func nothingIsMadeWhileAnythingIsWrong() async throws {
        let backend = MemoryBackend()
        let bad = Self.manifests + "\n---\n" + Samples.claimYAML("c", size: "x")
        let (status, output, story) = try await run(backend, input: bad)
        #expect(status == .failure)
        #expect(output == "")
        #expect(story.contains("error: -:"))
        #expect(backend.recorded.creations.isEmpty)
        let json = try await run(backend, ["-o", "json", "-q"], input: bad).story
        #expect(try JSONValue(json: json)["code"] == "InvalidManifest")
    }

    @Test func noMoreAtATimeThanAskedFor() async throws {
        let claims = (0..<40).map { Samples.claimYAML("c\($0)") }.joined(separator: "\n---\n")
        let backend = MemoryBackend()
        let result = try await run(
            backend, ["--concurrency", "3"], input: Samples.documents(Samples.classYAML, Samples.secretYAML, claims))
        #expect(result.status == .success)
        #expect(backend.recorded.mostRunning <= 3)
        let order = try ManifestReader.read(result.output, file: "o").map { $0.json["spec", "claimRef", "name"] }
        #expect(order == (0..<40).map { .string("c\($0)") }, "the files' order")
    }

    @Test func aFewAreToldOneByOneAndManyAreCounted() async throws {
        let few = try await run(MemoryBackend()).story
        #expect(few.contains("claim default/a: image kube/csi-vol-"))
        let claims = (0..<40).map { Samples.claimYAML("c\($0)") }.joined(separator: "\n---\n")
        let many = try await run(
            MemoryBackend(), input: Samples.documents(Samples.classYAML, Samples.secretYAML, claims)
        ).story
        #expect(!many.contains("claim default/"))
        #expect(many.contains("Making volumes: 40 of 40 claims (100 %)"))
    }

    @Test func cancellationEndsTheRun() async throws {
        let run = ProvisionRun(
            backend: MemoryBackend(hangs: true), settings: ProvisionerSettings(), concurrency: 2, timeout: .seconds(60),
            streams: Samples.session().streams)
        let jobs = ProvisionAgenda(try Samples.catalogue(Self.manifests), settings: .init()).jobs
        let task = Task { try await run.make(jobs) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func secretsThatAreNotThereAreTold() async throws {
        let input = Samples.documents(Samples.classYAML, Samples.claimYAML("a"))
        let result = try await run(MemoryBackend(), input: input)
        #expect(result.status == .success)
        #expect(result.story.contains("warning: Secret holdfast/key is in none of the files"))
    }

    @Test func withoutClaimsThereIsNothingToDo() async throws {
        let backend = MemoryBackend()
        let result = try await run(backend, ["-o", "json"], input: Samples.classYAML)
        #expect(result.status == .success)
        #expect(try JSONValue(json: result.output)["items"] == [])
        #expect(result.story.contains("no PersistentVolumeClaim"))
    }
}
