import Ceph
import Vocabulary

/// The keys of the in-tree plugin (`kubernetes.io/rbd`) and of `ceph.com/rbd`, spelled in any case.
enum LegacyParameters {
    private static let imagePrefix = "kubernetes-dynamic-pvc-"

    /// The keys that no other family has.
    private static let tellingKeys = [
        "monitors", "adminId", "adminSecretName", "adminSecretNamespace", "userId", "userSecretName",
        "userSecretNamespace",
    ]
    private static let sharedKeys = ["pool", "dataPool", "imageFormat", "imageFeatures"]

    /// Whether `key` marks a class as one of this family.
    static func isTelling(_ key: String) -> Bool {
        tellingKeys.contains { $0.lowercased() == key.lowercased() }
    }

    static func parse(_ parameters: [String: String]) throws(VolumeError) -> VolumeParameters {
        var reader = ParameterReader(try inUsualSpelling(parameters))
        let monitors = try monitorList(
            try reader.require("monitors", because: "it lists the monitors of the Ceph cluster"))
        let credentials = try credentials(from: &reader)
        let pool = try reader.take("pool") ?? "rbd"
        try PlaceName.check(pool, key: "pool")
        var recipe = ImageRecipe(namePrefix: imagePrefix)
        recipe.dataPool = try reader.take("dataPool")
        if let dataPool = recipe.dataPool { try PlaceName.check(dataPool, key: "dataPool") }
        // These provisioners turned every feature off that was not named.
        recipe.features = try reader.take(FeatureParameters.key).map(FeatureParameters.parse) ?? []
        try ImageFormat.take("imageFormat", from: &reader)
        let common = try CommonParameters(from: &reader)
        try reader.finish()
        return VolumeParameters(
            family: .legacy, cluster: .monitors(monitors, credentials), pool: pool, radosNamespace: nil, recipe: recipe,
            common: common, secrets: SecretTemplates(), nodeParameters: [:])
    }

    /// The parameters with this family's keys in their usual spelling.
    private static func inUsualSpelling(_ parameters: [String: String]) throws(VolumeError) -> [String: String] {
        var usual: [String: String] = [:]
        for (key, value) in parameters.sorted(by: { $0.key < $1.key }) {
            let name = (tellingKeys + sharedKeys).first { $0.lowercased() == key.lowercased() } ?? key
            guard usual.updateValue(value, forKey: name) == nil else {
                throw .parameter(key, "it is given twice, in different cases", next: "keep \(name) alone")
            }
        }
        // An empty pool or user meant its default.
        for key in ["pool", "adminId"] where usual[key]?.isEmpty == true { usual[key] = nil }
        return usual
    }

    private static func credentials(from reader: inout ParameterReader) throws(VolumeError) -> LegacyCredentials {
        let adminID = try reader.take("adminId") ?? "admin"
        let name = try reader.require("adminSecretName", because: "it names the Secret with the key that makes images")
        let namespace = try reader.take("adminSecretNamespace") ?? "default"
        let userID = try reader.take("userId") ?? adminID
        let userSecretName = try reader.take("userSecretName")
        let userSecretNamespace = try reader.take("userSecretNamespace")
        for (key, value) in [("adminSecretName", name), ("userSecretName", userSecretName)] {
            guard let value, let problem = KubernetesNaming.subdomainProblem(value) else { continue }
            throw .parameter(key, "\(quoted(value)): \(problem)", next: "name an existing Secret")
        }
        for (key, value) in [("adminSecretNamespace", namespace), ("userSecretNamespace", userSecretNamespace)] {
            guard let value, let problem = KubernetesNaming.labelProblem(value) else { continue }
            throw .parameter(key, "\(quoted(value)): \(problem)", next: "name an existing namespace")
        }
        return LegacyCredentials(
            adminID: adminID, adminSecret: SecretReference(namespace: namespace, name: name), userID: userID,
            userSecretName: userSecretName, userSecretNamespace: userSecretNamespace)
    }

    /// Hosts or addresses, each with an optional port, with commas between them.
    private static func monitorList(_ text: String) throws(VolumeError) -> [String] {
        var monitors: [String] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed) {
            guard isAddress(item) else {
                throw .parameter(
                    "monitors", "\(quoted(item)) is no address of a monitor",
                    next: "write host or host:port, with commas between them")
            }
            monitors.append(item)
        }
        return monitors
    }

    private static func isAddress(_ text: String) -> Bool {
        var host = text[...]
        if !text.hasPrefix("["), text.split(separator: ":", omittingEmptySubsequences: false).count > 2 { return false }
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return false }
            host = text[..<colon]
        }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return false }
            return host.dropFirst().dropLast().utf8.allSatisfy { Hexadecimal.isDigit($0) || $0 == UInt8(ascii: ":") }
                && host.utf8.count > 3
        }
        return KubernetesNaming.subdomainProblem(host.lowercased()) == nil
    }
}
