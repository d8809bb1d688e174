import Ceph
import Vocabulary

/// The steps that make a volume, as a value that names one action after the other and is told what came of it.
///
/// It does not remember earlier runs: after a crash the same request runs from the start, finds what is there and goes
/// on from it. The journal is written before the image, and the volume's object before the directory's key, so that
/// every state in between is one that either side can finish or undo.
struct CreateSequence: Sendable {
    /// What to do next.
    enum Action: Hashable, Sendable {
        /// Record in our own object that this volume is under way.
        case recordIntent
        /// Create the volume's object with all its keys; it must not exist.
        case reserve(Reservation)
        /// Write the keys of an object that exists without any.
        case fillReservation(Reservation)
        /// Read the object of a UUID.
        case readReservation(VolumeUUID)
        /// Set the directory's key to the UUID, if it has no value.
        case claimDirectoryKey(VolumeUUID)
        /// Read the directory's key.
        case readDirectoryKey
        /// Ask whether a PV carries the handle of this UUID.
        case askWhetherCarried(VolumeUUID)
        /// Remove our own volume object, which no directory key names and no image belongs to.
        case dropReservation(VolumeUUID)
        /// Remove the intent: nothing of this request is left.
        case dropIntent
        /// Make the image.
        case createImage(String)
        /// Open the image that is there under the name, read-only, and look at it.
        case inspectImage(String)
        /// Remove what a maker that died half way left under the name.
        case removeHalfMadeImage(String)
        /// Read the image's internal id.
        case readImageID(String)
        /// Add the image's id to the volume's object.
        case recordImageID(VolumeUUID, String)
        /// Write the image's metadata.
        case writeMetadata(imageID: String)
        /// All is there.
        case finish(Result)
        /// It cannot be done, or not now.
        case stop(Refusal)
    }

    /// What came of an action.
    enum Event: Hashable, Sendable {
        /// It was done.
        case done
        /// What should be made is there already, or the key has a value.
        case exists
        /// What should be changed is not there.
        case missing
        /// The volume's object; nil if there is none.
        case reservation(Reservation?)
        /// The directory's key; nil if it has no value.
        case directory(DirectoryEntry?)
        /// Whether a PV carries the handle.
        case carried(Bool)
        /// The image; nil if it cannot be opened because parts of it are missing.
        case image(ImageFacts?)
        /// The image's id; nil if there is no such image.
        case imageID(String?)
    }

    /// What the sequence ends in.
    struct Result: Hashable, Sendable {
        var uuid: VolumeUUID
        var imageName: String
        var imageID: String
        var size: ByteCount
    }

    /// How often something that another client changes under our hands is tried before we give up for this time.
    private static let mostAttempts = 3

    private let request: VolumeRequest
    private let own: VolumeUUID
    private let writesMetadata: Bool
    private var current: Action = .recordIntent
    /// The volume's object that the image belongs to: our own, or the adopted one.
    private var reservation: Reservation
    private var attempts = 0
    private var result: Result?
    private var refusal: Refusal?

    init(_ request: VolumeRequest, uuid: VolumeUUID, writesMetadata: Bool) {
        self.request = request
        self.own = uuid
        self.writesMetadata = writesMetadata
        reservation = Reservation(
            uuid: uuid, name: request.name.text,
            imageName: JournalLayout.imageName(prefix: request.recipe.namePrefix, uuid: uuid),
            owner: request.claimNamespace)
    }

    /// The action that is due.
    var action: Action { current }

    /// Takes in what came of the action that was due.
    mutating func advance(_ event: Event) {
        current = next(after: event)
    }

    private var imageName: String {
        reservation.imageName ?? JournalLayout.imageName(prefix: request.recipe.namePrefix, uuid: reservation.uuid)
    }

    private mutating func next(after event: Event) -> Action {
        switch (current, event) {
        case (.recordIntent, .done):
            return .reserve(reservation)
        case (.reserve, .done), (.fillReservation, .done):
            return .claimDirectoryKey(own)
        case (.reserve, .exists), (.fillReservation, .exists):
            return .readReservation(own)
        case (.readReservation(own), .reservation(let found)):
            return resume(found)
        case (.readReservation, .reservation(let found)):
            return considerAdopting(found)
        case (.claimDirectoryKey, .done):
            return imageStep
        case (.claimDirectoryKey, .exists):
            return .readDirectoryKey
        case (.readDirectoryKey, .directory(let entry)):
            return compare(entry)
        case (.askWhetherCarried, .carried(let isCarried)):
            return isCarried ? refuse(.carriedByAnotherVolume(reservation.uuid)) : .dropReservation(own)
        case (.dropReservation, .done):
            return refusal == nil ? imageStep : .dropIntent
        case (.dropIntent, .done):
            return .stop(refusal ?? .changedUnderneath)
        default:
            return afterImageStep(event)
        }
    }

