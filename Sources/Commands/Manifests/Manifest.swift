import KubernetesModel

/// Where something was written: a file and a line in it.
struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
    /// The path as it was given; `-` for standard input.
    let file: String
    /// The line, from 1.
    let line: Int

    var description: String { "\(file):\(line)" }
}

/// One object out of a manifest file, with the line of each of its fields.
struct Manifest: Sendable {
    /// The object.
    let json: JSONObject
    /// The file that it was read from.
    let file: String
    /// The lines of its fields.
    let lines: LineTree

    var apiVersion: String { json["apiVersion"]?.stringValue ?? "" }
    var kind: String { json["kind"]?.stringValue ?? "" }

    /// Where the object begins.
    var place: SourcePlace { place(of: []) }

    /// Where a field stands, or the nearest of its parents that is there.
    func place(of path: [String]) -> SourcePlace {
        SourcePlace(file: file, line: lines.line(at: path))
    }

    /// The objects in it: itself, or the items of a list (`List`, `PersistentVolumeClaimList`, ...), however nested.
    func flattened() throws(ManifestFault) -> [Manifest] {
        guard kind.hasSuffix("List"), let field = json["items"] else { return [self] }
        guard let items = field.arrayValue else {
            throw ManifestFault(place(of: ["items"]), "items is no list")
        }
        var result: [Manifest] = []
        for (index, item) in items.enumerated() {
            let path = ["items", String(index)]
            guard var object = item.objectValue else {
                throw ManifestFault(place(of: path), "item \(index + 1) of the list is no object")
            }
            // A list of one kind may leave it out in its items, as the API does.
            if kind != "List" {
                if object["apiVersion"] == nil { object["apiVersion"] = json["apiVersion"] }
                if object["kind"] == nil { object["kind"] = .string(String(kind.dropLast("List".count))) }
            }
            let below = lines["items"]?[String(index)] ?? LineTree(line: lines.line(at: path))
            result += try Manifest(json: object, file: file, lines: below).flattened()
        }
        return result
    }
}

/// What is wrong with a manifest, and where.
struct ManifestFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, and the line where it is known.
    let place: String
    let problem: String

    init(_ place: SourcePlace, _ problem: String) {
        self.place = place.description
        self.problem = problem
    }

    /// Something is wrong with a file as a whole.
    init(file: String, _ problem: String) {
        place = file
        self.problem = problem
    }

    var description: String { "\(place): \(problem)" }
}
