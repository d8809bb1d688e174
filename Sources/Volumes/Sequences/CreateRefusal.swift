import Vocabulary

extension CreateSequence {
    /// Why a volume cannot be made.
    enum Refusal: Hashable, Sendable {
        /// Our UUID's object belongs to another volume name.
        case uuidTaken(by: String)
        /// The directory names a volume that another name's object, or a name that is not unique, belongs to.
        case directoryKeyTaken(by: VolumeUUID)
        /// The directory names a UUID whose object is not there.
        case directoryKeyDangling(VolumeUUID)
        /// The directory names a volume in another pool.
        case directoryKeyElsewhere(PoolID, VolumeUUID)
        /// The directory's value is no UUID.
        case directoryKeyUnreadable
        /// The directory names a volume that a PV of this cluster uses already.
        case carriedByAnotherVolume(VolumeUUID)
        /// An image of that name is there, and smaller than asked for.
        case imageTooSmall(String, ByteCount)
        /// An image of that name is there, and larger than allowed.
        case imageTooLarge(String, ByteCount)
        /// An image of that name is there, with other features.
        case imageFeaturesDiffer(String)
        /// The journal knows an image that cannot be opened and cannot be made again.
        case imageDamaged(String)
        /// Something changed between two looks at it.
        case changedUnderneath

        /// The error that tells it. `directory` is the directory object.
        func error(_ request: VolumeRequest, directory: String) -> VolumeError {
            let key = JournalLayout.directoryKey(request.name.text)
            let (code, why, next) = explanation(request, key: key, directory: directory)
            return VolumeError(
                code, "cannot make the volume \(request.name) in \(request.location)", because: why, next: next)
        }

        private func explanation(
            _ request: VolumeRequest, key: String, directory: String
        ) -> (VolumeError.Code, why: String, next: String) {
            switch self {
            case .uuidTaken(let name):
                (.conflict, "its UUID belongs to the volume \(quoted(name))", "delete that volume, or make a new claim")
            case .directoryKeyTaken(let uuid):
                (
                    .conflict, "the directory key \(key) names \(uuid), a volume that another provisioner made",
                    "delete that volume with its own provisioner, or make a new claim"
                )
            case .directoryKeyDangling(let uuid):
                (
                    .conflict, "the directory key \(key) names \(uuid), which has no journal object",
                    "if no PV uses it, remove the key with: rados \(request.location.radosOptions) rmomapkey "
                        + "\(directory) \(key)"
                )
            case .directoryKeyElsewhere(let pool, let uuid):
                (.conflict, "the directory key \(key) names \(uuid) in pool number \(pool)", "make a new claim")
            case .directoryKeyUnreadable:
                (
                    .corrupt, "the value of the directory key \(key) is not a UUID",
                    "see who wrote it, then remove the key"
                )
            case .carriedByAnotherVolume(let uuid):
                (.conflict, "a PV already uses \(uuid), which the directory names for it", "delete that PV first")
            case .imageTooSmall(let name, let size):
                (
                    .conflict, "the image \(name) is there with \(size), less than the \(request.size) asked for",
                    "make a new claim"
                )
            case .imageTooLarge(let name, let size):
                (
                    .conflict, "the image \(name) is there with \(size), above the limit",
                    "raise the limit or make a new claim"
                )
            case .imageFeaturesDiffer(let name):
                (
                    .conflict, "the image \(name) is there with other features than the class asks for",
                    "give the class the features that it had, or make a new claim"
                )
            case .imageDamaged(let name):
                (
                    .corrupt, "the image \(name) is on record but cannot be opened",
                    "look for it with: rbd trash ls --all \(request.location)"
                )
            case .changedUnderneath:
                (.unavailable, "another client changes its journal or its image", "wait, it is tried again")
            }
        }
    }
}
