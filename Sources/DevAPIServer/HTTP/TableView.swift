import KubernetesModel

/// Objects as the `Table` that kubectl asks for: the same columns as the real server.
enum TableView {
    /// One column and its cell for an object.
    private struct Column {
        var name: String
        var type = "string"
        var isWide = false
        var cell: (JSONObject, Timestamp) -> JSONValue
    }

    /// The table of some objects of a kind; `metadata` is the list's. `include` is the query's `includeObject`.
    static func table(
        _ served: ServedKind, _ objects: [JSONObject], metadata: JSONValue, include: String?, now: Timestamp,
        withColumns: Bool = true
    ) -> JSONObject {
        let columns = columns(served.kind)
        let rows = objects.map { object -> JSONValue in
            var row: JSONObject = ["cells": .array(columns.map { $0.cell(object, now) })]
            switch include {
            case "None": break
            case "Object": row["object"] = .object(object)
            default:
                row["object"] = [
                    "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                    "metadata": object["metadata"] ?? [:],
                ]
            }
            return .object(row)
        }
        let definitions = columns.map { column -> JSONValue in
            [
                "name": .string(column.name), "type": .string(column.type),
                "format": column.name == "Name" ? "name" : "", "description": "",
                "priority": .integer(column.isWide ? 1 : 0),
            ]
        }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": withColumns ? .array(definitions) : [], "rows": .array(rows),
        ]
    }

    private static func columns(_ kind: ResourceKind) -> [Column] {
        switch kind {
        case PersistentVolumeClaim.kind: claimColumns
        case PersistentVolume.kind: volumeColumns
        case StorageClass.kind: classColumns
        case Event.kind: eventColumns
        case Secret.kind: [name, text("Type", "type"), count("Data", "data"), age]
        case Lease.kind: [name, text("Holder", "spec", "holderIdentity"), age]
        case Namespace.kind: [name, text("Status", "status", "phase"), age]
        case VolumeAttachment.kind:
            [
                name, text("Attacher", "spec", "attacher"), text("PV", "spec", "source", "persistentVolumeName"),
                text("Node", "spec", "nodeName"),
                Column(name: "Attached", type: "boolean") { object, _ in object["status", "attached"] ?? false }, age,
            ]
        default: kind.plural == "configmaps" ? [name, count("Data", "data"), age] : [name, age]
        }
    }

    // MARK: Columns of the kinds

    private static var claimColumns: [Column] {
        [
            name,
            Column(name: "Status") { object, _ in
                object["metadata", "deletionTimestamp"] == nil ? value(object, ["status", "phase"]) : "Terminating"
            },
            text("Volume", "spec", "volumeName"), ofBound(text("Capacity", "status", "capacity", "storage")),
            ofBound(modes("status", "accessModes")),
            Column(name: "StorageClass") { object, _ in
                .string(PersistentVolumeClaim(json: object).storageClassName ?? "")
            },
            age, text("VolumeMode", "spec", "volumeMode", wide: true),
        ]
    }

    private static var volumeColumns: [Column] {
        [
            name, text("Capacity", "spec", "capacity", "storage"), modes("spec", "accessModes"),
            text("Reclaim Policy", "spec", "persistentVolumeReclaimPolicy"),
            Column(name: "Status") { object, _ in
                object["metadata", "deletionTimestamp"] == nil ? value(object, ["status", "phase"]) : "Terminating"
            },
            Column(name: "Claim") { object, _ in
                .string(PersistentVolume(json: object).claim.map { $0.key.description } ?? "")
            },
            text("StorageClass", "spec", "storageClassName"), text("Reason", "status", "reason"), age,
            text("VolumeMode", "spec", "volumeMode", wide: true),
        ]
    }

    private static var classColumns: [Column] {
        [
            Column(name: "Name") { object, _ in
                let found = StorageClass(json: object)
                return .string(found.metadata.name + (found.isDefault ? " (default)" : ""))
            },
            text("Provisioner", "provisioner"), text("ReclaimPolicy", "reclaimPolicy"),
            text("VolumeBindingMode", "volumeBindingMode"),
            Column(name: "AllowVolumeExpansion") { object, _ in
                .bool(StorageClass(json: object).allowsVolumeExpansion)
            }, age,
        ]
    }

    private static var eventColumns: [Column] {
        [
            Column(name: "Last Seen") { object, now in
                since(object["lastTimestamp"] ?? object["eventTime"] ?? object["metadata", "creationTimestamp"], now)
            },
            text("Type", "type"), text("Reason", "reason"),
            Column(name: "Object") { object, _ in
                let kind = object["involvedObject", "kind"]?.stringValue ?? ""
                return .string("\(kind.lowercased())/\(object["involvedObject", "name"]?.stringValue ?? "")")
            },
            text("Subobject", "involvedObject", "fieldPath", wide: true),
            text("Source", "source", "component", wide: true), text("Message", "message"),
            Column(name: "First Seen", isWide: true) { object, now in since(object["firstTimestamp"], now) },
            Column(name: "Count", isWide: true) { object, _ in object["count"] ?? 0 },
            Column(name: "Name", isWide: true) { object, _ in value(object, ["metadata", "name"]) },
        ]
    }

    /// Of a claim without a volume these cells stay empty, whatever its status says.
    private static func ofBound(_ column: Column) -> Column {
        Column(name: column.name) { object, now in
            PersistentVolumeClaim(json: object).volumeName == nil ? "" : column.cell(object, now)
        }
    }

    // MARK: Columns of many kinds

    private static var name: Column {
        Column(name: "Name") { object, _ in value(object, ["metadata", "name"]) }
    }

    private static var age: Column {
        Column(name: "Age") { object, now in since(object["metadata", "creationTimestamp"], now) }
    }

    private static func text(_ title: String, _ path: String..., wide: Bool = false) -> Column {
        Column(name: title, isWide: wide) { object, _ in value(object, path) }
    }

    private static func count(_ title: String, _ field: String) -> Column {
        Column(name: title) { object, _ in .integer(Int64(object[field]?.objectValue?.count ?? 0)) }
    }

    private static func modes(_ path: String...) -> Column {
        let short = [
            "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
        ]
        return Column(name: "Access Modes") { object, _ in
            let modes = object.value(at: path)?.stringsValue ?? []
            return .string(modes.map { short[$0] ?? $0 }.joined(separator: ","))
        }
    }

    private static func value(_ object: JSONObject, _ path: [String]) -> JSONValue {
        .string(object.value(at: path)?.stringValue ?? "")
    }

    private static func since(_ value: JSONValue?, _ now: Timestamp) -> JSONValue {
        guard let start = value?.stringValue.flatMap(Timestamp.init) else { return "<unknown>" }
        return .string(shortAge(seconds: (now.microseconds - start.microseconds) / 1_000_000))
    }

    /// An age as kubectl shows it: two units at most, the finer one only where it matters.
    static func shortAge(seconds: Int64) -> String {
        if seconds < -1 { return "<invalid>" }
        let seconds = max(0, seconds)
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        func pair(_ first: Int64, _ unit: String, _ second: Int64, _ fine: String) -> String {
            second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(fine)"
        }
        if seconds < 120 { return "\(seconds)s" }
        if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
        if minutes < 180 { return "\(minutes)m" }
        if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        if hours < 192 { return pair(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        if days < 2_920 { return pair(days / 365, "y", days % 365, "d") }
        return "\(days / 365)y"
    }
}
