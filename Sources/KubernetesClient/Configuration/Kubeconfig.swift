import FoundationEssentials
import KubernetesModel
import Vocabulary

/// Kubeconfig files merged as kubectl merges them: of clusters, users and contexts with one name, and of
/// `current-context`, the first file that has it wins.
struct Kubeconfig {
    /// An entry with the file that it came from: relative paths start there.
    struct Entry {
        var file: String
        var content: JSONObject

        /// Reads a string field; an empty one reads as absent.
        func string(_ field: String) -> String? {
            content[field]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        }

        func path(_ field: String) -> String? {
            string(field).map { path in
                path.hasPrefix("/") ? path : URL(filePath: file).deletingLastPathComponent().appending(path: path).path
            }
        }
    }

    var clusters: [String: Entry] = [:]
    var users: [String: Entry] = [:]
    var contexts: [String: Entry] = [:]
    var currentContext: String?
    var files: [String] = []

    static func load(paths: [String], missingIsError: Bool) throws(ConfigurationError) -> Kubeconfig {
        var merged = Kubeconfig()
        for path in paths where !path.isEmpty {
            if !missingIsError, !FileManager.default.fileExists(atPath: path) { continue }
            try merged.merge(ConfigurationFile.read(path), file: path)
        }
        if merged.files.isEmpty {
            throw ConfigurationError(
                file: paths.joined(separator: ":"), problem: "no such kubeconfig file; KUBECONFIG may list several")
        }
        return merged
    }

    mutating func merge(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
        let documents: [JSONValue]
        do {
            documents = try YAML.documents(String(decoding: bytes, as: UTF8.self))
        } catch {
            throw ConfigurationError(file: file, problem: "is not YAML: \(error)")
        }
        files.append(file)
        guard let content = documents.first else { return }
        guard documents.count == 1, let object = content.objectValue else {
            throw ConfigurationError(file: file, problem: "is not one YAML mapping")
        }
        if let kind = object["kind"]?.stringValue, kind != "Config" {
            throw ConfigurationError(file: file, field: "kind", problem: "is \(kind), not Config")
        }
        try Self.merge(object, list: "clusters", member: "cluster", into: &clusters, file: file)
        try Self.merge(object, list: "users", member: "user", into: &users, file: file)
        try Self.merge(object, list: "contexts", member: "context", into: &contexts, file: file)
        if currentContext == nil, let current = object["current-context"]?.stringValue, !current.isEmpty {
            currentContext = current
        }
    }

    private static func merge(
        _ object: JSONObject, list: String, member: String, into entries: inout [String: Entry], file: String
    ) throws(ConfigurationError) {
        guard let value = object[list], !value.isNull else { return }
        guard let elements = value.arrayValue else {
            throw ConfigurationError(file: file, field: list, problem: "is no list")
        }
        for (index, element) in elements.enumerated() {
            guard let name = element["name"]?.stringValue else {
                throw ConfigurationError(file: file, field: "\(list)[\(index)].name", problem: "is missing")
            }
            let content = element[member]?.objectValue ?? JSONObject()
            if entries[name] == nil { entries[name] = Entry(file: file, content: content) }
        }
    }
}

// MARK: One context

extension Kubeconfig {
    func configuration(context chosen: String?) throws(ConfigurationError) -> KubernetesConfiguration {
        let file = files.joined(separator: ":")
        guard let name = chosen ?? currentContext else {
            throw ConfigurationError(
                file: file, field: "current-context", problem: "is not set; choose one of \(list(contexts))")
        }
        guard let context = contexts[name] else {
            throw ConfigurationError(
                file: file, context: name, problem: "there is no such context; there are \(list(contexts))")
        }
        let clusterName = context.string("cluster") ?? ""
        guard let cluster = clusters[clusterName] else {
            throw ConfigurationError(
                file: context.file, context: name, field: "context.cluster",
                problem: "\"\(clusterName)\" is not among the clusters, which are \(list(clusters))")
        }
        let userName = context.string("user") ?? ""
        if !userName.isEmpty, users[userName] == nil {
            throw ConfigurationError(
                file: context.file, context: name, field: "context.user",
                problem: "\"\(userName)\" is not among the users, which are \(list(users))")
        }
        let clusterFields = FieldReader(entry: cluster, place: "clusters[\(clusterName)].cluster", context: name)
        var configuration = try clusterFields.configuration()
        if let user = users[userName] {
            let fields = FieldReader(entry: user, place: "users[\(userName)].user", context: name)
            configuration.authentication = try fields.authentication()
        }
        configuration.namespace = context.string("namespace") ?? "default"
        configuration.origin = "context \"\(name)\" of \(file)"
        return configuration
    }

    private func list(_ entries: [String: Entry]) -> String {
        entries.isEmpty ? "none" : entries.keys.sorted().joined(separator: ", ")
    }
}
