import Ceph
import LabSupport
import Testing
import Vocabulary

@testable import Volumes

/// What is on disk, byte for byte, read with other programs than ours.
@Suite(.needsCeph) struct LayoutTests {
    @Test func theJournalIsCephCSIs() async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request(size: .mib(64))
            let service = try bench.service()
            let volume = try await bench.create(request, with: service)
            let uuid = volume.id.uuid.text
            #expect(request.name.text == "pvc-\(uuid)")
            #expect(volume.imageName == "csi-vol-\(uuid)")
            #expect(
                volume.id.description
                    == "0001-0003-lab-\(Hexadecimal.text(UInt64(bench.poolID.value), digits: 16))-\(uuid)")

            let directory = try await bench.omapText("csi.volumes.default")
            #expect(directory == ["csi.volume.pvc-\(uuid)": uuid])
            let imageID = try #require(
                try await bench.lab.rbd(["info", "--pool", bench.pool, volume.imageName]).idLine)
            #expect(volume.imageID == imageID)
            let object = try await bench.omapText("csi.volume.\(uuid)")
            #expect(
                object == [
                    "csi.volname": "pvc-\(uuid)", "csi.imagename": "csi-vol-\(uuid)", "csi.imageid": imageID,
                    "csi.volume.owner": "team",
                ])
            let listing = try await bench.lab.rados(["--pool", bench.pool, "listomapvals", "csi.volume.\(uuid)"])
            #expect(listing.contains("value (44 bytes)"), "\(listing)")
            #expect(try await bench.lab.rados(["--pool", bench.pool, "stat", "csi.volume.\(uuid)"]).contains("size 0"))

            // One intent, ours; it goes when the PV is saved.
            let intents = "holdfast.intents.\(bench.kubernetesCluster)"
            #expect(
                try await bench.omapText(intents) == [
                    uuid:
                        #"{"image":"csi-vol-\#(uuid)","ns":"team","op":"create","pv":"pvc-\#(uuid)","pvc":"data","v":1}"#
                ])
            try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
            #expect(try await bench.omapText(intents) == [:])
        }
    }

    @Test func withoutAClaimTheOwnerIsAbsent() async throws {
        try await VolumesBench.with { bench in
            var request = try bench.request()
            request.claimNamespace = nil
            request.recipe.namePrefix = "foo-"
            let volume = try await bench.create(request)
            let object = try await bench.omapText("csi.volume.\(volume.id.uuid)")
            #expect(object.keys.sorted() == ["csi.imageid", "csi.imagename", "csi.volname"])
            #expect(object["csi.imagename"] == "foo-\(volume.id.uuid)")
        }
    }

    @Test func metadataIsWrittenOnlyWhenAskedFor() async throws {
        try await VolumesBench.with { bench in
            let plain = try await bench.create(try bench.request())
            #expect(try await bench.metadata(of: plain.imageName) == [:])
            let request = try bench.request()
            let volume = try await bench.create(request, with: bench.service(clusterName: "lab1"))
            #expect(
                try await bench.metadata(of: volume.imageName) == [
                    "csi.ceph.com/cluster/name": "lab1", "csi.storage.k8s.io/pv/name": request.name.text,
                    "csi.storage.k8s.io/pvc/name": "data", "csi.storage.k8s.io/pvc/namespace": "team",
                ])
        }
    }

    @Test func aRadosNamespaceHoldsEverything() async throws {
        try await VolumesBench.with { bench in
            let request = try bench.request(namespace: "team-a")
            let missing = await #expect(throws: VolumeError.self) { try await bench.create(request) }
            #expect(missing?.code == .notFound && missing?.key == "radosNamespace", "\(String(describing: missing))")
            try await bench.lab.rbd(["namespace", "create", "\(bench.pool)/team-a"])
            let service = try bench.service()
            let volume = try await bench.create(request, with: service)
            try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(30)))
            var allowed = AllowList(kubernetesCluster: bench.kubernetesCluster, namespace: "team-a")
            allowed.add(volume)
            let inventory = try await PoolInventory(of: bench)
            #expect(allowed.excess(in: inventory).filter { !$0.hasPrefix("rbd_namespace") } == [])
            #expect(allowed.missing(in: inventory) == [])
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            #expect(try await bench.context(namespace: "team-a").trash().map(\.id) == [volume.imageID])
        }
    }

    @Test func aDeletedImageKeepsWhatUndeletingNeeds() async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            let volume = try await bench.create(try bench.request(), with: service)
            try await service.delete(
                bench.deletion(volume, retention: .seconds(3600)), deadline: .in(.seconds(30)))
            let entry = try #require(try await bench.context().trash().first)
            #expect(entry.id == volume.imageID && entry.name == volume.imageName)
            #expect((3590...3610).contains(entry.keptUntil - entry.deleted))
            let report = try await bench.purger(service).pass(over: bench.location)
            #expect(report == Purger.Report())
            try await bench.context().restoreFromTrash(id: entry.id)
            #expect(
                try await bench.metadata(of: volume.imageName) == [
                    "holdfast.io/deleted-by": bench.kubernetesCluster.text,
                    "holdfast.io/pv": #"{"kind":"PersistentVolume"}"#,
                    "holdfast.io/pvc": #"{"kind":"PersistentVolumeClaim"}"#,
                ])
        }
    }

    /// The entry of an image that is moved without librbd is the one that librbd writes, but for name and times.
    @Test func theTrashsEntryIsLibrbds() async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            let context = try await bench.context()
            let (ours, theirs) = (
                try await bench.create(try bench.request()), try await bench.create(try bench.request())
            )
            try await service.delete(bench.deletion(ours, retention: .seconds(60)), deadline: .in(.seconds(30)))
            try await context.moveToTrash(name: theirs.imageName, delay: .seconds(60))
            func entry(_ volume: Volume) async throws -> [UInt8] {
                let key = "id_\(volume.imageID)"
                return try #require(try await context.omapValues(of: "rbd_trash", keys: [key])[key])
            }
            /// Without the name and the two times, which are before the mark.
            func frame(_ entry: [UInt8], _ volume: Volume) -> [UInt8] {
                let name = entry.prefix(11 + volume.imageName.utf8.count)
                #expect(name.suffix(volume.imageName.utf8.count).elementsEqual(volume.imageName.utf8))
                return Array(entry.prefix(11) + entry.suffix(1)) + [UInt8(entry.count)]
            }
            let (own, librbds) = (try await entry(ours), try await entry(theirs))
            #expect(frame(own, ours) == frame(librbds, theirs))
            let trash = try await context.trash()
            #expect(trash.count == 2 && trash.allSatisfy { $0.source == .user && $0.keptUntil - $0.deleted == 60 })
            #expect(try await context.images().isEmpty)
            #expect(try await bench.omapText("rbd_directory").keys.allSatisfy { $0 == "state" })
            // Either way leads back.
            try await context.restoreFromTrash(id: ours.imageID)
            #expect(try await context.images().map(\.name) == [ours.imageName])
        }
    }

    /// An image that another cluster put into the trash is not ours to purge.
    @Test func thePurgerTouchesOnlyItsOwn() async throws {
        try await VolumesBench.with { bench in
            try await bench.lab.rbd(["create", "--pool", bench.pool, "--size", "16", "theirs"])
            try await bench.lab.rbd(["trash", "mv", "--pool", bench.pool, "theirs"])
            let service = try bench.service()
            let volume = try await bench.create(try bench.request(), with: service)
            try await service.delete(bench.deletion(volume), deadline: .in(.seconds(30)))
            let report = try await bench.purger(service).pass(over: bench.location)
            #expect(report == Purger.Report(removed: 1))
            #expect(try await bench.context().trash().map(\.name) == ["theirs"])
        }
    }
}

extension VolumesBench {
    /// An object's omap as text.
    func omapText(_ object: String, namespace: String = "") async throws -> [String: String] {
        try await context(namespace: namespace).omapEntries(of: object).entries.reduce(into: [:]) { omap, entry in
            omap[entry.key] = String(decoding: entry.value, as: UTF8.self)
        }
    }

    /// An image's metadata, as `rbd` shows it.
    func metadata(of image: String) async throws -> [String: String] {
        let text = try await lab.rbd(["image-meta", "list", "--pool", pool, "--image", image, "--format", "json"])
        return try JSONText.dictionary(text)
    }
}

extension String {
    /// The id in the output of `rbd info`.
    fileprivate var idLine: String? {
        split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.first == "id:" ? words.last.map { String($0) } : nil
        }.first
    }
}
