import Vocabulary

/// The steps that delete a volume, as a value that names one action after the other and is told what came of it.
///
/// Nothing is changed before every precondition holds. Then the image goes first, so that the journal names it until it
/// is in the trash; then the directory's key, and only then the volume's object: a key without an object would make
/// ceph-csi fail for ever. Each state in between is finished by running the same sequence again.
struct DeleteSequence: Sendable {
    /// What to do next.
    enum Action: Hashable, Sendable {
        /// Read the volume's object.
        case readReservation(VolumeUUID)
        /// Look at the image for reasons to refuse.
        case inspectImage(String)
        /// The image cannot be opened: look at what is there under its name.
        case probeImage(String, imageID: String?)
        /// Record in our own object that this volume is going.
        case recordIntent
        /// Write the manifests and whose deletion it is into the image's metadata.
        case keepManifests(imageID: String)
        /// Have librbd move the image to the trash, or finish such a move.
        case moveToTrash(String)
        /// Move an image to the trash that only its names need to be taken from.
        case movePlainToTrash(String, imageID: String)
        /// Remove what a maker that died half way left under the name.
        case removeHalfMadeImage(String)
        /// Remove the directory's key, if its value is this UUID.
        case releaseDirectoryKey(VolumeUUID, name: String)
        /// Remove the volume's object.
        case removeReservation(VolumeUUID)
        /// Nothing is left but the intent, which goes when the PV is gone.
        case finish
        /// A precondition does not hold; nothing was changed.
        case stop(Refusal)
    }

    /// What came of an action.
    enum Event: Hashable, Sendable {
        /// It was done, or there was nothing to do.
        case done
        /// The volume's object; nil if there is none.
        case reservation(Reservation?)
        /// The image; nil if it cannot be opened because parts of it are missing.
        case image(ImageFacts?)
        /// What is there under the image's name.
        case remains(ImageRemains)
    }

    private let uuid: VolumeUUID
    private let name: String
    private let attachedNodes: [String]
    private var imageName: String
    private var current: Action
    private var disposal: Disposal = .none
    private var isReserved = false
    private var recordedID: String?

    /// What must happen to the image.
    private enum Disposal {
        case none
        case trash(imageID: String, isPlain: Bool)
        case resumeTrash
        case removeHalfMade
    }

    init(uuid: VolumeUUID, name: String, imageName: String?, attachedNodes: [String] = []) {
        self.uuid = uuid
        self.name = name
        self.attachedNodes = attachedNodes
        self.imageName = imageName ?? JournalLayout.imageName(uuid: uuid)
        current = attachedNodes.isEmpty ? .readReservation(uuid) : .stop(.attached(attachedNodes))
    }

    /// The action that is due.
    var action: Action { current }

    /// Takes in what came of the action that was due.
    mutating func advance(_ event: Event) {
        current = next(after: event)
    }

    private mutating func next(after event: Event) -> Action {
        switch (current, event) {
        case (.readReservation, .reservation(let found)):
            return take(found)
        case (.inspectImage, .image(let facts)):
            return judge(facts)
        case (.probeImage, .remains(let remains)):
            switch remains {
            // Without the image's id nobody can tell by key whether the trash holds a move of it that was cut short.
            case .nothing: disposal = recordedID == nil ? .resumeTrash : .none
            case .halfMade: disposal = .removeHalfMade
            case .moving(let imageID): disposal = .trash(imageID: imageID, isPlain: false)
            }
            return .recordIntent
        case (.recordIntent, .done):
            return disposalStep
        case (.keepManifests, .done):
            guard case .trash(let imageID, isPlain: true) = disposal else { return .moveToTrash(imageName) }
            return .movePlainToTrash(imageName, imageID: imageID)
        case (.moveToTrash, .done), (.movePlainToTrash, .done), (.removeHalfMadeImage, .done):
            return .releaseDirectoryKey(uuid, name: name)
        case (.releaseDirectoryKey, .done):
            return isReserved ? .removeReservation(uuid) : .finish
        case (.removeReservation, .done):
            return .finish
        default:
            return .stop(.changedUnderneath)
        }
    }

    private mutating func take(_ found: Reservation?) -> Action {
        if let found {
            // An object without a name is one whose maker died early, or a stranger's: its UUID is ours all the same.
            if let owner = found.name, owner != name { return .stop(.uuidTaken(by: owner)) }
            isReserved = true
            imageName = found.imageName ?? imageName
            recordedID = found.imageID
        }
        return .inspectImage(imageName)
    }

    private mutating func judge(_ facts: ImageFacts?) -> Action {
        guard let facts else { return .probeImage(imageName, imageID: recordedID) }
        if !facts.watchers.isEmpty { return .stop(.watched(imageName, facts.watchers)) }
        if !facts.userSnapshots.isEmpty { return .stop(.hasSnapshots(imageName, facts.userSnapshots)) }
        if facts.isInGroup { return .stop(.inGroup(imageName)) }
        if facts.isMigrating { return .stop(.migrating(imageName)) }
        disposal = .trash(imageID: facts.id, isPlain: facts.isPlain)
        return .recordIntent
    }

    private var disposalStep: Action {
        switch disposal {
        case .none: .releaseDirectoryKey(uuid, name: name)
        case .trash(let imageID, _): .keepManifests(imageID: imageID)
        case .resumeTrash: .moveToTrash(imageName)
        case .removeHalfMade: .removeHalfMadeImage(imageName)
        }
    }
}

extension DeleteSequence {
    /// Why a volume is not deleted now.
    enum Refusal: Hashable, Sendable {
        /// Nodes have it attached.
        case attached([String])
        /// Clients have the image open.
        case watched(String, [String])
        /// The image has snapshots of users.
        case hasSnapshots(String, [String])
        /// The image belongs to a group.
        case inGroup(String)
        /// The image is being migrated.
        case migrating(String)
        /// The UUID's object belongs to another volume name.
        case uuidTaken(by: String)
        /// Something changed between two looks at it.
        case changedUnderneath

        /// The error that tells it.
        func error(volume: String, location: String) -> VolumeError {
            let (code, why, next) = explanation
            return VolumeError(code, "cannot delete the volume \(volume) in \(location)", because: why, next: next)
        }

        private var explanation: (VolumeError.Code, why: String, next: String) {
            switch self {
            case .attached(let nodes):
                (.inUse, "it is attached to \(shortList(nodes))", "stop the pods that use it; it is tried again")
            case .watched(let image, let addresses):
                (
                    .inUse, "the image \(image) is open at \(shortList(addresses))",
                    "unmap it there; it is tried again"
                )
            case .hasSnapshots(let image, let names):
                (
                    .hasSnapshots, "the image \(image) has the snapshots \(shortList(names))",
                    "remove them with: rbd snap purge; it is tried again"
                )
            case .inGroup(let image):
                (.inUse, "the image \(image) belongs to a group", "take it out with: rbd group image remove")
            case .migrating(let image):
                (.inUse, "the image \(image) is being migrated", "finish with: rbd migration commit; it is tried again")
            case .uuidTaken(let name):
                (
                    .conflict, "its journal object belongs to the volume \(quoted(name))",
                    "see which PV the image belongs to, and correct the other one's handle"
                )
            case .changedUnderneath:
                (.unavailable, "another client changes its journal or its image", "wait, it is tried again")
            }
        }
    }
}

/// The first few of `items`, and how many more there are.
private func shortList(_ items: [String]) -> String {
    let shown = items.prefix(4).joined(separator: ", ")
    return items.count > 4 ? "\(shown) and \(items.count - 4) more" : shown
}
