/// One page of a list (`metav1.List`).
public struct ObjectList<Object: KubernetesObject>: Sendable {
    /// The objects of this page.
    public let items: [Object]
    /// The version of the collection that the list shows; a watch goes on from it.
    public let resourceVersion: String?
    /// What fetches the next page; nil on the last one.
    public let continueToken: String?
    /// How many objects follow, where the server says so.
    public let remainingItemCount: Int64?

    /// Reads a page as the API carries it. Items of a list carry neither `apiVersion` nor `kind`; they are filled in,
    /// so that an item can be written back.
    ///
    /// - Throws: ``ManifestError`` when there is no `items` array or an item is no object.
    public init(json: JSONObject) throws(ManifestError) {
        let found = json["items"] ?? .null
        guard let elements = found.isNull ? [] : found.arrayValue, json["kind"]?.stringValue?.hasSuffix("List") ?? true
        else { throw ManifestError(field: "items", expected: "a list of \(Object.kind)", found: nil) }
        var items: [Object] = []
        items.reserveCapacity(elements.count)
        for element in elements {
            guard var object = element.objectValue else {
                throw ManifestError(field: "items", expected: "objects only", found: nil)
            }
            if object["kind"] == nil { object["kind"] = .string(Object.kind.kind) }
            if object["apiVersion"] == nil { object["apiVersion"] = .string(Object.kind.apiVersion) }
            items.append(Object(json: object))
        }
        self.items = items
        resourceVersion = json["metadata"]?["resourceVersion"]?.stringValue
        let token = json["metadata"]?["continue"]?.stringValue
        continueToken = token?.isEmpty == true ? nil : token
        remainingItemCount = json["metadata"]?["remainingItemCount"]?.integerValue
    }

    private init(items: [Object], like other: ObjectList) {
        self.items = items
        resourceVersion = other.resourceVersion
        continueToken = other.continueToken
        remainingItemCount = other.remainingItemCount
    }

    /// The page with each object replaced.
    public func map(_ transform: (Object) -> Object) -> ObjectList {
        ObjectList(items: items.map(transform), like: self)
    }
}
