import Ceph
import LabSupport
import Testing
import Vocabulary

@testable import Volumes

/// A deletion whose preconditions do not hold changes nothing, and says what is in its way.
@Suite(.needsCeph) struct PreconditionTests {
    /// Expects a deletion to be refused, with everything as it was.
    private func expectRefused(
        _ bench: VolumesBench, _ deletion: VolumeDeletion, _ code: VolumeError.Code, naming text: String
    ) async throws {
        let service = try bench.service()
        _ = try await service.pendingIntents(in: bench.location)
        let before = try await PoolInventory(of: bench)
        let error = await #expect(throws: VolumeError.self) {
            try await service.delete(deletion, deadline: .in(.seconds(30)))
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
        let after = try await PoolInventory(of: bench)
        #expect(after == before)
    }

    @Test func anOpenImageStays() async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            let volume = try await bench.create(try bench.request(), with: service)
            let address = try await bench.cluster.clientAddresses()
            try await bench.context().withImage(.name(volume.imageName), mode: .readWrite) {
                _ throws(CephError) in
                do {
                    try await expectRefused(bench, bench.deletion(volume), .inUse, naming: address)
                } catch {
                    Issue.record(error)
                }
            }
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
        }
    }

    @Test func anAttachedVolumeStays() async throws {
        try await VolumesBench.with { bench in
            let volume = try await bench.create(try bench.request())
            var deletion = bench.deletion(volume)
            deletion.attachedNodes = ["node-7"]
            try await expectRefused(bench, deletion, .inUse, naming: "node-7")
        }
    }

    @Test func anImageWithSnapshotsStays() async throws {
        try await VolumesBench.with { bench in
            let volume = try await bench.create(try bench.request())
            let spec = "\(bench.pool)/\(volume.imageName)"
            try await bench.lab.rbd(["snap", "create", "\(spec)@monday"])
            try await expectRefused(bench, bench.deletion(volume), .hasSnapshots, naming: "monday")
            try await bench.lab.rbd(["snap", "rm", "\(spec)@monday"])
            try await bench.service().delete(bench.deletion(volume), deadline: .in(.seconds(30)))
        }
    }

    /// Snapshots in the trash's namespace belong to clones. They are no reason to refuse, and the image waits in the
    /// trash for its clones.
    @Test func anImageWithClonesGoesToTheTrashAndWaitsThere() async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            let volume = try await bench.create(try bench.request(), with: service)
            let spec = "\(bench.pool)/\(volume.imageName)"
            try await bench.lab.rbd(["snap", "create", "\(spec)@base"])
            try await bench.lab.rbd(["clone", "--rbd-default-clone-format", "2", "\(spec)@base", "\(bench.pool)/clone"])
            try await bench.lab.rbd(["snap", "rm", "\(spec)@base"])
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            let purger = bench.purger(service)
            #expect(try await purger.pass(over: bench.location) == Purger.Report(postponed: 1))
            try await bench.lab.rbd(["rm", "\(bench.pool)/clone"])
            #expect(try await purger.pass(over: bench.location) == Purger.Report(removed: 1))
        }
    }

    @Test func anImageInAGroupStays() async throws {
        try await VolumesBench.with { bench in
            let volume = try await bench.create(try bench.request())
            try await bench.lab.rbd(["group", "create", "\(bench.pool)/group"])
            try await bench.lab.rbd([
                "group", "image", "add", "\(bench.pool)/group", "\(bench.pool)/\(volume.imageName)",
            ])
            try await expectRefused(bench, bench.deletion(volume), .inUse, naming: "group")
        }
    }

    /// Where mirroring is on, librbd moves the image, and ends its mirroring.
    @Test func aMirroredImageLeavesItsMirror() async throws {
        try await VolumesBench.with { bench in
            let volume = try await bench.create(try bench.request())
            try await bench.lab.rbd(["mirror", "pool", "enable", bench.pool, "image"])
            try await bench.lab.rbd(["mirror", "image", "enable", "\(bench.pool)/\(volume.imageName)", "snapshot"])
            let key = "image_\(volume.imageID)"
            #expect(try await bench.omapText("rbd_mirroring").keys.contains(key))
            try await bench.service().delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            #expect(try await !bench.omapText("rbd_mirroring").keys.contains(key))
            #expect(try await bench.context().trash().map(\.id) == [volume.imageID])
        }
    }

    @Test func anotherVolumesJournalStays() async throws {
        try await VolumesBench.with { bench in
            let volume = try await bench.create(try bench.request())
            var deletion = bench.deletion(volume)
            deletion.name = try bench.request().name
            try await expectRefused(bench, deletion, .conflict, naming: volume.name.text)
        }
    }
}
