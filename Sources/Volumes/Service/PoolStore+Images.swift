import Ceph
import Vocabulary

// Images and what librbd keeps about them.
extension PoolStore {
    func imagePath(_ name: String) -> String { "\(location)/\(name)" }

    /// Makes an image; false if one of that name exists, whole or not.
    func createImage(_ name: String, _ request: VolumeRequest) async throws(VolumeError) -> Bool {
        let options = request.recipe.options
        do throws(VolumeError) {
            try await call("cannot make the image \(imagePath(name))") { () async throws(CephError) in
                try await context.createImage(name: name, size: request.size, options: options)
            }
            return true
        } catch {
            if error.cause?.code == .exists { return false }
            throw error
        }
    }

    /// Looks at an image before it is taken for the one that was to be made; nil if it cannot be opened because parts
    /// of it are missing.
    func inspectForCreate(_ name: String) async throws(VolumeError) -> ImageFacts? {
        let found = try await find("cannot open the image \(imagePath(name))") { () async throws(CephError) in
            try await context.withImage(.name(name), mode: .readOnly) { image throws(CephError) in
                ImageFacts(
                    id: try await image.id(), size: try await image.size(), features: try await image.features(),
                    watchers: try await image.watchers().map(\.address))
            }
        }
        guard var facts = found else { return nil }
        if facts.features.contains(.objectMap) {
            let object = RBDObjects.objectMapObject(facts.id)
            let map = try await find("cannot look for \(imagePath(object))") { () async throws(CephError) in
                try await context.stat(object)
            }
            facts.isWhole = map != nil
        }
        return facts
    }

    /// What is there under the name of an image that cannot be opened.
    func probe(_ name: String, recordedID: String?) async throws(VolumeError) -> ImageRemains {
        let idInObject = try await imageID(name)
        let idInDirectory = try await idInDirectory(name)
        guard let id = idInObject ?? idInDirectory ?? recordedID else { return .nothing }
        let trashKey = RBDObjects.trashKey(id)
        let trashed = try await find("cannot read \(imagePath(RBDObjects.trash))") { () async throws(CephError) in
            try await context.omapValues(of: RBDObjects.trash, keys: [trashKey])
        }
        if trashed?[trashKey] != nil { return .moving(imageID: id) }
        // With a header there may be data: the trash takes it, and its retention holds.
        if try await hasHeader(id) { return .moving(imageID: id) }
        return idInObject == nil && idInDirectory == nil ? .nothing : .halfMade
    }

    /// The internal id of an image, as the pool's directory has it; nil if it has none.
    private func idInDirectory(_ name: String) async throws(VolumeError) -> String? {
        let key = RBDObjects.directoryKey(name)
        let entry = try await find("cannot read \(imagePath(RBDObjects.directory))") { () async throws(CephError) in
            try await context.omapValues(of: RBDObjects.directory, keys: [key])
        }
        return entry?[key].flatMap(RBDObjects.decodeString)
    }

    private func hasHeader(_ id: String) async throws(VolumeError) -> Bool {
        let header = RBDObjects.headerObject(id)
        let stat = try await find("cannot look for \(imagePath(header))") { () async throws(CephError) in
            try await context.stat(header)
        }
        return stat != nil
    }

    /// The internal id of an image, from its id object; nil if there is none.
    func imageID(_ name: String) async throws(VolumeError) -> String? {
        let object = RBDObjects.idObject(name)
        let bytes = try await find("cannot read \(imagePath(object))") { () async throws(CephError) in
            try await context.read(object, offset: 0, length: 256)
        }
        guard let bytes else { return nil }
        guard let id = RBDObjects.decodeString(bytes), !id.isEmpty else {
            throw VolumeError(
                .corrupt, "cannot read \(imagePath(object))", because: "it holds no image id",
                next: "remove the image with: rbd rm \(imagePath(name))")
        }
        return id
    }

    /// Writes metadata of an image by its id; false if there is no such image.
    func setMetadata(_ metadata: [String: String], imageID: String) async throws(VolumeError) -> Bool {
        let object = RBDObjects.headerObject(imageID)
        let operation = WriteOperation().assertExists()
            .execute(class: "rbd", method: "metadata_set", input: RBDObjects.encode(metadata))
        return try await write(
            operation, on: object, unless: [.notFound], "cannot write the metadata of \(imagePath(object))")
    }

    /// The value of an image's metadata by its id; nil if the image has no such key or is not there.
    func metadata(_ key: String, imageID: String) async throws(VolumeError) -> String? {
        let object = RBDObjects.headerObject(imageID)
        let output = try await find("cannot read the metadata of \(imagePath(object))") { () async throws(CephError) in
            try await context.execute(
                class: "rbd", method: "metadata_get", input: RBDObjects.encode(key), on: object)
        }
        return output.flatMap(RBDObjects.decodeString)
    }

    /// Removes what is left of an image whose maker or remover died.
    ///
    /// librbd would move it to the trash first, as "being removed". Killed in the middle of that, it leaves an entry there
    /// which it hides from lists, and which nobody finds once the name is in use again. An image without a header has no
    /// data: its directory entry is removed, and last its id object. Whoever comes after a kill finds that, and goes on.
    func removeHalfMadeImage(_ name: String) async throws(VolumeError) {
        let what = "cannot remove the half-made image \(imagePath(name))"
        let idInObject = try await imageID(name)
        let idInDirectory = try await idInDirectory(name)
        for id in Set([idInObject, idInDirectory].compactMap { $0 }) where try await hasHeader(id) {
            _ = try await find(what) { () async throws(CephError) in try await context.removeImage(name: name) }
            return
        }
        if let idInDirectory {
            let entry = RBDObjects.encode(name) + RBDObjects.encode(idInDirectory)
            _ = try await write(
                WriteOperation().execute(class: "rbd", method: "dir_remove_image", input: entry),
                on: RBDObjects.directory, unless: [.notFound], what)
        }
        _ = try await write(
            WriteOperation().assertExists().remove(), on: RBDObjects.idObject(name), unless: [.notFound], what)
    }
}

extension ImageRecipe {
    /// The recipe as librbd takes it.
    fileprivate var options: ImageOptions {
        ImageOptions(
            features: features, objectSize: objectSize, stripeUnit: striping?.unit, stripeCount: striping?.count,
            dataPool: dataPool)
    }
}
