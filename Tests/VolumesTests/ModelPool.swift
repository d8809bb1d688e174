import Ceph
import Vocabulary

@testable import Volumes

/// A pool in memory, with the objects that a volume consists of: what the sequences' actions do to a real one.
struct ModelPool: Hashable {
    struct Image: Hashable {
        var size: ByteCount
        var features: ImageFeatures
        var watchers: [String] = []
        var hasObjectMap = true
    }

    var directory: [String: DirectoryEntry] = [:]
    var reservations: [VolumeUUID: Reservation] = [:]
    var intents: [VolumeUUID: Intent.Kind] = [:]
    /// The name's entry in `rbd_directory`, then `rbd_id.<name>`, then `rbd_header.<id>`: librbd makes them in this order.
    var imageDirectory: [String: String] = [:]
    var imageIDs: [String: String] = [:]
    var headers: [String: Image] = [:]
    /// The ids in the trash; true while a move is under way.
    var trash: [String: Bool] = [:]
    var trashNames: [String: String] = [:]
    var metadata: Set<String> = []
    private var nextID = 1

    /// What ceph-csi fails on for ever: a directory's key without its object.
    var danglingKeys: [String] {
        directory.compactMap { key, entry in
            if case .here(let uuid) = entry, reservations[uuid] == nil { return key }
            return nil
        }
    }

    /// Everything but what the trash holds.
    var isEmpty: Bool {
        directory.isEmpty && reservations.isEmpty && intents.isEmpty && imageDirectory.isEmpty && imageIDs.isEmpty
            && headers.keys.allSatisfy { trash[$0] == false } && trash.values.allSatisfy { !$0 }
    }

    // MARK: Create

    /// Does what an action says. `partial`, where the action has several steps inside Ceph, stops after so many of them.
    mutating func perform(
        _ action: CreateSequence.Action, _ request: VolumeRequest, own: VolumeUUID, carried: Set<VolumeUUID> = [],
        partial: Int? = nil
    ) -> CreateSequence.Event {
        let key = request.name.text
        switch action {
        case .recordIntent:
            intents[own] = .create
        case .reserve(let reservation):
            guard reservations[reservation.uuid] == nil else { return .exists }
            reservations[reservation.uuid] = reservation
        case .fillReservation(let reservation):
            guard reservations[reservation.uuid]?.name == nil else { return .exists }
            reservations[reservation.uuid] = reservation
        case .readReservation(let uuid):
            return .reservation(reservations[uuid])
        case .claimDirectoryKey(let uuid):
            guard directory[key] == nil else { return .exists }
            directory[key] = .here(uuid)
        case .readDirectoryKey:
            return .directory(directory[key])
        case .askWhetherCarried(let uuid):
            return .carried(carried.contains(uuid))
        case .dropReservation(let uuid):
            reservations[uuid] = nil
        case .dropIntent:
            intents[own] = nil
        case .createImage(let name):
            return createImage(name, request, partial: partial)
        case .inspectImage(let name):
            return .image(facts(name))
        case .removeHalfMadeImage(let name):
            removeImage(name, partial: partial)
        case .readImageID(let name):
            return .imageID(imageIDs[name])
        case .recordImageID(let uuid, let id):
            guard reservations[uuid] != nil else { return .missing }
            reservations[uuid]?.imageID = id
        case .writeMetadata(let id):
            metadata.insert(id)
        case .finish, .stop:
            break
        }
        return .done
    }

    private mutating func createImage(_ name: String, _ request: VolumeRequest, partial: Int?) -> CreateSequence.Event {
        guard imageDirectory[name] == nil, imageIDs[name] == nil else { return .exists }
        let id = "id\(nextID)"
        nextID += 1
        let steps = partial ?? 4
        if steps > 0 { imageDirectory[name] = id }
        if steps > 1 { imageIDs[name] = id }
        if steps > 2 {
            headers[id] = Image(
                size: request.size, features: request.recipe.features ?? [.layering], hasObjectMap: steps > 3)
        }
        return .done
    }

    private func facts(_ name: String, plainIfFree: Bool = false) -> ImageFacts? {
        guard let id = imageIDs[name], let header = headers[id] else { return nil }
        return ImageFacts(
            id: id, size: header.size, features: header.features,
            isWhole: header.hasObjectMap || !header.features.contains(.objectMap), watchers: header.watchers,
            isPlain: plainIfFree && header.watchers.isEmpty)
    }

    /// librbd removes the header first and the name last.
    private mutating func removeImage(_ name: String, partial: Int?) {
        let steps = partial ?? 3
        let id = imageIDs[name] ?? imageDirectory[name]
        if steps > 0, let id { headers[id] = nil }
        if steps > 1 { imageIDs[name] = nil }
        if steps > 2 { imageDirectory[name] = nil }
    }

    // MARK: Delete

    mutating func perform(
        _ action: DeleteSequence.Action, own: VolumeUUID, kind: Intent.Kind = .delete, partial: Int? = nil
    ) -> DeleteSequence.Event {
        switch action {
        case .readReservation(let uuid):
            return .reservation(reservations[uuid])
        case .inspectImage(let name):
            return .image(facts(name, plainIfFree: true))
        case .probeImage(let name, let recorded):
            return .remains(remains(name, recorded))
        case .recordIntent:
            intents[own] = kind
        case .keepManifests(let id):
            metadata.insert(id)
        case .moveToTrash(let name):
            moveToTrash(name, partial: partial)
        case .movePlainToTrash(let name, let id):
            movePlainToTrash(name, id, partial: partial)
        case .removeHalfMadeImage(let name):
            removeImage(name, partial: partial)
        case .releaseDirectoryKey(let uuid, let name):
            if directory[name] == .here(uuid) { directory[name] = nil }
        case .removeReservation(let uuid):
            reservations[uuid] = nil
        case .finish, .stop:
            break
        }
        return .done
    }

    private func remains(_ name: String, _ recorded: String?) -> ImageRemains {
        let id = imageIDs[name] ?? imageDirectory[name] ?? recorded
        if let id, let isMoving = trash[id] { return isMoving ? .moving(imageID: id) : .nothing }
        return imageIDs[name] == nil && imageDirectory[name] == nil ? .nothing : .halfMade
    }

    /// librbd writes the trash entry as moving, removes the id object and the name, and marks the entry as whole.
    private mutating func moveToTrash(_ name: String, partial: Int?) {
        let moving = trashNames.first { $0.value == name && trash[$0.key] == true }?.key
        guard let id = imageDirectory[name] ?? moving else { return }
        movePlainToTrash(name, id, partial: partial)
    }

    private mutating func movePlainToTrash(_ name: String, _ id: String, partial: Int?) {
        let steps = partial ?? 4
        if steps > 0 {
            trash[id] = true
            trashNames[id] = name
        }
        if steps > 1 { imageIDs[name] = nil }
        if steps > 2 { imageDirectory[name] = nil }
        if steps > 3 { trash[id] = false }
    }
}
