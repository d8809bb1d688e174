import Ceph

// The journal's objects.
extension PoolStore {
    /// Reads a volume's object; nil if there is none.
    func reservation(_ uuid: VolumeUUID) async throws(VolumeError) -> Reservation? {
        let object = JournalLayout.volumeObject(uuid)
        let omap = try await find("cannot read the journal object \(location)/\(object)") {
            () async throws(CephError) in
            try await context.omapValues(of: object, keys: JournalLayout.reservationKeys)
        }
        return omap.map { Reservation(uuid: uuid, omap: $0) }
    }

    /// Creates a volume's object with all its keys; false if it exists.
    func reserve(_ reservation: Reservation) async throws(VolumeError) -> Bool {
        let object = JournalLayout.volumeObject(reservation.uuid)
        let operation = WriteOperation().create(exclusive: true).setOmap(reservation.omap)
        return try await write(
            operation, on: object, unless: [.exists], "cannot make the journal object \(location)/\(object)")
    }

    /// Writes the keys of an object that has no name; false if it has one by now.
    func fill(_ reservation: Reservation) async throws(VolumeError) -> Bool {
        let object = JournalLayout.volumeObject(reservation.uuid)
        let operation = WriteOperation().assertExists().compareOmap(
            JournalLayout.nameKey, .equal, []
        )
        .setOmap(reservation.omap)
        return try await write(
            operation, on: object, unless: [.notFound, .comparisonFailed],
            "cannot fill the journal object \(location)/\(object)")
    }

    /// Adds the image's id to a volume's object; false if the object is gone.
    func record(imageID: String, _ uuid: VolumeUUID) async throws(VolumeError) -> Bool {
        let object = JournalLayout.volumeObject(uuid)
        let operation = WriteOperation().assertExists().setOmap([JournalLayout.imageIDKey: Array(imageID.utf8)])
        return try await write(
            operation, on: object, unless: [.notFound], "cannot write to the journal object \(location)/\(object)")
    }

    /// Removes a volume's object if it names this volume.
    func drop(_ uuid: VolumeUUID, name: String) async throws(VolumeError) {
        let object = JournalLayout.volumeObject(uuid)
        let operation = WriteOperation().assertExists()
            .compareOmap(JournalLayout.nameKey, .equal, Array(name.utf8)).remove()
        _ = try await write(
            operation, on: object, unless: [.notFound, .comparisonFailed],
            "cannot remove the journal object \(location)/\(object)")
    }

    /// Removes a volume's object.
    func removeReservation(_ uuid: VolumeUUID) async throws(VolumeError) {
        let object = JournalLayout.volumeObject(uuid)
        _ = try await write(
            WriteOperation().assertExists().remove(), on: object, unless: [.notFound],
            "cannot remove the journal object \(location)/\(object)")
    }

    /// Sets a volume's key in the directory; false if it has a value.
    ///
    /// To an OSD, a key that is missing equals the empty value; no key of a directory has an empty value.
    func claimDirectoryKey(_ name: String, _ uuid: VolumeUUID) async throws(VolumeError) -> Bool {
        let key = JournalLayout.directoryKey(name)
        let operation = WriteOperation().create(exclusive: false).compareOmap(key, .equal, [])
            .setOmap([key: Array(uuid.text.utf8)])
        return try await write(
            operation, on: directory, unless: [.comparisonFailed],
            "cannot set the key \(key) of \(location)/\(directory)")
    }

    /// A volume's key in the directory; nil if it has no value.
    func directoryEntry(_ name: String) async throws(VolumeError) -> DirectoryEntry? {
        let key = JournalLayout.directoryKey(name)
        let omap = try await find("cannot read the key \(key) of \(location)/\(directory)") {
            () async throws(CephError) in
            try await context.omapValues(of: directory, keys: [key])
        }
        return omap?[key].map { DirectoryEntry($0) }
    }

    /// Removes a volume's key from the directory if its value is `uuid`.
    func releaseDirectoryKey(_ name: String, _ uuid: VolumeUUID) async throws(VolumeError) {
        let key = JournalLayout.directoryKey(name)
        let operation = WriteOperation().assertExists().compareOmap(key, .equal, Array(uuid.text.utf8))
            .removeOmapKeys([key])
        _ = try await write(
            operation, on: directory, unless: [.notFound, .comparisonFailed],
            "cannot remove the key \(key) of \(location)/\(directory)")
    }
}
