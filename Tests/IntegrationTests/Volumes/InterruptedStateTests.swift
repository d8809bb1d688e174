import Ceph
import LabSupport
import Testing
import Vocabulary

@testable import Volumes

/// Every state that a maker or a remover can leave when it dies, and what a create and a delete make of it.
@Suite(.needsCeph) struct InterruptedStateTests {
    /// What is missing of a whole volume.
    enum Damage: String, CaseIterable, Sendable {
        case nothing
        case imageMissing
        case directoryKeyMissing
        case journalMissing
        case allMissing
        case imageInTrash
        case imageInTrashJournalMissing
        case imageIDKeyMissing
        case volumeObjectMissing
        case headerMissing
        case headerAndIDMissing
        case objectMapMissing
        case idObjectMissing
        case moveToTrashBegun
        case moveToTrashHalfDone
        case moveToTrashAllButMarked
        case trashRemovalHalfDone
    }

    private static let features: ImageFeatures = [.layering, .exclusiveLock, .objectMap]

    @Test(arguments: Damage.allCases)
    func aDeleteLeavesNothing(damage: Damage) async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            let volume = try await bench.create(try bench.request(features: Self.features), with: service)
            try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
            try await bench.apply(damage, to: volume)
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            try await service.settle(volume.id, deadline: .in(.seconds(30)))
            _ = try await bench.purger(service).pass(over: bench.location)
            let inventory = try await PoolInventory(of: bench)
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            switch damage {
            case .volumeObjectMissing, .nothing, .imageMissing, .directoryKeyMissing, .journalMissing, .allMissing,
                .imageIDKeyMissing, .headerMissing, .headerAndIDMissing, .objectMapMissing, .moveToTrashBegun,
                .moveToTrashHalfDone, .moveToTrashAllButMarked, .trashRemovalHalfDone:
                break
            case .imageInTrash, .imageInTrashJournalMissing:
                // Somebody else put it there: it is not marked as ours, and stays.
                allowed.addTrash(volume.imageID, features: Self.features)
            case .idObjectMissing:
                break
            }
            #expect(allowed.excess(in: inventory) == [], "\(damage)")
        }
    }

    @Test(arguments: Damage.allCases)
    func aCreateMakesItWholeOrSaysWhyNot(damage: Damage) async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request(features: Self.features)
            let first = try await bench.create(request)
            try await bench.apply(damage, to: first)
            let service = try bench.service()
            let wholeOnce = try await service.stores.store(bench.location).reservation(first.id.uuid)?.imageID != nil
            do {
                let volume = try await bench.create(request, with: service)
                try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
                #expect(volume.id == first.id)
                let inventory = try await PoolInventory(of: bench)
                var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
                allowed.add(volume, features: Self.features)
                #expect(allowed.missing(in: inventory) == [], "\(damage)")
                let size = try await bench.context().withImage(.name(volume.imageName)) { image throws(CephError) in
                    try await image.size()
                }
                #expect(size == request.size)
            } catch let error as VolumeError {
                // Only what was whole once is left alone.
                #expect(wholeOnce && error.code == .corrupt, "\(damage): \(error)")
            }
        }
    }

    /// A volume that died before its id was recorded is repaired, whatever there is of its image.
    @Test(arguments: [Damage.headerMissing, .headerAndIDMissing, .objectMapMissing, .imageMissing])
    func aHalfMadeImageIsMadeAnew(damage: Damage) async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request(features: Self.features)
            let first = try await bench.create(request)
            try await bench.apply(damage, to: first)
            try await bench.apply(.imageIDKeyMissing, to: first)
            let service = try bench.service()
            let volume = try await bench.create(request, with: service)
            try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
            #expect(volume.id == first.id && volume.imageID != first.imageID)
            let inventory = try await PoolInventory(of: bench)
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            allowed.add(volume, features: Self.features)
            #expect(allowed.excess(in: inventory) == [], "\(damage)")
            #expect(allowed.missing(in: inventory) == [], "\(damage)")
        }
    }

    @Test func aForeignVolumeIsTakenOverWithItsHandle() async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request()
            let (foreign, imageID) = try await bench.makeForeignVolume(for: request)
            let service = try bench.service()
            let used = await #expect(throws: VolumeError.self) {
                try await service.create(request, deadline: .in(.seconds(30))) { $0.uuid == foreign }
            }
            #expect(used?.code == .conflict)
            let volume = try await bench.create(request, with: service)
            #expect(volume.id.uuid == foreign && volume.imageID == imageID)
            #expect(volume.intent == request.name.uuidInName)
            try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster)
            allowed.add(volume)
            let inventory = try await PoolInventory(of: bench)
            #expect(allowed.excess(in: inventory) == [])
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            try await service.settle(volume.id, deadline: .in(.seconds(30)))
            #expect(try await bench.omapText("csi.volumes.default") == [:])
        }
    }

    @Test func aRefusedCreateLeavesNothing() async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request()
            let (foreign, _) = try await bench.makeForeignVolume(for: request)
            try await bench.context().remove("csi.volume.\(foreign)")
            let before = try await PoolInventory(of: bench)
            let error = await #expect(throws: VolumeError.self) { try await bench.create(request) }
            #expect(error?.code == .conflict && error?.message.contains(foreign.text) == true)
            let after = try await PoolInventory(of: bench)
            let ours = AllowList(kubernetesCluster: bench.kubernetesCluster).lines
            #expect(after.lines.subtracting(before.lines).subtracting(ours) == [])
        }
    }

    /// Deleting a stale volume must not take the key of the live one of the same name.
    @Test func aDeleteLeavesTheKeyOfAnother() async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request()
            let service = try bench.service()
            let volume = try await bench.create(request, with: service)
            let key = JournalLayout.directoryKey(request.name.text)
            let other = VolumeUUID(named: "live", in: [])
            try await bench.context().setOmap([key: Array(other.text.utf8)], of: "csi.volumes.default")
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            #expect(try await bench.omapText("csi.volumes.default") == [key: other.text])
        }
    }

    @Test func aPoolThatIsGoneHoldsNothing() async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            let volume = try await bench.create(try bench.request(), with: service)
            let gone = VolumeDeletion(
                id: try VolumeID(clusterID: "lab", pool: PoolID(bench.poolID.value + 100_000), uuid: volume.id.uuid),
                name: volume.name)
            try await service.delete(gone, deadline: .in(.seconds(30)))
            try await service.settle(gone.id, deadline: .in(.seconds(30)))
            #expect(try await bench.context().images().map(\.name) == [volume.imageName])
        }
    }
}
