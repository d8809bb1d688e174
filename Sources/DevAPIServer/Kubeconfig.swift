import KubernetesModel
public import Vocabulary

/// A kubeconfig for an embedded server. JSON is YAML: kubectl reads it as it is.
public enum Kubeconfig {
    /// The configuration for `http://host:port`, with the namespace `default`. A token in it is for other clients:
    /// kubectl never sends one over plain HTTP.
    public static func text(host: String, port: Int, token: Redacted<String>?) -> [UInt8] {
        var user: JSONObject = [:]
        if let token { user["token"] = .string(token.reveal()) }
        let name: JSONValue = "holdfast-dev"
        let config: JSONObject = [
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [["name": name, "cluster": ["server": .string("http://\(host):\(port)")]]],
            "users": [["name": name, "user": .object(user)]],
            "contexts": [["name": name, "context": ["cluster": name, "user": name, "namespace": "default"]]],
        ]
        return config.encoded(pretty: true)
    }
}
