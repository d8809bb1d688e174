import Ceph
import Vocabulary

@testable import Volumes

extension VolumesBench {
    /// Brings a whole volume into a state that a death in the middle leaves.
    func apply(_ damage: InterruptedStateTests.Damage, to volume: Volume) async throws {
        let context = try await context()
        let (image, id) = (volume.imageName, volume.imageID)
        switch damage {
        case .nothing:
            break
        case .imageMissing:
            try await context.removeImage(name: image)
        case .directoryKeyMissing:
            try await removeDirectoryKey(of: volume, context)
        case .journalMissing:
            try await removeDirectoryKey(of: volume, context)
            try await context.remove(JournalLayout.volumeObject(volume.id.uuid))
        case .allMissing:
            try await context.removeImage(name: image)
            try await apply(.journalMissing, to: volume)
        case .imageInTrash:
            try await context.moveToTrash(name: image)
        case .imageInTrashJournalMissing:
            try await context.moveToTrash(name: image)
            try await apply(.journalMissing, to: volume)
        case .imageIDKeyMissing:
            try await context.removeOmapKeys(
                [JournalLayout.imageIDKey], of: JournalLayout.volumeObject(volume.id.uuid))
        case .volumeObjectMissing:
            try await context.remove(JournalLayout.volumeObject(volume.id.uuid))
        case .headerMissing:
            try await context.remove("rbd_header.\(id)")
            try await context.remove("rbd_object_map.\(id)")
        case .headerAndIDMissing:
            try await apply(.headerMissing, to: volume)
            try await context.remove("rbd_id.\(image)")
        case .objectMapMissing:
            try await context.remove("rbd_object_map.\(id)")
        case .idObjectMissing:
            try await context.remove("rbd_id.\(image)")
        case .moveToTrashBegun:
            try await beginMove(of: volume, context)
        case .moveToTrashHalfDone:
            try await beginMove(of: volume, context)
            try await context.remove("rbd_id.\(image)")
        case .moveToTrashAllButMarked:
            try await beginMove(of: volume, context)
            try await context.remove("rbd_id.\(image)")
            try await context.removeOmapKeys(["name_\(image)", "id_\(id)"], of: "rbd_directory")
        case .trashRemovalHalfDone:
            try await context.moveToTrash(name: image)
            try await context.remove("rbd_header.\(id)")
            try await context.remove("rbd_object_map.\(id)")
        }
    }

    /// A volume for the same PV name as ceph-csi makes it, under a random UUID.
    func makeForeignVolume(for request: VolumeRequest) async throws -> (VolumeUUID, imageID: String) {
        let uuid = VolumeUUID(named: "\(UInt64.random(in: .min ... .max))", in: [1])
        let context = try await context()
        let image = "csi-vol-\(uuid)"
        try await context.createImage(name: image, size: request.size, options: ImageOptions(features: [.layering]))
        let entry = try await context.images().first { $0.name == image }
        let imageID = entry?.id ?? ""
        let reservation = Reservation(
            uuid: uuid, name: request.name.text, imageName: image, imageID: imageID, owner: "team")
        try await context.setOmap(reservation.omap, of: JournalLayout.volumeObject(uuid))
        try await context.setOmap(
            [JournalLayout.directoryKey(request.name.text): Array(uuid.text.utf8)], of: "csi.volumes.default")
        return (uuid, imageID)
    }

    private func removeDirectoryKey(of volume: Volume, _ context: IOContext) async throws {
        try await context.removeOmapKeys(
            [JournalLayout.directoryKey(volume.name.text)], of: JournalLayout.directoryObject())
    }

    /// The image's entry in the trash, marked as moving, with all else still there. The mark is the last byte of the
    /// entry (`cls::rbd::TrashImageSpec`, from Ceph 14 on).
    private func beginMove(of volume: Volume, _ context: IOContext) async throws {
        let (image, id) = (volume.imageName, volume.imageID)
        try await context.moveToTrash(name: image)
        let key = "id_\(id)"
        guard var entry = try await context.omapValues(of: "rbd_trash", keys: [key])[key], !entry.isEmpty else {
            throw CephError(.notFound, errno: 2, operation: "beginMove", target: image)
        }
        entry[entry.count - 1] = 1
        try await context.setOmap([key: entry], of: "rbd_trash")
        try await context.writeFull(RBDObjects.encode(id), to: "rbd_id.\(image)")
        try await context.setOmap(
            ["name_\(image)": RBDObjects.encode(id), "id_\(id)": RBDObjects.encode(image)], of: "rbd_directory")
    }
}