    private mutating func afterImageStep(_ event: Event) -> Action {
        switch (current, event) {
        case (.createImage(let name), .done):
            return .readImageID(name)
        case (.createImage(let name), .exists):
            return .inspectImage(name)
        case (.inspectImage(let name), .image(let facts)):
            return judge(facts, name)
        case (.removeHalfMadeImage(let name), .done):
            return .createImage(name)
        case (.readImageID, .imageID(let id?)):
            return record(imageID: id, size: request.size)
        case (.recordImageID(_, let id), .done):
            return writesMetadata ? .writeMetadata(imageID: id) : finished
        case (.writeMetadata, .done):
            return finished
        default:
            // An object or an image that was there a moment ago is gone: another client is at work on it.
            return .stop(.changedUnderneath)
        }
    }

    // MARK: The journal

    /// Our object was there before us: an earlier run's, or somebody else's.
    private mutating func resume(_ found: Reservation?) -> Action {
        guard let found else { return again(.reserve(reservation)) }
        guard let name = found.name else { return again(.fillReservation(reservation)) }
        guard name == request.name.text else { return refuse(.uuidTaken(by: name)) }
        reservation.imageName = found.imageName ?? reservation.imageName
        reservation.imageID = found.imageID
        return .claimDirectoryKey(own)
    }

    private mutating func compare(_ entry: DirectoryEntry?) -> Action {
        switch entry {
        case nil: return again(.claimDirectoryKey(own))
        case .here(own): return imageStep
        case .here(let other): return .readReservation(other)
        case .elsewhere(let pool, let uuid): return withdraw(.directoryKeyElsewhere(pool, uuid))
        case .unreadable: return withdraw(.directoryKeyUnreadable)
        }
    }

    /// The directory names another UUID for this volume: ceph-csi has made it before us. It is taken over if its object
    /// agrees and nobody uses it, for only names with a UUID in them are this cluster's own.
    private mutating func considerAdopting(_ found: Reservation?) -> Action {
        guard case .readReservation(let other) = current else { return .stop(.changedUnderneath) }
        guard let found else { return withdraw(.directoryKeyDangling(other)) }
        guard found.name == request.name.text, request.name.uuidInName != nil, reservation.imageID == nil else {
            return withdraw(.directoryKeyTaken(by: other))
        }
        reservation = found
        return .askWhetherCarried(other)
    }

    /// Refuses with our object taken back, since the directory's key is not ours. An object with an image's id was a
    /// whole volume once: it stays.
    private mutating func withdraw(_ refusal: Refusal) -> Action {
        self.refusal = refusal
        return reservation.imageID == nil ? .dropReservation(own) : .dropIntent
    }

    /// Refuses; what is there is not ours and stays, but for our object where another volume has been found.
    private mutating func refuse(_ refusal: Refusal) -> Action {
        self.refusal = refusal
        return reservation.uuid == own ? .dropIntent : .dropReservation(own)
    }

    private mutating func again(_ action: Action) -> Action {
        attempts += 1
        return attempts < Self.mostAttempts ? action : .stop(.changedUnderneath)
    }

    // MARK: The image

    /// An image whose id is on record was whole once: it is looked at, not made.
    private var imageStep: Action {
        reservation.imageID == nil ? .createImage(imageName) : .inspectImage(imageName)
    }

    private mutating func judge(_ facts: ImageFacts?, _ name: String) -> Action {
        guard let facts else {
            // Only what never got an id is surely half-made; else the image is being deleted, or damaged.
            guard reservation.imageID == nil else {
                return attempts == 0 ? again(.createImage(name)) : .stop(.imageDamaged(name))
            }
            return again(.removeHalfMadeImage(name))
        }
        if !facts.isWhole, reservation.imageID == nil, facts.watchers.isEmpty {
            return again(.removeHalfMadeImage(name))
        }
        if facts.size < request.size { return .stop(.imageTooSmall(name, facts.size)) }
        if let limit = request.limit, facts.size > limit { return .stop(.imageTooLarge(name, facts.size)) }
        if let wanted = request.recipe.features, facts.features.ofVolumes != wanted.ofVolumes {
            return .stop(.imageFeaturesDiffer(name))
        }
        return record(imageID: facts.id, size: facts.size)
    }

    private mutating func record(imageID: String, size: ByteCount) -> Action {
        result = Result(uuid: reservation.uuid, imageName: imageName, imageID: imageID, size: size)
        if reservation.imageID != imageID { return .recordImageID(reservation.uuid, imageID) }
        return writesMetadata ? .writeMetadata(imageID: imageID) : finished
    }

    private var finished: Action {
        result.map(Action.finish) ?? .stop(.changedUnderneath)
    }
}

extension ImageFeatures {
    /// Without the bits that librbd sets and clears by itself; it gives every image with an object map fast-diff, too.
    var ofVolumes: ImageFeatures {
        let chosen = intersection([.layering, .exclusiveLock, .objectMap, .fastDiff, .deepFlatten, .journaling])
        return chosen.contains(.objectMap) ? chosen.union(.fastDiff) : chosen
    }
}
