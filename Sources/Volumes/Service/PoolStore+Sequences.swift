import Ceph

// The sequences' actions, done for real.
extension PoolStore {
    /// Does what a create's action says.
    func perform(
        _ action: CreateSequence.Action, _ context: CreateContext
    ) async throws(VolumeError) -> CreateSequence.Event {
        let request = context.request
        switch action {
        case .recordIntent:
            try await record(context.intent)
        case .reserve(let reservation):
            return try await reserve(reservation) ? .done : .exists
        case .fillReservation(let reservation):
            return try await fill(reservation) ? .done : .exists
        case .readReservation(let uuid):
            return .reservation(try await reservation(uuid))
        case .claimDirectoryKey(let uuid):
            return try await claimDirectoryKey(request.name.text, uuid) ? .done : .exists
        case .readDirectoryKey:
            return .directory(try await directoryEntry(request.name.text))
        case .askWhetherCarried(let uuid):
            let id = try VolumeID(clusterID: context.clusterID, pool: pool, uuid: uuid)
            return .carried(try await context.isCarried(id))
        case .dropReservation(let uuid):
            try await drop(uuid, name: request.name.text)
        case .dropIntent:
            try await dropIntent(context.intent.uuid)
        case .createImage(let name):
            return try await createImage(name, request) ? .done : .exists
        case .inspectImage(let name):
            return .image(try await inspectForCreate(name))
        case .removeHalfMadeImage(let name):
            try await removeHalfMadeImage(name)
        case .readImageID(let name):
            return .imageID(try await imageID(name))
        case .recordImageID(let uuid, let id):
            return try await record(imageID: id, uuid) ? .done : .missing
        case .writeMetadata(let id):
            return try await setMetadata(context.metadata, imageID: id) ? .done : .missing
        case .finish, .stop:
            break
        }
        return .done
    }

    /// Does what a delete's action says.
    func perform(
        _ action: DeleteSequence.Action, _ context: DeleteContext
    ) async throws(VolumeError) -> DeleteSequence.Event {
        switch action {
        case .readReservation(let uuid):
            return .reservation(try await reservation(uuid))
        case .inspectImage(let name):
            return .image(try await inspectForDelete(name))
        case .probeImage(let name, let imageID):
            return .remains(try await probe(name, recordedID: imageID))
        case .recordIntent:
            if let intent = context.intent { try await record(intent) }
        case .keepManifests(let imageID):
            _ = try await setMetadata(context.metadata, imageID: imageID)
        case .moveToTrash(let name):
            try await moveToTrash(name, retention: context.retention)
        case .movePlainToTrash(let name, let imageID):
            try await movePlainToTrash(name, id: imageID, retention: context.retention)
        case .removeHalfMadeImage(let name):
            try await removeHalfMadeImage(name)
        case .releaseDirectoryKey(let uuid, let name):
            try await releaseDirectoryKey(name, uuid)
        case .removeReservation(let uuid):
            try await removeReservation(uuid)
        case .finish, .stop:
            break
        }
        return .done
    }
}

/// What a create's actions need beside the action.
struct CreateContext: Sendable {
    var request: VolumeRequest
    var intent: Intent
    var clusterID: String
    /// The image's metadata; empty if none is written.
    var metadata: [String: String]
    /// Whether a PV carries a handle.
    var isCarried: @Sendable (VolumeID) async throws(VolumeError) -> Bool
}

/// What a delete's actions need beside the action.
struct DeleteContext: Sendable {
    /// What to note; nil where a note stands already.
    var intent: Intent?
    var metadata: [String: String]
    var retention: Duration
}
